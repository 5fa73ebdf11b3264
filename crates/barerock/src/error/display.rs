//! Texts and causes of errors.

use core::error::Error as StdError;
use core::fmt;

use super::{Error, Kind};

/// Kind and text. The partial message is left out: a program that boxes an error links its `Debug`, and that of every type of
/// the model is 27 KB.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &format_args!("{self}"))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match self.attempts() {
            0 | 1 => Ok(()),
            attempts => write!(f, " (after {attempts} attempts)"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport { url, source } => write!(f, "{url}: {source}"),
            Self::Timeout(error) => error.fmt(f),
            Self::Service(error) => error.fmt(f),
            Self::Stream(error) => error.fmt(f),
            Self::Interrupted { offset, source, .. } => {
                write!(f, "response cut off at offset {offset}: {source}")
            }
            Self::Response(error) => error.fmt(f),
            Self::Credentials(error) => error.fmt(f),
            Self::Setting(error) => error.fmt(f),
            Self::Configuration { source, .. } => source.fmt(f),
            Self::NoRegion { looked_at } => {
                f.write_str("no region")?;
                if !looked_at.is_empty() {
                    write!(f, ": looked at {}", looked_at.join(", "))?;
                }
                Ok(())
            }
            Self::Request(error) => error.fmt(f),
            Self::Validation(error) => write!(f, "invalid request: {error}"),
            Self::Endpoint { source: Some(source), error } => write!(f, "{source}: {error}"),
            Self::Endpoint { source: None, error } => error.fmt(f),
            Self::Sign(error) => write!(f, "cannot sign the request: {error}"),
            Self::MissingInput { what } => write!(f, "no {what} set, and this target has none"),
            Self::Clock => f.write_str("the clock is before 1970 or after 9999"),
            Self::Plaintext { url } => write!(f, "refusing to send credentials to {url} over plain HTTP"),
            Self::BodyTooLarge { limit } => {
                write!(f, "response is longer than {limit} bytes")
            }
            Self::BearerToken => {
                f.write_str("the bearer token contains characters invalid in an HTTP header")
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // `Display` shows the cause itself, so the chain continues with the cause's own source.
        match &*self.kind {
            Kind::Transport { source, .. } | Kind::Interrupted { source, .. } => source.source(),
            Kind::Stream(error) => error.source()?.source(),
            Kind::Credentials(error) => error.source(),
            Kind::Configuration { source, .. } => source.source(),
            _ => None,
        }
    }
}
