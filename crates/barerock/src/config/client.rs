//! A client by the configuration.

use std::sync::Arc;

use barerock_converse::Endpoint;

use super::error::ConfigError;
use super::settings::{AuthScheme, Config};
use crate::auth::Auth;
use crate::builder::{ClientBuilder, Configured};
use crate::client::Client;
use crate::credentials::SystemIo;
use crate::error::Error;
use crate::transport::Transport;

impl<T: Transport + 'static> Client<T> {
    /// A client by all that AWS's SDKs look at: the environment, the shared config and credentials files, and whatever
    /// these lead to. [`from_env`](Self::from_env) looks at the environment alone and is smaller for it.
    ///
    /// # Errors
    /// If the files or settings are wrong, or there is no region. Missing credentials show at the first call.
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
    pub async fn from_config(transport: T) -> Result<Self, Error> {
        let builder = Self::builder(transport);
        let config = Config::loader().load(Arc::new(builder.io())).await?;
        builder.config(&config).build()
    }
}

impl<T: Transport + 'static> ClientBuilder<T> {
    /// What a configuration says. What is set in code beats it, before or after.
    #[must_use]
    pub fn config(mut self, config: &Config) -> Self {
        let auth = match config.auth_scheme().value {
            AuthScheme::Bearer => Auth::bearer(config.environment.bearer_token().unwrap_or_default()),
            AuthScheme::SigV4 => Ok(Auth::SigV4(config.credentials(Arc::new(self.io())))),
        };
        let retry = config.retry_policy().map_err(Error::from);
        let disabled = config.disable_clock_skew_correction();
        let corrects_skew = disabled.map(|disabled| !disabled.value).map_err(Error::from);
        let config = config.clone();
        let address = Box::new(move |region, url| config.address(region, url).map_err(Error::from));
        self.configured = Some(Configured { address, auth, retry, corrects_skew });
        self
    }

    fn io(&self) -> SystemIo<T> {
        SystemIo::new(Arc::clone(&self.transport))
    }
}

impl Config {
    /// The region and the endpoint, where these may be set in code too.
    fn address(
        mut self,
        region: Option<String>,
        url: Option<String>,
    ) -> Result<(String, Endpoint), ConfigError> {
        if let Some(region) = region {
            self.region.value = Some(region);
        }
        if let Some(url) = url {
            self.overrides.endpoint_url = Some(url);
        }
        let endpoint = self.endpoint()?.value;
        Ok((self.region.value.unwrap_or_default(), endpoint))
    }
}
