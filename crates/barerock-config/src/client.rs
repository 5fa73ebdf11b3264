//! Clients with the settings of a configuration.

use std::sync::Arc;

use barerock::converse::endpoint::EndpointService;
use barerock::{Client, ClientBuilder, ClientSettings, EndpointUrl, Error, Transport};

use super::config::{AuthScheme, Config};
use super::endpoints;
use super::source::{Resolved, Source};
use crate::providers::{Io, SystemIo};

/// Builds a client with the settings and credentials of the environment and of the shared config and credentials files, as
/// AWS's SDKs resolve them. [`Client::from_env`] reads the environment alone and makes smaller programs.
///
/// # Errors
/// If the files or settings are invalid, or there is no region. Missing credentials are an error of the first call.
///
/// Cancel safety: dropping the future has no effect.
pub async fn client<T: Transport>(transport: T) -> Result<Client<T>, Error> {
    let builder = Client::builder(transport);
    let io: Arc<dyn Io> = Arc::new(SystemIo::new(Arc::clone(builder.transport())));
    let config = Config::loader().load(Arc::clone(&io)).await?;
    builder.settings(config.client_settings(io)).build()
}

impl Config {
    /// Returns a client builder with these settings and credentials. Values set on the builder take precedence.
    pub fn builder<T: Transport>(&self, transport: T) -> ClientBuilder<T> {
        let builder = Client::builder(transport);
        let io = SystemIo::new(Arc::clone(builder.transport()));
        builder.settings(self.client_settings(Arc::new(io)))
    }

    /// The settings of a client of Bedrock Runtime. Its credentials providers use `io`.
    #[must_use]
    pub fn client_settings(&self, io: Arc<dyn Io>) -> ClientSettings {
        let region = self.region();
        let mut settings = ClientSettings::default();
        settings.endpoint.region = region.value.clone();
        settings.endpoint.region_looked_at =
            region.skipped.iter().map(|over| over.location.clone()).collect();
        settings.endpoint.url = endpoints::url(self, EndpointService::BedrockRuntime)
            .map(|url| {
                let Resolved { value, source, .. } = url;
                let source = (source != Source::Code).then(|| source.to_string());
                value.map(|url| EndpointUrl::new(url, source))
            })
            .map_err(Error::from);
        settings.endpoint.fips = self.fips().map(|fips| fips.value).map_err(Error::from);
        settings.endpoint.dual_stack =
            self.dual_stack().map(|dual_stack| dual_stack.value).map_err(Error::from);
        match self.auth_scheme().value {
            AuthScheme::Bearer => {
                settings.bearer_token = self.environment.bearer_token().map(str::to_owned);
            }
            AuthScheme::SigV4 => settings.credentials = Some(self.credentials(io)),
        }
        settings.retry = self.retry_policy().map_err(Error::from);
        settings.clock_skew_correction =
            self.disable_clock_skew_correction().map(|disabled| !disabled.value).map_err(Error::from);
        settings
    }
}
