//! Transports and clients by AWS's shared configuration.

use std::sync::Arc;

use barerock::{Client, Error};
use barerock_config::providers::SystemIo;
use barerock_config::{Config, ConfigError};
use barerock_tls::webpki_client_config;

use crate::transport::ReqwestTransport;

/// A client by everything the AWS SDKs read: environment, shared files, and the credentials providers, CA bundle and proxies
/// these name.
///
/// # Errors
/// If a file or setting is invalid, or there is no region. Missing credentials show at the first call.
///
/// Cancel safety: dropping the future leaves nothing behind.
pub async fn from_config() -> Result<Client<ReqwestTransport>, Error> {
    // The instance metadata service, which may have to name the region, is reached over plain HTTP and without a proxy.
    let config = Config::loader().load(Arc::new(SystemIo::new(Arc::new(ReqwestTransport::new())))).await?;
    config.builder(ReqwestTransport::from_config(&config).await?).build()
}

impl ReqwestTransport {
    /// A transport with the CA bundle of a configuration, else Mozilla's roots, and its proxies.
    ///
    /// # Errors
    /// If the bundle cannot be read or is invalid, or a proxy's URL is invalid.
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
    pub async fn from_config(config: &Config) -> Result<Self, ConfigError> {
        let network = config.network_settings(&SystemIo::without_http()).await?;
        let tls = match network.ca_bundle {
            None => webpki_client_config(),
            Some(bundle) => barerock_tls::ca_bundle(bundle.pem())
                .and_then(barerock_tls::client_config)
                .map_err(|error| bundle.invalid(error))?,
        };
        let transport = Self::build(Self::client_builder_with_tls(tls.clone()), network.proxies);
        // A client that cannot be built here cannot be built above, and that error is the one requests fail with.
        Ok(match Self::client_builder_with_tls(tls).build() {
            Ok(direct) => transport.direct_client(direct),
            Err(_) => transport,
        })
    }
}
