//! How the program ends: exit codes and the last words on standard error.

use core::error::Error as StdError;
use core::fmt;
use std::borrow::Cow;
use std::process::ExitCode;

use barerock::config::ConfigError;
use barerock::{Error, ErrorKind, Verdict};

use crate::render::safe_lines;

/// Why the program fails, and with which exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The exit codes that are a contract; 0 is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Anything else.
    Other = 1,
    /// A wrong command line or input.
    Usage = 2,
    /// The service answered with an error or exception.
    Service = 3,
    /// The answer was truncated, ended early or is corrupt.
    Wire = 4,
    /// No usable credentials or region.
    Credentials = 5,
    /// Could not connect, or timed out.
    Transport = 6,
}

impl Failure {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// A stream that did not end well, in words that begin with the verdict; without, where they stand on
    /// the screen already. `None` is a complete one.
    pub(crate) fn of_stream(verdict: Verdict, words: Option<String>) -> Option<Self> {
        let code = match verdict {
            Verdict::Complete => return None,
            Verdict::Exception | Verdict::Error => Code::Service,
            _ => Code::Wire,
        };
        Some(Self::new(code, words.unwrap_or_default()))
    }

    /// A wrong command line or input.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// A wrong request.
    pub(crate) fn input(error: impl fmt::Display) -> Self {
        Self::usage(error.to_string())
    }

    /// No usable credentials or region; what to do is added.
    pub(crate) fn credentials(message: impl fmt::Display) -> Self {
        Self::new(Code::Credentials, format!("{message}{CREDENTIALS_HELP}"))
    }

    /// No usable credentials or region, in words that say what to do.
    pub(crate) fn unusable_credentials(message: impl Into<String>) -> Self {
        Self::new(Code::Credentials, message)
    }

    /// Input or output that failed.
    pub(crate) fn io(what: impl fmt::Display, error: std::io::Error) -> Self {
        Self { code: Code::Other, message: what.to_string(), source: Some(Box::new(error)) }
    }

    /// Anything else.
    pub(crate) fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Code::Other, error.into().to_string())
    }

    /// What lies behind the message. An [`Error`]'s own words are the message already.
    fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.source {
            Some(error) if error.is::<Error>() => error.source(),
            Some(error) => Some(&**error),
            None => None,
        }
    }

    /// What to do about it.
    fn hint(&self) -> Option<Cow<'static, str>> {
        self.source.as_deref()?.downcast_ref::<Error>()?.hint()
    }

    /// Whether there is nothing to say: it was said, or the reader of our output has gone.
    fn is_silent(&self) -> bool {
        let source = self.source.as_deref().and_then(|source| source.downcast_ref::<std::io::Error>());
        let is_broken_pipe = source.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
        is_broken_pipe || self.message.is_empty()
    }
}

/// The last words.
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

const CREDENTIALS_HELP: &str = "\n`barerock doctor` shows what was looked at, and why it does not do; to try without \
                                credentials, add --offline";

/// Says why on standard error, with every cause, and gives the exit code.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    if !failure.is_silent() {
        tell!("error: {}", safe_lines(&failure.message));
        let mut cause = failure.cause();
        while let Some(error) = cause {
            tell!("  because: {}", safe_lines(&error.to_string()));
            cause = error.source();
        }
        if let Some(hint) = failure.hint() {
            tell!("hint: {hint}");
        }
    }
    #[expect(clippy::as_conversions, reason = "the discriminants are the exit codes")]
    ExitCode::from(failure.code as u8)
}
