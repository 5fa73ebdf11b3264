//! Builder of the transport.

use core::time::Duration;
use std::sync::Arc;

use barerock::Environment;
use barerock::transport::{
    CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, ProxyError, ProxyRules, ProxyScheme, TCP_KEEPALIVE,
};

use crate::connect::Connector;
use crate::pool::Pool;
use crate::tls::TlsLayer;
use crate::transport::UreqTransport;

/// Supported proxy schemes.
const SCHEMES: &[ProxyScheme] = &[
    ProxyScheme::Http,
    ProxyScheme::Https,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks4,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks4a,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks5,
    #[cfg(feature = "socks")]
    ProxyScheme::Socks5h,
];

/// Builds a [`UreqTransport`].
#[derive(Debug)]
#[must_use = "`build` makes the transport"]
pub struct UreqTransportBuilder {
    tls: Arc<dyn TlsLayer>,
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Duration,
    tcp_keepalive: Option<Duration>,
    proxies: Option<ProxyRules>,
}

impl UreqTransportBuilder {
    pub(crate) fn new(tls: Arc<dyn TlsLayer>) -> Self {
        Self {
            tls,
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            tcp_keepalive: Some(TCP_KEEPALIVE),
            proxies: None,
        }
    }

    /// Sets the time limit for opening a connection, from name lookup to the end of the TLS handshake; [`CONNECT_TIMEOUT`] by
    /// default. It is divided among the addresses of a host. With `None` only the operating system's limits apply.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Sets how long an idle connection is kept for the next request; [`POOL_IDLE_TIMEOUT`] by default. Zero keeps none.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.pool_idle_timeout = limit;
        self
    }

    /// Sets how long a connection is silent before TCP probes the peer; [`TCP_KEEPALIVE`] by default. `None` disables probes.
    pub fn tcp_keepalive(mut self, after: impl Into<Option<Duration>>) -> Self {
        self.tcp_keepalive = after.into();
        self
    }

    /// Sets the proxies; by default those of the process's environment ([`ProxyRules::from_environment`]; if a URL there is
    /// invalid, every request fails with that error). An HTTP proxy opens a tunnel by CONNECT, for `http` URIs too.
    ///
    /// # Errors
    /// If a proxy has a scheme other than `http`, `https` and, with the feature `socks`, those of SOCKS.
    pub fn proxy(mut self, rules: ProxyRules) -> Result<Self, ProxyError> {
        rules.require_schemes(SCHEMES)?;
        self.proxies = Some(rules);
        Ok(self)
    }

    /// Builds the transport.
    #[must_use]
    pub fn build(self) -> UreqTransport {
        let proxies = match self.proxies {
            Some(rules) => Ok(rules),
            None => ProxyRules::from_environment(&Environment::of_process())
                .and_then(|rules| rules.require_schemes(SCHEMES).map(|()| rules)),
        };
        let connector =
            Connector { tls: self.tls, timeout: self.connect_timeout, tcp_keepalive: self.tcp_keepalive };
        UreqTransport {
            connector: Arc::new(connector),
            pool: Arc::new(Pool::new(self.pool_idle_timeout)),
            proxies: Arc::new(proxies),
        }
    }
}
