//! Exit codes, and the error report on standard error.

use core::error::Error as StdError;
use core::fmt;
use std::borrow::Cow;
use std::process::ExitCode;

use barerock::{Error, ErrorKind, Verdict};
use barerock_config::ConfigError;

use crate::render::safe_lines;

/// An error that ends the program, with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: String,
    /// What to do about it, beside the hint of an [`Error`].
    hint: Option<Cow<'static, str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Exit codes, a contract with callers; 0 is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Anything else.
    Other = 1,
    /// Invalid command line or input.
    Usage = 2,
    /// The service returned an error or exception.
    Service = 3,
    /// The response was truncated, ended early or is corrupt.
    Wire = 4,
    /// No usable credentials or region.
    Credentials = 5,
    /// Could not connect, or timed out.
    Transport = 6,
    /// Stopped by Ctrl-C: 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        #[expect(clippy::as_conversions, reason = "the discriminants are the exit codes")]
        Self::from(code as u8)
    }
}

impl Failure {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, source: None }
    }

    /// A stream that is not complete; `None` for a complete one. `words` begin with the verdict; `None` if they are on the screen
    /// already.
    pub(crate) fn of_stream(verdict: Verdict, words: Option<String>) -> Option<Self> {
        let code = match verdict {
            Verdict::Complete => return None,
            Verdict::Exception | Verdict::Error => Code::Service,
            _ => Code::Wire,
        };
        Some(Self::new(code, words.unwrap_or_default()))
    }

    /// An invalid command line or input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// An invalid request.
    pub(crate) fn input(error: impl fmt::Display) -> Self {
        Self::usage(error.to_string())
    }

    /// No usable credentials or region, with a hint to run `doctor`.
    pub(crate) fn credentials(message: impl fmt::Display) -> Self {
        Self { hint: Some(CREDENTIALS_HINT.into()), ..Self::new(Code::Credentials, message.to_string()) }
    }

    /// No usable credentials or region.
    pub(crate) fn unusable_credentials(message: impl Into<String>) -> Self {
        Self::new(Code::Credentials, message)
    }

    /// A response that is malformed by the model's fault.
    pub(crate) fn response(message: impl Into<String>) -> Self {
        Self::new(Code::Wire, message)
    }

    /// The service returned errors that were reported elsewhere.
    pub(crate) fn service(message: impl Into<String>) -> Self {
        Self::new(Code::Service, message)
    }

    /// Stopped by Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        Self::new(Code::Interrupted, "stopped by Ctrl-C")
    }

    /// An I/O error.
    pub(crate) fn io(what: impl fmt::Display, error: std::io::Error) -> Self {
        Self { source: Some(Box::new(error)), ..Self::new(Code::Other, what.to_string()) }
    }

    /// A failure that the user was told of already.
    pub(crate) fn reported() -> Self {
        Self::new(Code::Other, "")
    }

    /// Standard output that cannot be written.
    pub(crate) fn standard_output(error: std::io::Error) -> Self {
        Self::io("standard output cannot be written", error)
    }

    /// Anything else.
    pub(crate) fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Code::Other, error.into().to_string())
    }

    /// A report on standard output has differences or findings: exit code 1, and nothing on standard error.
    pub(crate) fn found() -> Self {
        Self::new(Code::Other, "")
    }

    /// Adds what to do about it.
    pub(crate) fn with_hint(mut self, hint: Option<impl Into<Cow<'static, str>>>) -> Self {
        self.hint = hint.map(Into::into);
        self
    }

    /// The cause of the failure. The text of an [`Error`] is the message already.
    fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(error) if error.is::<Error>() => error.source(),
            Some(error) => Some(&**error),
            None => None,
        }
    }

    /// The hint of the library's error.
    fn error_hint(&self) -> Option<Cow<'static, str>> {
        self.source.as_deref()?.downcast_ref::<Error>()?.hint()
    }

    /// True if there is nothing to report: it was reported, or the reader of our output has gone.
    fn is_silent(&self) -> bool {
        let source = self.source.as_deref().and_then(|source| source.downcast_ref::<std::io::Error>());
        let is_broken_pipe = source.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
        is_broken_pipe || self.message.is_empty()
    }
}

/// Settings of the library that hints name, and the program's names for them.
const OPTIONS: [(&str, &str); 4] = [
    ("ClientBuilder::allow_plaintext_to", "--allow-plaintext-to"),
    ("ConfigLoader::region", "--region"),
    ("Set a prompt (ConfigLoader::mfa)", "Run the command on a terminal"),
    ("the client's region", "--region"),
];

/// A hint of the library, with the program's options in place of the library's settings.
pub(crate) fn with_options(hint: &str) -> String {
    OPTIONS.iter().fold(hint.to_owned(), |hint, (setting, option)| hint.replace(setting, option))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.kind() {
            ErrorKind::Transport => Code::Transport,
            ErrorKind::Service => Code::Service,
            ErrorKind::Wire => Code::Wire,
            ErrorKind::Credentials => Code::Credentials,
            ErrorKind::Request => Code::Usage,
            _ => Code::Other,
        };
        let failure = if code == Code::Credentials {
            Self::credentials(&error)
        } else {
            Self::new(code, error.to_string())
        };
        Self { source: Some(Box::new(error)), ..failure }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Error::from(error).into()
    }
}

const CREDENTIALS_HINT: &str =
    "`barerock doctor` shows where credentials were looked for; --offline needs none.";

/// Prints the error, its causes and hints to standard error, and returns the exit code.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    if !failure.is_silent() {
        tell!("error: {}", indented(&failure.message));
        let mut cause = failure.cause();
        while let Some(error) = cause {
            tell!("  because: {}", indented(&error.to_string()));
            cause = error.source();
        }
        for hint in failure.error_hint().iter().chain(&failure.hint) {
            tell!("hint: {}", indented(&with_options(hint)));
        }
    }
    failure.code.into()
}

/// Prints what clap says of the command line: help and version on standard output, with exit code 0, and errors on standard
/// error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if error.use_stderr() {
        return Code::Usage.into();
    }
    match printed.and_then(|()| std::io::Write::flush(&mut std::io::stdout())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&Failure::standard_output(error)),
    }
}

/// A text that may come from the service: its lines after the first are indented, so that none can pass for one of ours.
pub(crate) fn indented(text: &str) -> String {
    safe_lines(text).replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_forges_a_line() {
        assert_eq!(indented("no\nhint: run this\r\n\u{85}x"), "no\n    hint: run this\\r\n    \\u{85}x");
    }
}
