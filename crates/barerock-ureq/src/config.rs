//! Transports and clients from AWS's shared configuration.

use std::sync::Arc;

use barerock::Error;
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};

use crate::block_on::block_on;
use crate::builder::UreqTransportBuilder;
use crate::client::Client;
use crate::transport::UreqTransport;

impl Client {
    /// Builds a client from the sources that the AWS SDKs read: the environment, the shared files, and the credentials
    /// providers, CA bundle and proxies that they name.
    ///
    /// # Errors
    /// If a file or setting is invalid, or there is no region. Missing credentials are an error of the first call.
    pub fn from_config() -> Result<Self, Error> {
        // This transport is for the instance metadata service, which may supply the region; it is reached without a proxy.
        let io = SystemIo::new(Arc::new(UreqTransport::new()));
        let config = block_on(Config::loader().load(Arc::new(io)))?;
        config.builder(UreqTransport::from_config(&config)?).build().map(Self::from)
    }
}

impl UreqTransport {
    /// Builds a transport with a configuration's proxies, and its CA bundle or else Mozilla's roots.
    ///
    /// # Errors
    /// As [`builder_from_config`](Self::builder_from_config).
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        Self::builder_from_config(config).map(UreqTransportBuilder::build)
    }

    /// Creates a builder with a configuration's proxies, and its CA bundle or else Mozilla's roots.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid or has an unsupported scheme.
    pub fn builder_from_config(config: &Config) -> Result<UreqTransportBuilder, ConfigError> {
        let network = block_on(config.network_settings(&SystemIo::without_http()))?;
        let builder = match network.ca_bundle {
            None => Self::builder(),
            Some(bundle) => Self::with_ca_bundle(bundle.pem()).map_err(|error| bundle.invalid(error))?,
        };
        Ok(builder.proxy(network.proxies)?)
    }
}
