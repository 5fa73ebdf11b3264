//! MFA codes read from the terminal.

use std::io;

use barerock_config::providers::AskMfa;
use barerock_config::providers::io::IoFuture;

/// Prompts for MFA codes on the terminal.
#[derive(Debug)]
pub(crate) struct Terminal;

impl AskMfa for Terminal {
    fn code<'a>(&'a self, serial: &'a str) -> IoFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let _pause = crate::status::Pause::begin();
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
                "" => Err("no code entered".to_owned()),
                code => Ok(code.to_owned()),
            }
        })
    }
}

/// Turns the terminal's echo off until dropped or until the program is interrupted. Does nothing if standard input is no terminal.
#[cfg(unix)]
struct Silence {
    ended: Option<(rustix::termios::Termios, crate::interrupt::OnInterrupt)>,
}

#[cfg(unix)]
impl Silence {
    fn begin() -> Self {
        use crate::terminal::set_modes;
        use rustix::termios::{LocalModes, tcgetattr};
        let ended = tcgetattr(io::stdin()).ok().map(|before| {
            let restored = before.clone();
            let on_interrupt = crate::interrupt::OnInterrupt::new(move || set_modes(&restored));
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // Echo the line break, so that later output starts on a new line.
            silent.local_modes.insert(LocalModes::ECHONL);
            set_modes(&silent);
            (before, on_interrupt)
        });
        Self { ended }
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        if let Some((before, _)) = &self.ended {
            crate::terminal::set_modes(before);
        }
    }
}

/// Other platforms echo the code; it is valid once, for 30 seconds.
#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> Self {
        Self
    }
}
