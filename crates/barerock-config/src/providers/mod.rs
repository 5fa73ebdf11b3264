//! Credentials providers: each a type of its own, so that a program links only those it names, over an [`Io`] that reads
//! files, runs commands and sends requests for them.

mod assume_role;
mod chain;
mod container;
mod context;
mod document;
mod http_query;
mod imds;
pub mod io;
mod json;
mod process;
mod profile;
mod sso;
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

pub use assume_role::{AskMfa, AssumeRole, AssumeRoleProvider};
pub use chain::{DefaultChain, Explained};
pub use container::ContainerProvider;
pub use context::ProviderContext;
pub use imds::InstanceMetadataProvider;
pub use io::{Io, SystemIo};
pub use process::ProcessProvider;
pub use profile::ProfileProvider;
pub use sso::{Sso, SsoProvider};
pub use sts::Sts;
pub use web_identity::{WebIdentity, WebIdentityProvider};
