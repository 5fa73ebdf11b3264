//! Transports and clients from AWS's shared configuration.

use std::sync::Arc;

use barerock::{Client, Error};
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};

use crate::builder::HyperTransportBuilder;
use crate::transport::HyperTransport;

/// Builds a client from the sources that the AWS SDKs read: the environment, the shared files, and the credentials
/// providers, CA bundle and proxies that they name.
///
/// # Errors
/// If a file or setting is invalid, or there is no region. Missing credentials are an error of the first call.
///
/// Cancel safety: dropping the future has no effect beyond its requests.
pub async fn from_config() -> Result<Client<HyperTransport>, Error> {
    // This transport is for the instance metadata service, which may supply the region: over plain HTTP and without a proxy.
    let config = Config::loader().load(Arc::new(SystemIo::new(Arc::new(HyperTransport::new())))).await?;
    config.builder(HyperTransport::from_config(&config).await?).build()
}

impl HyperTransport {
    /// Builds a transport with a configuration's proxies, and its CA bundle or else Mozilla's roots.
    ///
    /// # Errors
    /// As [`builder_from_config`](Self::builder_from_config).
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn from_config(config: &Config) -> Result<Self, ConfigError> {
        Self::builder_from_config(config).await.map(HyperTransportBuilder::build)
    }

    /// Creates a builder with a configuration's proxies, and its CA bundle or else Mozilla's roots.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid or has a scheme other than `http`.
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn builder_from_config(config: &Config) -> Result<HyperTransportBuilder, ConfigError> {
        let network = config.network_settings(&SystemIo::without_http()).await?;
        let builder = match network.ca_bundle {
            None => Self::builder(),
            Some(bundle) => Self::with_ca_bundle(bundle.pem()).map_err(|error| bundle.invalid(error))?,
        };
        Ok(builder.proxy(network.proxies)?)
    }
}
