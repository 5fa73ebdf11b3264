//! Why there are no credentials.

use core::error::Error;
use core::fmt;
use std::sync::Arc;

use crate::transport::TransportError;

/// Why there are no credentials. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CredentialsError {
    /// There are none where they were looked for.
    NotFound {
        /// Where that was.
        looked_for: Vec<String>,
    },
    /// There is something, but it is wrong.
    Invalid {
        /// Who found it.
        provider: &'static str,
        /// Where it is, what is wrong, and what to do.
        message: String,
    },
    /// Whoever has them does not answer, or is in trouble: later they may be had.
    Unavailable {
        /// Who asked.
        provider: &'static str,
        /// Who was asked, and what became of it.
        message: String,
        /// Why there was no answer.
        source: Option<Arc<TransportError>>,
    },
}

impl CredentialsError {
    /// There are none at `place`.
    pub fn not_found(place: impl Into<String>) -> Self {
        Self::NotFound { looked_for: vec![place.into()] }
    }

    /// There is something wrong, which `message` says together with what to do.
    pub fn invalid(provider: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { provider, message: message.into() }
    }

    /// The source of the credentials cannot be reached (`source` is why), or answers with an error that may pass.
    pub fn unavailable(
        provider: &'static str,
        message: impl Into<String>,
        source: impl Into<Option<TransportError>>,
    ) -> Self {
        Self::Unavailable { provider, message: message.into(), source: source.into().map(Arc::new) }
    }

    /// The same error of something that `place` asks for, such as a profile.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        match &mut self {
            Self::Invalid { message, .. } | Self::Unavailable { message, .. } => {
                message.insert_str(0, ": ");
                message.insert_str(0, place);
            }
            Self::NotFound { .. } => {}
        }
        self
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { looked_for } => {
                f.write_str("no credentials; looked for ")?;
                for (index, place) in looked_for.iter().enumerate() {
                    write!(f, "{}{place}", if index == 0 { "" } else { "; " })?;
                }
                Ok(())
            }
            Self::Invalid { provider, message } | Self::Unavailable { provider, message, .. } => {
                write!(f, "{provider} credentials: {message}")
            }
        }
    }
}

impl Error for CredentialsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // `Display` tells what kind of error it is; what lies behind that is told here.
            Self::Unavailable { source: Some(source), .. } => source.source(),
            _ => None,
        }
    }
}
