//! The default chain of providers.

use super::context::ProviderContext;
use super::profile::{self, ProfileProvider};
use super::web_identity::{self, WebIdentity, WebIdentityProvider};
use super::{
    CredentialsError, CredentialsFuture, EnvironmentProvider, ProvideCredentials, ProvidedCredentials,
};
use super::{container, imds};
use crate::{Skipped, Source};

/// Provider of the first credentials found in these places, in the order of AWS's tools:
///
/// 1. `AWS_ACCESS_KEY_ID` and the related variables, unless a profile is named in code
///    ([`EnvironmentProvider`]);
/// 2. the profile, if it assumes a role ([`ProfileProvider`]);
/// 3. `AWS_WEB_IDENTITY_TOKEN_FILE`, unless a profile is named in code ([`WebIdentityProvider`]);
/// 4. the profile, if it has other credentials;
/// 5. the container ([`ContainerProvider`](super::ContainerProvider));
/// 6. the instance ([`InstanceMetadataProvider`](super::InstanceMetadataProvider)).
///
/// That is botocore's order, without the files of boto. AWS's SDK for Rust has 3 after 4, and uses the environment first even
/// if a profile is named in code; here, as in botocore, the profile takes precedence. A profile named by `AWS_PROFILE` does not
/// count as named in code: keys in the environment take precedence over it, as in all of AWS's tools. A provider that is
/// configured but fails ends the search, so that no other identity is used in its place.
///
/// Every call searches again; [`CachedCredentials`](barerock::credentials::CachedCredentials) caches the result.
#[derive(Debug, Clone)]
pub struct DefaultChain {
    context: ProviderContext,
}

/// The result of a search, and the providers that were tried before.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// The credentials or the error.
    pub result: Result<ProvidedCredentials, CredentialsError>,
    /// The providers without credentials, each with the reason.
    pub tried: Vec<Skipped>,
}

/// A provider, or the error of creating it.
type Candidate = Result<Box<dyn ProvideCredentials>, CredentialsError>;

impl DefaultChain {
    /// Creates the chain of a configuration.
    #[must_use]
    pub fn new(context: ProviderContext) -> Self {
        Self { context }
    }

    /// Searches for credentials, and returns the result with the providers that were skipped.
    ///
    /// Cancel safety: dropping the future cancels the search.
    pub async fn explain(&self) -> Explained {
        let mut tried = Vec::new();
        let mut looked_for = Vec::new();
        for (name, provider) in self.providers() {
            let result = match provider {
                Ok(provider) => provider.provide().await,
                Err(error) => Err(error),
            };
            match result {
                Err(CredentialsError::NotFound { looked_for: locations }) => {
                    tried.push(Skipped::new(name, format!("none at {}", locations.join("; "))));
                    looked_for.extend(locations);
                }
                result => return Explained { result, tried },
            }
        }
        Explained { result: Err(CredentialsError::NotFound { looked_for }), tried }
    }

    fn providers(&self) -> Vec<(&'static str, Candidate)> {
        let config = &self.context.config;
        let in_code = config.profile_name().source == Source::Code;
        let takes_role = config.profile().is_some_and(|profile| profile.get("role_arn").is_some());
        let skipped = |what: &str| {
            Err(CredentialsError::not_found(format!("{what} (a profile named in code takes precedence)")))
        };
        let keys: Candidate = match in_code {
            true => skipped("the environment's keys"),
            false => Ok(Box::new(self.context.environment())),
        };
        let identity: Candidate = match in_code {
            true => skipped("the environment's web identity"),
            false => self.web_identity(),
        };
        let profile: Candidate = Ok(Box::new(ProfileProvider::new(self.context.clone())));
        let mut providers = vec![(EnvironmentProvider::NAME, keys)];
        if takes_role {
            providers.extend([(profile::PROVIDER, profile), (web_identity::PROVIDER, identity)]);
        } else {
            providers.extend([(web_identity::PROVIDER, identity), (profile::PROVIDER, profile)]);
        }
        providers.push((container::PROVIDER, Ok(Box::new(self.context.container()))));
        providers.push((imds::PROVIDER, Ok(Box::new(self.context.instance_metadata()))));
        providers
    }

    fn web_identity(&self) -> Candidate {
        let identity = WebIdentity::from_env(self.context.config.environment())?;
        let sts = self.context.sts(web_identity::PROVIDER)?;
        Ok(Box::new(WebIdentityProvider::new(sts, identity)))
    }
}

impl ProvideCredentials for DefaultChain {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async { self.explain().await.result })
    }
}
