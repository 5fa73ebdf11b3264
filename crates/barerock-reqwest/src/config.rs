//! Transports and clients from AWS's shared configuration.

use std::sync::Arc;

use barerock::{Client, Error};
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};
use barerock_tls::webpki_client_config;

use crate::transport::ReqwestTransport;

/// Builds a client from the sources that the AWS SDKs read: the environment, the shared files, and the credentials
/// providers, CA bundle and proxies that they name.
///
/// # Errors
/// If a file or setting is invalid, or there is no region. Missing credentials are an error of the first call.
///
/// Cancel safety: dropping the future has no effect beyond its requests.
pub async fn from_config() -> Result<Client<ReqwestTransport>, Error> {
    // This transport is for the instance metadata service, which may supply the region: over plain HTTP and without a proxy.
    let config = Config::loader().load(Arc::new(SystemIo::new(Arc::new(ReqwestTransport::new())))).await?;
    config.builder(ReqwestTransport::from_config(&config).await?).build()
}

impl ReqwestTransport {
    /// Builds a transport with a configuration's proxies, and its CA bundle or else Mozilla's roots.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid.
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn from_config(config: &Config) -> Result<Self, ConfigError> {
        let network = config.network_settings(&SystemIo::without_http()).await?;
        let tls = match network.ca_bundle {
            None => webpki_client_config(),
            Some(bundle) => barerock_tls::ca_bundle(bundle.pem())
                .and_then(barerock_tls::client_config)
                .map_err(|error| bundle.invalid(error))?,
        };
        let transport = Self::build(Self::client_builder_with_tls(tls.clone()), network.proxies);
        // If the client cannot be built here, it could not be built above either, and requests fail with that error.
        Ok(match Self::client_builder_with_tls(tls).build() {
            Ok(direct) => transport.direct_client(direct),
            Err(_) => transport,
        })
    }
}
