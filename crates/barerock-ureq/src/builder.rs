//! Setting up a transport.

use core::time::Duration;

use barerock::Environment;
use barerock::transport::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, ProxyError, ProxyRules, ProxyScheme};
#[cfg(feature = "rustls")]
use barerock_tls::rustls::ClientConfig;
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use ureq::unversioned::transport::Connector;
#[cfg(feature = "native-tls")]
use ureq::unversioned::transport::NativeTlsConnector;

use crate::connector::{LimitedConnector, LimitedResolver, plain};
use crate::transport::{UreqTransport, bounded};

/// The longest head of an answer, and the most that is read at once, in bytes: what a TLS record holds.
const MAX_HEAD: usize = 16 * 1024;

/// What is buffered of a request, in bytes.
const OUTPUT_BUFFER: usize = 16 * 1024;

/// The schemes of proxies.
const SCHEMES: &[ProxyScheme] = &[
    ProxyScheme::Http,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks4,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks4a,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks5,
];

/// Sets up a [`UreqTransport`].
#[derive(Debug)]
pub struct UreqTransportBuilder {
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Duration,
    proxies: Option<ProxyRules>,
    #[cfg(feature = "rustls")]
    rustls: ClientConfig,
    #[cfg(feature = "native-tls")]
    native_tls: NativeTls,
}

/// What the system's TLS is told.
#[cfg(feature = "native-tls")]
#[derive(Debug)]
struct NativeTls {
    is_asked: bool,
    roots: ureq::tls::RootCerts,
}

impl UreqTransportBuilder {
    pub(crate) fn new(#[cfg(feature = "rustls")] rustls: ClientConfig) -> Self {
        Self {
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            proxies: None,
            #[cfg(feature = "rustls")]
            rustls,
            #[cfg(feature = "native-tls")]
            native_tls: NativeTls {
                is_asked: !cfg!(feature = "rustls"),
                roots: ureq::tls::RootCerts::PlatformVerifier,
            },
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

    /// The proxies; those of the process's environment if unset. If a proxy's URL in the environment is invalid, every request
    /// fails with that error.
    ///
    /// # Errors
    /// If a proxy has a scheme that is not supported.
    pub fn proxy(mut self, rules: ProxyRules) -> Result<Self, ProxyError> {
        rules.require_schemes(SCHEMES)?;
        self.proxies = Some(rules);
        Ok(self)
    }

    /// Trusts the certificates of this PEM text, and no others: what `AWS_CA_BUNDLE` names. It takes the place of all roots,
    /// as it does in botocore, and of a configuration that was brought.
    ///
    /// # Errors
    /// If a certificate in it is broken, or there is none.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn ca_bundle(mut self, pem: &[u8]) -> Result<Self, barerock_tls::RootsError> {
        #[cfg(feature = "rustls")]
        {
            self.rustls = barerock_tls::client_config(barerock_tls::ca_bundle(pem)?)?;
        }
        #[cfg(feature = "native-tls")]
        {
            let certificates = barerock_tls::certificates(pem)?;
            let owned = |der: &barerock_tls::pki_types::CertificateDer<'_>| {
                ureq::tls::Certificate::from_der(der).to_owned()
            };
            self.native_tls.roots = certificates.iter().map(owned).into();
        }
        Ok(self)
    }

    /// Trusts the system's roots in place of those built in, and of a configuration that was brought, where TLS is by rustls.
    ///
    /// # Errors
    /// If the system has none.
    #[cfg(feature = "native-roots")]
    pub fn native_roots(mut self) -> Result<Self, barerock_tls::RootsError> {
        self.rustls = barerock_tls::client_config(barerock_tls::native_roots()?)?;
        Ok(self)
    }

    /// Uses the system's TLS where rustls is there too. Who means it says it: whether rustls is there, other crates of the
    /// program decide as well.
    #[cfg(feature = "native-tls")]
    #[must_use]
    pub fn native_tls(mut self) -> Self {
        self.native_tls.is_asked = true;
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
        config = config.proxy(None);
        let proxies = match self.proxies {
            Some(rules) => Ok(rules),
            None => ProxyRules::from_environment(&Environment::of_process())
                .and_then(|rules| rules.require_schemes(SCHEMES).map(|()| rules)),
        };
        let connector = plain();
        #[cfg(feature = "native-tls")]
        if self.native_tls.is_asked {
            let tls = ureq::tls::TlsConfig::builder()
                .provider(ureq::tls::TlsProvider::NativeTls)
                .root_certs(self.native_tls.roots);
            let connector = connector.chain(NativeTlsConnector::default());
            return transport(config.tls_config(tls.build()).build(), connector, proxies);
        }
        #[cfg(feature = "rustls")]
        let connector = connector.chain(crate::tls::TlsConnector::new(self.rustls));
        transport(config.build(), connector, proxies)
    }
}

fn transport(
    config: Config,
    connector: impl Connector,
    proxies: Result<ProxyRules, ProxyError>,
) -> UreqTransport {
    let agent = Agent::with_parts(config, LimitedConnector(connector), LimitedResolver::default());
    UreqTransport::of(agent, proxies)
}
