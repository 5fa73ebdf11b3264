//! Transports and clients by AWS's shared configuration.

use std::sync::Arc;

use barerock::Error;
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};

use crate::block_on::block_on;
use crate::builder::UreqTransportBuilder;
use crate::client::Client;
use crate::transport::UreqTransport;

impl Client {
    /// A client by everything the AWS SDKs read: environment, shared files, and the credentials providers, CA bundle and
    /// proxies these name.
    ///
    /// # Errors
    /// If a file or setting is invalid, or there is no region. Missing credentials show at the first call.
    pub fn from_config() -> Result<Self, Error> {
        // The instance metadata service, which may have to name the region, is reached without a proxy.
        let io = SystemIo::new(Arc::new(UreqTransport::new()));
        let config = block_on(Config::loader().load(Arc::new(io)))?;
        config.builder(UreqTransport::from_config(&config)?).build().map(Self::from)
    }
}

impl UreqTransport {
    /// A transport with the CA bundle of a configuration, else Mozilla's roots, and its proxies.
    ///
    /// # Errors
    /// As [`builder_from_config`](Self::builder_from_config)'s.
    pub fn from_config(config: &Config) -> Result<Self, ConfigError> {
        Self::builder_from_config(config).map(UreqTransportBuilder::build)
    }

    /// Settings of a transport with the CA bundle of a configuration, else Mozilla's roots, and its proxies.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid or of an unsupported scheme.
    pub fn builder_from_config(config: &Config) -> Result<UreqTransportBuilder, ConfigError> {
        let network = block_on(config.network_settings(&SystemIo::without_http()))?;
        let builder = match network.ca_bundle {
            None => Self::builder(),
            Some(bundle) => Self::with_ca_bundle(bundle.pem()).map_err(|error| bundle.invalid(error))?,
        };
        Ok(builder.proxy(network.proxies)?)
    }
}
