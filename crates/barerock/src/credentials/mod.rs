//! Where credentials come from.

mod environment;
pub mod io;

use core::fmt;
use core::pin::Pin;
use std::time::SystemTime;

pub use barerock_sigv4::Credentials;
pub use environment::EnvironmentProvider;
pub use io::{Io, SystemIo};

/// Credentials, how long they hold and who gave them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProvidedCredentials {
    /// What to sign with.
    pub credentials: Credentials,
    /// When they stop working; `None` if they never do.
    pub expires_at: Option<SystemTime>,
    /// Who gave them, as `doctor` shows it.
    pub provider: &'static str,
}

impl ProvidedCredentials {
    /// Credentials that never expire.
    #[must_use]
    pub fn new(credentials: Credentials, provider: &'static str) -> Self {
        Self { credentials, expires_at: None, provider }
    }
}

/// What a provider's answer will be.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<ProvidedCredentials, CredentialsError>> + Send + 'a>>;

/// Something that can be asked for credentials, before every request.
///
/// Providers are trait objects in a list, so that a program links only those it names.
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// The credentials to sign the next request with.
    fn provide(&self) -> CredentialsFuture<'_>;
}

/// Credentials written down in the program.
impl ProvideCredentials for Credentials {
    fn provide(&self) -> CredentialsFuture<'_> {
        let provided = ProvidedCredentials::new(self.clone(), "static");
        Box::pin(core::future::ready(Ok(provided)))
    }
}

/// Providers in order: the first that has credentials gives them; one whose settings are wrong ends the search.
#[derive(Debug, Default)]
pub struct CredentialsChain(Vec<Box<dyn ProvideCredentials>>);

impl CredentialsChain {
    /// A chain of these providers.
    #[must_use]
    pub fn new(providers: Vec<Box<dyn ProvideCredentials>>) -> Self {
        Self(providers)
    }
}

impl ProvideCredentials for CredentialsChain {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            let mut tried = Vec::new();
            for provider in &self.0 {
                match provider.provide().await {
                    Err(CredentialsError::NotFound { looked_for }) => tried.extend(looked_for),
                    found => return found,
                }
            }
            Err(CredentialsError::NotFound { looked_for: tried })
        })
    }
}

/// Why there are no credentials.
#[derive(Debug)]
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
        /// What is wrong, and what to do.
        message: String,
    },
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
            Self::Invalid { provider, message } => write!(f, "credentials from the {provider}: {message}"),
        }
    }
}

impl core::error::Error for CredentialsError {}
