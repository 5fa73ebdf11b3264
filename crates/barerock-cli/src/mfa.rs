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
            let silence = Silence::begin();
            tell_on!("MFA code of {}: ", crate::render::safe(serial));
            let read = || {
                let mut line = String::new();
                io::stdin().read_line(&mut line).map(|_length| line)
            };
            let line = tokio::task::spawn_blocking(read).await;
            drop(silence);
            let line = line.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
            match line.trim() {
                "" => Err("no code was given".to_owned()),
                code => Ok(code.to_owned()),
            }
        })
    }
}

/// A terminal that does not show what is typed, until this is dropped or the program interrupted. What is no terminal stays as it is.
#[cfg(unix)]
struct Silence {
    ended: Option<(rustix::termios::Termios, crate::interrupt::OnInterrupt)>,
}

#[cfg(unix)]
impl Silence {
    fn begin() -> Self {
        use rustix::termios::{LocalModes, tcgetattr};
        let ended = tcgetattr(io::stdin()).ok().map(|before| {
            let restored = before.clone();
            let on_interrupt = crate::interrupt::OnInterrupt::new(move || set(&restored));
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // The end of the line is shown, so that what comes next stands on one of its own.
            silent.local_modes.insert(LocalModes::ECHONL);
            set(&silent);
            (before, on_interrupt)
        });
        Self { ended }
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        if let Some((before, _)) = &self.ended {
            set(before);
        }
    }
}

/// A terminal that cannot be set has nobody before it.
#[cfg(unix)]
fn set(modes: &rustix::termios::Termios) {
    let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, modes);
}

/// Elsewhere what is typed is shown: a code is good for one use and half a minute.
#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> Self {
        Self
    }
}
