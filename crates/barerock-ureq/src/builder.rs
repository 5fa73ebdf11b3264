//! Setting up a transport.

use core::fmt;
use core::time::Duration;

use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};

use crate::connector::{LimitedConnector, LimitedResolver};
use crate::transport::{UreqTransport, bounded};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. AWS's load balancers close theirs after a minute.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// The longest head of an answer, and the most that is read at once, in bytes: what a TLS record holds.
const MAX_HEAD: usize = 16 * 1024;

/// What is buffered of a request, in bytes.
const OUTPUT_BUFFER: usize = 16 * 1024;

/// Sets up a [`UreqTransport`].
#[derive(Debug)]
pub struct UreqTransportBuilder {
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Duration,
    proxy: Option<Option<ureq::Proxy>>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    ca_bundle: Option<Vec<ureq::tls::Certificate<'static>>>,
    #[cfg(feature = "native-tls")]
    native_tls: bool,
}

impl UreqTransportBuilder {
    pub(crate) fn new() -> Self {
        Self {
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            proxy: None,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            ca_bundle: None,
            #[cfg(feature = "native-tls")]
            native_tls: !cfg!(feature = "rustls"),
        }
    }

    /// How long a connection may take, from the first TCP handshake to the end of TLS's; ten seconds if unset. `None`
    /// leaves it to the operating system. Looking up the name has as long again.
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long an idle connection is kept for the next request; 50 seconds if unset. Zero keeps none.
    #[must_use]
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.pool_idle_timeout = limit;
        self
    }

    /// The proxy for all requests but those to this machine and its link, or none; the environment's if unset.
    #[must_use]
    pub fn proxy(mut self, proxy: impl Into<Option<ureq::Proxy>>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Trusts the certificates of this PEM text, and no others: what `AWS_CA_BUNDLE` names. It takes the place of all roots,
    /// as it does in botocore.
    ///
    /// # Errors
    /// If a certificate in it is broken, or there is none.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn ca_bundle(mut self, pem: &[u8]) -> Result<Self, CaBundleError> {
        let mut certificates = Vec::new();
        for item in ureq::tls::parse_pem(pem) {
            if let ureq::tls::PemItem::Certificate(certificate) = item.map_err(CaBundleError::Broken)? {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() {
            return Err(CaBundleError::Empty);
        }
        self.ca_bundle = Some(certificates);
        Ok(self)
    }

    /// Uses the system's TLS where rustls is there too.
    #[cfg(feature = "native-tls")]
    #[must_use]
    pub fn native_tls(mut self) -> Self {
        self.native_tls = true;
        self
    }

    /// The transport.
    #[must_use]
    pub fn build(self) -> UreqTransport {
        let mut config = Config::builder()
            // What the service answers with an error status is `barerock`'s to read.
            .http_status_as_error(false)
            // A signature holds for one host only.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // The request is sent as it was signed, and no compressed answer asked for.
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_response_header_size(MAX_HEAD)
            .input_buffer_size(MAX_HEAD)
            .output_buffer_size(OUTPUT_BUFFER)
            .timeout_resolve(self.connect_timeout.map(bounded))
            .timeout_connect(self.connect_timeout.map(bounded))
            .max_idle_age(bounded(self.pool_idle_timeout));
        if let Some(proxy) = self.proxy {
            config = config.proxy(proxy);
        }
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        {
            config = config.tls_config(tls(
                self.ca_bundle,
                #[cfg(feature = "native-tls")]
                self.native_tls,
            ));
        }
        UreqTransport::of(Agent::with_parts(
            config.build(),
            LimitedConnector::default(),
            LimitedResolver::default(),
        ))
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn tls(
    ca_bundle: Option<Vec<ureq::tls::Certificate<'static>>>,
    #[cfg(feature = "native-tls")] native: bool,
) -> ureq::tls::TlsConfig {
    use ureq::tls::{RootCerts, TlsConfig};

    let tls = TlsConfig::builder();
    #[cfg(feature = "rustls")]
    let tls = tls.unversioned_rustls_crypto_provider(crate::crypto::provider());
    #[cfg(feature = "native-tls")]
    let tls = if native {
        tls.provider(ureq::tls::TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier)
    } else {
        tls
    };
    match ca_bundle {
        Some(certificates) => tls.root_certs(RootCerts::new_with_certs(&certificates)),
        None => tls,
    }
    .build()
}

/// A text that holds no certificates to trust.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaBundleError {
    /// There is no certificate in it.
    Empty,
    /// One of its certificates cannot be read.
    Broken(ureq::Error),
}

impl fmt::Display for CaBundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the CA bundle holds no certificate; it must be PEM text"),
            Self::Broken(error) => write!(f, "the CA bundle cannot be read: {error}"),
        }
    }
}

impl core::error::Error for CaBundleError {}

#[cfg(all(test, any(feature = "rustls", feature = "native-tls")))]
mod tests {
    use super::*;

    #[test]
    fn a_bad_bundle_is_explained() {
        let read = |pem: &[u8]| UreqTransportBuilder::new().ca_bundle(pem).unwrap_err().to_string();
        assert_eq!(read(b"not PEM"), "the CA bundle holds no certificate; it must be PEM text");
        let cut = read(b"-----BEGIN CERTIFICATE-----\nAAAA\n");
        assert!(cut.starts_with("the CA bundle cannot be read: "), "{cut}");
    }
}
