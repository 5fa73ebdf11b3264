//! Providers of the credentials requests are signed with: static, from environment variables, cached, and the trait for any
//! other. `barerock-config` has those of profiles, roles, SSO, containers and instances.

#[cfg(feature = "aws-credential-types")]
pub mod aws;
mod cache;
mod environment;
mod error;

use core::fmt;
use core::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

pub use barerock_sigv4::Credentials;
pub use cache::CachedCredentials;
pub use environment::EnvironmentProvider;
pub use error::CredentialsError;

use crate::time;

/// Credentials with their expiry and the provider that returned them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProvidedCredentials {
    /// The credentials to sign with.
    pub credentials: Credentials,
    /// The time they expire; `None` if they do not.
    pub expires_at: Option<SystemTime>,
    /// The name of the provider, as `doctor` shows it.
    pub provider: &'static str,
    /// True if they are used past [`expires_at`](Self::expires_at) while there are no newer ones: static stability, which
    /// AWS's SDKs give the credentials of instance metadata and no others.
    pub is_statically_stable: bool,
    /// The error of the refresh that failed, if they are used because of it.
    pub refresh_error: Option<Arc<CredentialsError>>,
}

impl ProvidedCredentials {
    /// Credentials that never expire.
    #[must_use]
    pub fn new(credentials: Credentials, provider: &'static str) -> Self {
        Self { credentials, expires_at: None, provider, is_statically_stable: false, refresh_error: None }
    }

    /// Sets the time they expire.
    #[must_use]
    pub fn expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.expires_at = time.into();
        self
    }

    /// Makes them usable past their expiry, until a refresh returns newer ones.
    #[must_use]
    pub fn statically_stable(mut self) -> Self {
        self.is_statically_stable = true;
        self
    }

    /// Returns the credentials if they may be sent: unexpired, or statically stable.
    ///
    /// # Errors
    /// If they expire at `now` or before and are not statically stable.
    pub fn usable(self, now: SystemTime) -> Result<Self, ExpiredCredentials> {
        match self.expired(now) {
            Some(expired) if !self.is_statically_stable => Err(expired),
            _ => Ok(self),
        }
    }

    /// The expiry, if it is `now` or before.
    #[must_use]
    pub fn expired(&self, now: SystemTime) -> Option<ExpiredCredentials> {
        let expired_at = self.expires_at.filter(|expired_at| *expired_at <= now)?;
        Some(ExpiredCredentials { expired_at, now })
    }
}

/// What to do about expired credentials.
pub(crate) const EXPIRED_HINT: &str =
    "Get new credentials from their source, and check that the clock of this machine is right.";

/// The expiry of credentials that have expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpiredCredentials {
    /// The time they expired.
    pub expired_at: SystemTime,
    /// The time it was checked.
    pub now: SystemTime,
}

impl fmt::Display for ExpiredCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "they expired at {}, and it is {} here",
            time::format(self.expired_at),
            time::format(self.now)
        )
    }
}

impl core::error::Error for ExpiredCredentials {}

/// Future of a provider's result.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<ProvidedCredentials, CredentialsError>> + Send + 'a>>;

/// A credentials provider, called before every request.
///
/// The client caches nothing: wrap a provider that does I/O in [`CachedCredentials`]. Those of a `barerock_config::Config` are
/// wrapped; [`Credentials`] and [`EnvironmentProvider`] need not be.
///
/// Providers are trait objects, so that a program links only those it names.
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// Returns the credentials to sign the next request with.
    fn provide(&self) -> CredentialsFuture<'_>;

    /// Called when the service rejected these credentials as expired or unknown: a provider that caches them replaces them.
    fn refused(&self, credentials: &Credentials) {
        let _ = credentials;
    }
}

/// Static credentials.
impl ProvideCredentials for Credentials {
    fn provide(&self) -> CredentialsFuture<'_> {
        let provided = ProvidedCredentials::new(self.clone(), "static");
        Box::pin(core::future::ready(Ok(provided)))
    }
}

/// A shared provider.
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Arc<P> {
    fn provide(&self) -> CredentialsFuture<'_> {
        (**self).provide()
    }

    fn refused(&self, credentials: &Credentials) {
        (**self).refused(credentials);
    }
}
