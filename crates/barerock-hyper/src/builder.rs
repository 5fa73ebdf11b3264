//! Setting up a transport.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use barerock_tls::RootsError;
use barerock_tls::rustls::{ClientConfig, KeyLog, KeyLogFile};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::connector::{Connector, Direct, ProxyConnect};
use crate::transport::{HyperTransport, Proxied};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. AWS's load balancers close theirs after a minute.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// How often TCP asks whether the other side is still there. AWS's NAT gateways forget a silent connection after 350
/// seconds, and a model can think for longer.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// The longest head of an answer, and the most that is read at once, in bytes: what a TLS record holds. hyper's own limit is 408
/// KiB, and a connection that once had so much to read goes on with such a buffer: half of what a thousand streams take.
const MAX_BUFFER: usize = 16 * 1024;

/// HTTP/2's name in ALPN (RFC 7540, 3.1).
#[cfg(feature = "http2")]
pub(crate) const H2: &[u8] = b"h2";

/// Sets up a [`HyperTransport`].
#[derive(Clone)]
#[must_use = "nothing is there before `build`"]
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

    /// How long a connection may take, from looking up the name to the end of the TLS handshake; ten seconds if unset. `None`
    /// leaves it to the operating system.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long an idle connection is kept for the next request; 50 seconds if unset. `None` keeps it until the
    /// other side closes it.
    pub fn pool_idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.pool_idle_timeout = limit.into();
        self
    }

    /// How many idle connections to a host are kept; all if unset, and with 0 none.
    pub fn pool_max_idle_per_host(mut self, count: usize) -> Self {
        self.pool_max_idle_per_host = count;
        self
    }

    /// How long a connection is silent before TCP asks whether the other side is still there; 60 seconds if unset. `None`
    /// never asks.
    pub fn tcp_keepalive(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.tcp_keepalive = after.into();
        self
    }

    /// Trusts the certificates of this PEM text, and no others: what `AWS_CA_BUNDLE` names. It takes the place of all roots,
    /// as it does in botocore, and of a configuration that was brought.
    ///
    /// # Errors
    /// If a certificate in it is broken, or there is none.
    pub fn ca_bundle(mut self, pem: &[u8]) -> Result<Self, RootsError> {
        self.tls = barerock_tls::client_config(barerock_tls::ca_bundle(pem)?);
        Ok(self)
    }

    /// Trusts the system's roots in place of those built in, and of a configuration that was brought. Who means it says it:
    /// whether Mozilla's are built in, other crates of the program decide as well.
    ///
    /// # Errors
    /// If the system has none.
    #[cfg(feature = "native-roots")]
    pub fn native_roots(mut self) -> Result<Self, RootsError> {
        self.tls = barerock_tls::client_config(barerock_tls::native_roots()?);
        Ok(self)
    }

    /// Tells the secrets of each TLS connection, for those who decrypt a capture of their own traffic.
    pub fn key_log(mut self, log: Arc<dyn KeyLog>) -> Self {
        self.key_log = Some(log);
        self
    }

    /// Writes the secrets of each TLS connection to the file that `SSLKEYLOGFILE` names, if it is set.
    pub fn key_log_file(self) -> Self {
        self.key_log(Arc::new(KeyLogFile::new()))
    }

    /// Sends requests through the proxies of these rules. A proxy is spoken to over plain HTTP: for `https` URIs with
    /// CONNECT, so that it sees neither requests nor responses; for `http` URIs with the whole request.
    ///
    /// # Errors
    /// If a proxy has another scheme than `http`.
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

    /// Offers HTTP/2 beside HTTP/1.1 when TLS begins.
    #[cfg(feature = "http2")]
    pub fn http2(mut self) -> Self {
        self.http2 = true;
        self
    }

    /// The transport.
    #[must_use]
    pub fn build(self) -> HyperTransport {
        let mut tls = self.tls;
        // What is offered here must be spoken below.
        tls.alpn_protocols.clear();
        #[cfg(feature = "http2")]
        if self.http2 {
            tls.alpn_protocols.extend([H2.to_vec(), b"http/1.1".to_vec()]);
        }
        if let Some(log) = self.key_log {
            tls.key_log = log;
        }
        let mut tcp = HttpConnector::new();
        // https is the TLS layer's business.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(self.tcp_keepalive);
        // Each of several addresses gets its share, so that a dead one does not use up the whole.
        tcp.set_connect_timeout(self.connect_timeout);
        let direct = Arc::new(Direct { tcp, tls: Arc::new(tls).into() });
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.pool_idle_timeout)
            .pool_max_idle_per_host(self.pool_max_idle_per_host)
            .http1_max_buf_size(MAX_BUFFER);
        let client = |proxy| {
            let direct = Arc::clone(&direct);
            client.build(Connector { direct, proxy, limit: self.connect_timeout })
        };
        let proxied = self.proxy.map(|proxy| Proxied { client: client(Some(Arc::clone(&proxy))), proxy });
        HyperTransport::of(client(None), proxied)
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
