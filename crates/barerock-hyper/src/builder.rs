//! Builder of the transport.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use barerock::transport::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, TCP_KEEPALIVE};
use barerock_tls::rustls::{ClientConfig, KeyLog, KeyLogFile};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::connector::{Connector, Direct, ProxyConnect};
use crate::pool::Pool;
use crate::resolver::Resolver;
use crate::transport::HyperTransport;

/// The ALPN name of HTTP/2 (RFC 7540, section 3.1).
#[cfg(feature = "http2")]
pub(crate) const H2: &[u8] = b"h2";

/// Builds a [`HyperTransport`].
#[derive(Clone)]
#[must_use = "`build` makes the transport"]
pub struct HyperTransportBuilder {
    tls: ClientConfig,
    key_log: Option<Arc<dyn KeyLog>>,
    proxy: Option<Arc<dyn ProxyConnect>>,
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Option<Duration>,
    pool_max_idle_per_host: usize,
    tcp_keepalive: Option<Duration>,
    #[cfg(feature = "http2")]
    http2: bool,
}

impl HyperTransportBuilder {
    pub(crate) fn new(tls: ClientConfig) -> Self {
        Self {
            tls,
            key_log: None,
            proxy: None,
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: Some(POOL_IDLE_TIMEOUT),
            pool_max_idle_per_host: usize::MAX,
            tcp_keepalive: Some(TCP_KEEPALIVE),
            #[cfg(feature = "http2")]
            http2: false,
        }
    }

    /// Sets the time limit for opening a connection, from name lookup to the end of the TLS handshake; [`CONNECT_TIMEOUT`] by
    /// default. With `None` only the operating system's limits apply.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Sets how long an idle connection is kept for the next request; [`POOL_IDLE_TIMEOUT`] by default. `None` keeps it until
    /// the peer closes it.
    pub fn pool_idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.pool_idle_timeout = limit.into();
        self
    }

    /// Limits how many idle connections per host are kept; unlimited by default. 0 keeps none.
    pub fn pool_max_idle_per_host(mut self, count: usize) -> Self {
        self.pool_max_idle_per_host = count;
        self
    }

    /// Sets how long a connection is silent before TCP probes the peer; [`TCP_KEEPALIVE`] by default. `None` disables probes.
    pub fn tcp_keepalive(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.tcp_keepalive = after.into();
        self
    }

    /// Writes the secrets of each TLS connection to a key log, with which Wireshark can decrypt a capture.
    pub fn key_log(mut self, log: Arc<dyn KeyLog>) -> Self {
        self.key_log = Some(log);
        self
    }

    /// Writes the secrets of each TLS connection to the file that `SSLKEYLOGFILE` names, if it is set.
    pub fn key_log_file(self) -> Self {
        self.key_log(Arc::new(KeyLogFile::new()))
    }

    /// Sends requests through the proxies of these rules. The connection to a proxy is plain HTTP. For `https` URIs it opens a
    /// tunnel by CONNECT and sees neither requests nor responses; for `http` URIs it receives the whole request.
    ///
    /// # Errors
    /// If a proxy has a scheme other than `http`.
    #[cfg(feature = "proxy")]
    pub fn proxy(
        mut self,
        rules: barerock::transport::ProxyRules,
    ) -> Result<Self, barerock::transport::ProxyError> {
        self.proxy = match rules.is_empty() {
            true => None,
            false => Some(Arc::new(crate::proxy::HttpProxies::new(rules)?)),
        };
        Ok(self)
    }

    /// Offers HTTP/2 in addition to HTTP/1.1 in the TLS handshake.
    #[cfg(feature = "http2")]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// Builds the transport.
    #[must_use]
    pub fn build(self) -> HyperTransport {
        let mut tls = self.tls;
        // Only protocols that this transport supports may be offered.
        tls.alpn_protocols.clear();
        #[cfg(feature = "http2")]
        if self.http2 {
            tls.alpn_protocols.extend([H2.to_vec(), b"http/1.1".to_vec()]);
        }
        if let Some(log) = self.key_log {
            tls.key_log = log;
        }
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        // The TLS layer handles `https` URIs; without this, hyper's connector rejects them.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(self.tcp_keepalive);
        // Divides the limit among the addresses of a host, so that one that does not respond leaves time for the others.
        tcp.set_connect_timeout(self.connect_timeout);
        let direct = Direct { tcp, tls: Arc::new(tls).into() };
        let connector = Connector { direct, proxy: self.proxy, limit: self.connect_timeout };
        HyperTransport::of(connector, Pool::new(self.pool_idle_timeout, self.pool_max_idle_per_host))
    }
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("proxy", &self.proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("tcp_keepalive", &self.tcp_keepalive)
            .finish_non_exhaustive()
    }
}
