//! The configuration and I/O that providers share.

use std::sync::Arc;

use barerock::Endpoint;
use barerock::converse::endpoint::EndpointService;

use super::assume_role::AskMfa;
use super::imds::InstanceMetadataProvider;
use super::io::Io;
use super::sts::Sts;
use super::{ContainerProvider, CredentialsError, EnvironmentProvider};
use crate::Config;

/// A configuration, the I/O of its providers, and a prompt for MFA codes.
#[derive(Debug, Clone)]
pub struct ProviderContext {
    pub(super) config: Arc<Config>,
    pub(super) io: Arc<dyn Io>,
    pub(super) mfa: Option<Arc<dyn AskMfa>>,
}

impl ProviderContext {
    /// Creates a context with this configuration and I/O.
    pub fn new(io: Arc<dyn Io>, config: Arc<Config>) -> Self {
        Self { config, io, mfa: None }
    }

    /// Sets the prompt for codes of MFA devices. Without it, a role that requires one is an error.
    #[must_use]
    pub fn mfa(mut self, ask: Arc<dyn AskMfa>) -> Self {
        self.mfa = Some(ask);
        self
    }

    pub(super) fn endpoint(
        &self,
        provider: &'static str,
        service: EndpointService,
        region: &str,
    ) -> Result<Endpoint, CredentialsError> {
        let endpoint = self.config.service_endpoint(service, region);
        endpoint
            .map(|found| found.value)
            .map_err(|error| CredentialsError::invalid(provider, error.to_string()))
    }

    /// STS in the region of the client: the value `regional` of `AWS_STS_REGIONAL_ENDPOINTS`. Its other value, `legacy`, is
    /// ignored, as in newer SDKs.
    pub(super) fn sts(&self, provider: &'static str) -> Result<Sts, CredentialsError> {
        let Some(region) = &self.config.region().value else {
            let error = CredentialsError::invalid(provider, "no region to call STS in");
            return Err(error.with_hint("Set AWS_REGION, or region in the profile."));
        };
        let endpoint = self.endpoint(provider, EndpointService::Sts, region)?;
        Ok(Sts::new(Arc::clone(&self.io), endpoint, region.clone()))
    }

    /// The provider of instance metadata, with the settings of the environment and the profile.
    #[must_use]
    pub fn instance_metadata(&self) -> InstanceMetadataProvider {
        let (environment, profile) = (self.config.environment(), self.config.profile());
        InstanceMetadataProvider::resolve(Arc::clone(&self.io), environment, profile)
    }

    pub(super) fn environment(&self) -> EnvironmentProvider {
        let io = Arc::clone(&self.io);
        EnvironmentProvider::new(self.config.environment().clone()).clock(move || io.now())
    }

    pub(super) fn container(&self) -> ContainerProvider {
        ContainerProvider::new(Arc::clone(&self.io), self.config.environment().clone())
    }
}
