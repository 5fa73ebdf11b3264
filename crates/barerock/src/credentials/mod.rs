//! Where credentials come from.
//!
//! Each provider is a type of its own, so that a program links only those it names. They do no input or output
//! themselves: they ask an [`Io`], and [`Steps`] hands their questions to whoever has no executor at all.

mod ask;
mod assume_role;
#[cfg(feature = "aws-credential-types")]
pub mod aws;
mod cache;
mod chain;
mod container;
mod context;
mod document;
mod environment;
mod error;
mod imds;
pub mod io;
mod json;
mod process;
mod profile;
mod sso;
mod step;
mod sts;
#[cfg(test)]
mod testing;
mod time;
mod web_identity;

use core::fmt;
use core::pin::Pin;
use std::time::SystemTime;

pub use assume_role::{AskMfa, AssumeRole, AssumeRoleProvider};
pub use barerock_sigv4::Credentials;
pub use cache::CachedCredentials;
pub use chain::{CredentialsChain, DefaultChain, Explained};
pub use container::ContainerProvider;
pub use context::ProviderContext;
pub use environment::EnvironmentProvider;
pub use error::CredentialsError;
pub use imds::{InstanceMetadataProvider, InstanceMetadataSetting};
pub use io::{Io, SystemIo};
pub use process::ProcessProvider;
pub use profile::ProfileProvider;
pub use sso::{Sso, SsoProvider};
pub use step::{Answer, Question, Step, Steps};
pub use sts::Sts;
pub use web_identity::{WebIdentity, WebIdentityProvider};

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
}

/// What a provider's answer will be.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<ProvidedCredentials, CredentialsError>> + Send + 'a>>;

/// Something that can be asked for credentials, before every request.
///
/// Nothing is kept in between: wrap a provider that asks others in [`CachedCredentials`], which asks it again in time. Those
/// of a [`Config`](crate::config::Config) are wrapped already; [`Credentials`] and [`EnvironmentProvider`] need not be.
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
