//! The default chain: the providers of AWS's tools, in their order.

use super::context::ProviderContext;
use super::profile::{self, ProfileProvider};
use super::web_identity::{self, WebIdentity, WebIdentityProvider};
use super::{
    CredentialsError, CredentialsFuture, EnvironmentProvider, ProvideCredentials, ProvidedCredentials,
};
use super::{container, imds};
use crate::{Skipped, Source};

/// Everywhere AWS's tools look for credentials, in this order:
///
/// 1. `AWS_ACCESS_KEY_ID` and its companions, unless a profile is named in code
///    ([`EnvironmentProvider`]);
/// 2. the profile, if it takes on a role ([`ProfileProvider`]);
/// 3. `AWS_WEB_IDENTITY_TOKEN_FILE`, unless a profile is named in code ([`WebIdentityProvider`]);
/// 4. the profile, whatever else it has;
/// 5. the container ([`ContainerProvider`](super::ContainerProvider));
/// 6. the instance ([`InstanceMetadataProvider`](super::InstanceMetadataProvider)).
///
/// That is botocore's order, without what boto read before 2015. AWS's SDK for Rust asks 3 after 4, and looks at the
/// environment first even if a profile is named in code; here, as in botocore, the profile wins. `AWS_PROFILE` names no
/// profile in code: keys in the environment beat it, as everywhere. A provider that is set up but does not work ends the
/// search: no other identity is taken in its place.
///
/// Every call asks anew: wrap it in [`CachedCredentials`](barerock::credentials::CachedCredentials).
#[derive(Debug, Clone)]
pub struct DefaultChain {
    context: ProviderContext,
}

/// What a search came to, and what it passed over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained {
    /// The credentials, or why there are none.
    pub result: Result<ProvidedCredentials, CredentialsError>,
    /// The providers that were asked before, and why they gave none.
    pub tried: Vec<Skipped>,
}

/// A provider, or why there is none.
type Candidate = Result<Box<dyn ProvideCredentials>, CredentialsError>;

impl DefaultChain {
    /// The chain for this configuration.
    #[must_use]
    pub fn new(context: ProviderContext) -> Self {
        Self { context }
    }

    /// Looks for credentials and tells what was passed over on the way.
    ///
    /// Cancel safety: dropping the future gives the search up.
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
            Err(CredentialsError::not_found(format!("{what}, which a profile named in code beats")))
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
