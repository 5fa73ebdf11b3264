//! The transport a command calls with.

use core::time::Duration;

use barerock_config::{Config, ConfigError, Source};
use barerock_hyper::HyperTransport;

use crate::exit::Failure;

/// The option that names the CA bundle.
pub(crate) const CA_BUNDLE: &str = "--ca-bundle";

/// The transport of the options, environment and profile: CA bundle, proxies, `SSLKEYLOGFILE`.
pub(crate) async fn transport(
    config: &Config,
    connect_timeout: Option<Duration>,
) -> Result<HyperTransport, Failure> {
    let transport = HyperTransport::builder_from_config(config).await.map_err(|error| match error {
        ConfigError::CaBundle { source: Source::Code, path, reason } => {
            Failure::usage(format!("{CA_BUNDLE}: {path}: {reason}"))
        }
        error => Failure::input(error),
    })?;
    Ok(transport.connect_timeout(connect_timeout).key_log_file().build())
}

/// A transport with Mozilla's roots and no proxy.
pub(crate) fn plain(connect_timeout: Option<Duration>) -> HyperTransport {
    HyperTransport::builder().connect_timeout(connect_timeout).build()
}
