//! Codes of MFA devices, asked for on the terminal.

use std::io;

use barerock::credentials::AskMfa;
use barerock::credentials::io::IoFuture;

/// Whoever sits at the terminal.
#[derive(Debug)]
pub(crate) struct Terminal;

impl AskMfa for Terminal {
    fn code<'a>(&'a self, serial: &'a str) -> IoFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let typed = async {
                let _until_typed = Silence::begin();
                eprint!("MFA code of {}: ", crate::render::safe(serial));
                let read = || {
                    let mut line = String::new();
                    io::stdin().read_line(&mut line).map(|_length| line)
                };
                tokio::task::spawn_blocking(read).await
            };
            let line = tokio::select! {
                // First, so that nothing can interrupt a silence unheard.
                biased;
                // The reader cannot be called off, and the terminal must not stay silent.
                _ = tokio::signal::ctrl_c() => std::process::exit(INTERRUPTED),
                line = typed => line,
            };
            let line = line.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
            match line.trim() {
                "" => Err("no code was given".to_owned()),
                code => Ok(code.to_owned()),
            }
        })
    }
}

/// The exit code of a program that SIGINT ends, as shells count.
const INTERRUPTED: i32 = 130;

/// A terminal that does not show what is typed, until dropped.
struct Silence {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
impl Silence {
    /// What is no terminal stays as it is.
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // The end of the line is shown, so that what comes next stands on one of its own.
            silent.local_modes.insert(LocalModes::ECHONL);
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &silent);
        }
        Self { before }
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
impl Silence {
    /// Elsewhere what is typed is shown: a code is good for one use and half a minute.
    fn begin() -> Self {
        Self {}
    }
}
