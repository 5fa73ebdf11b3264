//! Providers of the credentials requests are signed with: static, from environment variables, cached, and the trait for any
//! other. `barerock-config` has those of profiles, roles, SSO, containers and instances.

#[cfg(feature = "aws-credential-types")]
pub mod aws;
mod cache;
mod environment;
mod error;

use core::fmt;
use core::pin::Pin;
use std::time::SystemTime;

pub use barerock_sigv4::Credentials;
pub use cache::CachedCredentials;
pub use environment::EnvironmentProvider;
pub use error::CredentialsError;

use crate::time;

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

    /// The same credentials, which stop working then.
    #[must_use]
    pub fn expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.expires_at = time.into();
        self
    }

    /// The same credentials, unless they have expired.
    ///
    /// # Errors
    /// If they expire at `now` or before.
    pub fn unexpired(self, now: SystemTime) -> Result<Self, ExpiredCredentials> {
        match self.expires_at {
            Some(expired_at) if expired_at <= now => Err(ExpiredCredentials { expired_at, now }),
            _ => Ok(self),
        }
    }
}

/// Credentials that have expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpiredCredentials {
    /// When they expired.
    pub expired_at: SystemTime,
    /// The time it was checked.
    pub now: SystemTime,
}

impl fmt::Display for ExpiredCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "they expired at {}, and it is {} here; get new ones, or set the clock if it is wrong",
            time::format(self.expired_at),
            time::format(self.now)
        )
    }
}

impl core::error::Error for ExpiredCredentials {}

/// What a provider's answer will be.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<ProvidedCredentials, CredentialsError>> + Send + 'a>>;

/// Something that can be asked for credentials, before every request.
///
/// Nothing is kept in between: wrap a provider that asks others in [`CachedCredentials`], which asks it again in time. Those
/// of a `barerock_config::Config` are wrapped already; [`Credentials`] and [`EnvironmentProvider`] need not be.
///
/// Providers are trait objects in a list, so that a program links only those it names.
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// The credentials to sign the next request with.
    fn provide(&self) -> CredentialsFuture<'_>;

    /// The service has refused these credentials as expired or unknown: a provider that kept them gets others.
    fn refused(&self, credentials: &Credentials) {
        let _ = credentials;
    }
}

/// Credentials written down in the program.
impl ProvideCredentials for Credentials {
    fn provide(&self) -> CredentialsFuture<'_> {
        let provided = ProvidedCredentials::new(self.clone(), "static");
        Box::pin(core::future::ready(Ok(provided)))
    }
}

/// A provider that others ask too.
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for std::sync::Arc<P> {
    fn provide(&self) -> CredentialsFuture<'_> {
        (**self).provide()
    }

    fn refused(&self, credentials: &Credentials) {
        (**self).refused(credentials);
    }
}
