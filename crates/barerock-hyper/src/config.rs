//! Transports and clients by AWS's shared configuration.

use std::sync::Arc;

use barerock::{Client, Error};
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};

use crate::builder::HyperTransportBuilder;
use crate::transport::HyperTransport;

/// A client by everything the AWS SDKs read: environment, shared files, and the credentials providers, CA bundle and proxies
/// these name.
///
/// # Errors
/// If a file or setting is invalid, or there is no region. Missing credentials show at the first call.
///
/// Cancel safety: dropping the future leaves nothing behind.
pub async fn from_config() -> Result<Client<HyperTransport>, Error> {
    // The instance metadata service, which may have to name the region, is reached over plain HTTP and without a proxy.
    let config = Config::loader().load(Arc::new(SystemIo::new(Arc::new(HyperTransport::new())))).await?;
    config.builder(HyperTransport::from_config(&config).await?).build()
}

impl HyperTransport {
    /// A transport with the CA bundle of a configuration, else Mozilla's roots, and its proxies.
    ///
    /// # Errors
    /// As [`builder_from_config`](Self::builder_from_config)'s.
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
    pub async fn from_config(config: &Config) -> Result<Self, ConfigError> {
        Self::builder_from_config(config).await.map(HyperTransportBuilder::build)
    }

    /// Settings of a transport with the CA bundle of a configuration, else Mozilla's roots, and its proxies.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid or of another scheme than `http`.
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
    pub async fn builder_from_config(config: &Config) -> Result<HyperTransportBuilder, ConfigError> {
        let network = config.network_settings(&SystemIo::without_http()).await?;
        let builder = match network.ca_bundle {
            None => Self::builder(),
            Some(bundle) => Self::with_ca_bundle(bundle.pem()).map_err(|error| bundle.invalid(error))?,
        };
        Ok(builder.proxy(network.proxies)?)
    }
}
