//! Errors of credentials providers.

use core::error::Error;
use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use crate::transport::TransportError;

/// An error of a credentials provider. `Display` says what is wrong and where, [`hint`](Self::hint) what to do. Contains no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CredentialsError {
    /// No credentials are configured in these places.
    NotFound {
        /// The places.
        looked_for: Vec<String>,
    },
    /// Credentials are configured, but something is invalid.
    Invalid {
        /// The provider.
        provider: &'static str,
        /// What is wrong, and where.
        message: String,
        /// What to do about it.
        hint: Option<Cow<'static, str>>,
    },
    /// The source of the credentials does not respond, or responds with an error that may pass.
    Unavailable {
        /// The provider.
        provider: &'static str,
        /// The request, and how it failed.
        message: String,
        /// The cause, if there is no response.
        source: Option<Arc<TransportError>>,
        /// What to do about it.
        hint: Option<Cow<'static, str>>,
    },
}

impl CredentialsError {
    /// The error of a place without credentials.
    pub fn not_found(place: impl Into<String>) -> Self {
        Self::NotFound { looked_for: vec![place.into()] }
    }

    /// The error of something invalid, which `message` names.
    pub fn invalid(provider: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { provider, message: message.into(), hint: None }
    }

    /// The error of a source of credentials that cannot be reached (`source` is the cause), or responds with an error that may pass.
    pub fn unavailable(
        provider: &'static str,
        message: impl Into<String>,
        source: impl Into<Option<TransportError>>,
    ) -> Self {
        Self::Unavailable {
            provider,
            message: message.into(),
            source: source.into().map(Arc::new),
            hint: None,
        }
    }

    /// Adds what to do about the error. Ignored by [`NotFound`](Self::NotFound), which has a hint of its own.
    #[must_use]
    pub fn with_hint(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        match &mut self {
            Self::Invalid { hint, .. } | Self::Unavailable { hint, .. } => *hint = Some(advice.into()),
            Self::NotFound { .. } => {}
        }
        self
    }

    /// What to do about the error.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::NotFound { .. } => Some(
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile that has credentials.",
            ),
            Self::Invalid { hint, .. } | Self::Unavailable { hint, .. } => hint.as_deref(),
        }
    }

    /// The same error, with the place that asks for the credentials, such as a profile, before its message.
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
            Self::Invalid { provider, message, .. } | Self::Unavailable { provider, message, .. } => {
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
