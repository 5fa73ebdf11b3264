//! Codes of MFA devices, asked for on the terminal.

use std::io;

use barerock::credentials::AskMfa;
use barerock::credentials::io::IoFuture;

/// Whoever sits at the terminal.
#[derive(Debug)]
pub(crate) struct Terminal;

impl AskMfa for Terminal {
    fn code<'a>(&'a self, serial: &'a str) -> IoFuture<'a, Result<String, String>> {
        eprint!("MFA code of {}: ", crate::render::safe(serial));
        let read = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|_length| line.trim().to_owned())
        });
        Box::pin(async {
            match read.await {
                Ok(Ok(code)) if !code.is_empty() => Ok(code),
                Ok(Ok(_)) => Err("no code was given".to_owned()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}
