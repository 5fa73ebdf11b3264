//! Credentials providers. Each is a separate type, so that a program links only those it names. They do their I/O (files,
//! commands, HTTP) through an [`Io`].

mod assume_role;
mod chain;
mod container;
mod context;
mod document;
mod http_query;
mod imds;
pub mod io;
mod json;
#[cfg(feature = "login")]
mod login;
mod process;
mod profile;
mod sso;
mod stderr;
#[cfg(test)]
mod step;
mod sts;
#[cfg(test)]
mod testing;
mod web_identity;

use barerock::credentials::{
    CredentialsError, CredentialsFuture, EnvironmentProvider, ProvideCredentials, ProvidedCredentials,
};
use barerock::time;

use crate::ConfigError;

pub use assume_role::{AskMfa, AssumeRole, AssumeRoleProvider};
pub use chain::{DefaultChain, Explained};
pub use container::ContainerProvider;
pub use context::ProviderContext;
pub use imds::InstanceMetadataProvider;
pub use io::{Io, SystemIo};
#[cfg(feature = "login")]
pub use login::LoginProvider;
pub use process::ProcessProvider;
pub use profile::ProfileProvider;
pub use sso::{Sso, SsoProvider};
pub use sts::Sts;
pub use web_identity::{WebIdentity, WebIdentityProvider};

/// Hint for an endpoint that would receive credentials over plain HTTP.
const PLAIN_HTTP_HINT: &str = "The connection is not encrypted: use an https endpoint.";

/// The error of an invalid setting that a provider needs. `place` names the setting or profile that requires it.
fn invalid_setting(provider: &'static str, place: &str, error: &ConfigError) -> CredentialsError {
    let invalid = CredentialsError::invalid(provider, format!("{place}: {error}"));
    match error.hint() {
        Some(hint) => invalid.with_hint(hint),
        None => invalid,
    }
}
