//! Errors of credentials providers.

use core::error::Error;
use core::fmt;
use std::sync::Arc;

use crate::transport::TransportError;

/// Error of a credentials provider. Contains no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CredentialsError {
    /// No credentials are configured.
    NotFound {
        /// The places that were searched.
        looked_for: Vec<String>,
    },
    /// Credentials, or the settings that lead to them, are invalid.
    Invalid {
        /// Name of the provider.
        provider: &'static str,
        /// Where and what is wrong.
        message: String,
    },
    /// The source of the credentials did not respond, or failed: a later attempt may succeed.
    Unavailable {
        /// Name of the provider.
        provider: &'static str,
        /// The source and its failure.
        message: String,
        /// The transport error, if there was no response.
        source: Option<Arc<TransportError>>,
    },
}

impl CredentialsError {
    /// No credentials at `place`.
    pub fn not_found(place: impl Into<String>) -> Self {
        Self::NotFound { looked_for: vec![place.into()] }
    }

    /// Invalid credentials or settings, as `message` says.
    pub fn invalid(provider: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { provider, message: message.into() }
    }

    /// A source of credentials that cannot be reached (`source` is why), or responds with an error that may pass.
    pub fn unavailable(
        provider: &'static str,
        message: impl Into<String>,
        source: impl Into<Option<TransportError>>,
    ) -> Self {
        Self::Unavailable { provider, message: message.into(), source: source.into().map(Arc::new) }
    }

    /// Adds where the error occurred, such as a profile.
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
            // `Display` shows the transport error; the chain goes on with its cause.
            Self::Unavailable { source: Some(source), .. } => source.source(),
            _ => None,
        }
    }
}
