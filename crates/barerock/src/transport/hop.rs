//! Which hop of a connection failed.

use core::error::Error;
use core::fmt;

use super::proxy::{ProxyUrl, TunnelError};
use super::{BoxError, TransportErrorKind};

/// Travels with a response as an extension: it came from or through a proxy that reads the requests, `HOST:PORT`, and so the
/// proxy may have written it. Transports set it; a tunnel does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThroughProxy(String);

impl ThroughProxy {
    /// A response through this proxy.
    #[must_use]
    pub fn new(proxy: &ProxyUrl) -> Self {
        Self(proxy.authority())
    }
}

impl fmt::Display for ThroughProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A connection that failed at one hop: the proxy, or TLS with the endpoint.
#[derive(Debug)]
pub struct HopError {
    /// The proxy, `HOST:PORT`.
    proxy: Option<String>,
    /// The endpoint's host, if the hop is its TLS handshake.
    tls_with: Option<String>,
    source: BoxError,
}

impl HopError {
    /// A proxy that cannot be reached.
    pub fn proxy(proxy: &ProxyUrl, source: impl Into<BoxError>) -> Self {
        Self { proxy: Some(proxy.authority()), tls_with: None, source: source.into() }
    }

    /// A TLS handshake with an endpoint that failed; the proxy is that of the tunnel below TLS.
    pub fn tls(host: &str, proxy: Option<&ProxyUrl>, source: impl Into<BoxError>) -> Self {
        Self { proxy: proxy.map(ProxyUrl::authority), tls_with: Some(host.to_owned()), source: source.into() }
    }

    /// The kind of an error of connecting: that of a proxy if one of these or a [`TunnelError`] in the chain of causes says so.
    #[must_use]
    pub fn kind_of(error: &(dyn Error + 'static)) -> TransportErrorKind {
        let causes = core::iter::successors(Some(error), |error| Error::source(*error));
        let kinds = causes.filter_map(|error| match error.downcast_ref::<TunnelError>() {
            Some(tunnel) if tunnel.is_permanent() => Some(TransportErrorKind::ProxyRefused),
            Some(_) => Some(TransportErrorKind::Proxy),
            None => {
                let hop = error.downcast_ref::<Self>().filter(|hop| hop.tls_with.is_none());
                hop.map(|_| TransportErrorKind::Proxy)
            }
        });
        kinds.last().unwrap_or(TransportErrorKind::Connect)
    }
}

impl fmt::Display for HopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.tls_with, &self.proxy) {
            (Some(host), None) => write!(f, "TLS handshake with {host} failed"),
            (Some(host), Some(proxy)) => write!(f, "TLS handshake with {host} through proxy {proxy} failed"),
            (None, proxy) => write!(f, "no connection to proxy {}", proxy.as_deref().unwrap_or_default()),
        }
    }
}

impl Error for HopError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::super::proxy::Tunnel;
    use super::*;

    #[test]
    fn the_hop_is_named() {
        let proxy = "http://me:SQUIRREL@p:1".parse().unwrap();
        for (hop, kind, words) in [
            (HopError::proxy(&proxy, "refused"), TransportErrorKind::Proxy, "no connection to proxy p:1"),
            (
                HopError::tls("a.example", None, "expired"),
                TransportErrorKind::Connect,
                "TLS handshake with a.example failed",
            ),
            (
                HopError::tls("a.example", Some(&proxy), "expired"),
                TransportErrorKind::Connect,
                "TLS handshake with a.example through proxy p:1 failed",
            ),
        ] {
            assert_eq!(hop.to_string(), words);
            assert!(!format!("{hop:?}").contains("SQUIRREL"));
            let outer = HopError::tls("b.example", None, hop);
            assert_eq!(HopError::kind_of(&outer), kind, "{words}");
        }
    }

    #[test]
    fn a_refusal_that_would_be_repeated_is_permanent() {
        let proxy = "p:1".parse().unwrap();
        for (status, kind) in [
            ("403 x", TransportErrorKind::ProxyRefused),
            ("407 x", TransportErrorKind::ProxyRefused),
            ("408 x", TransportErrorKind::Proxy),
            ("429 x", TransportErrorKind::Proxy),
            ("503 x", TransportErrorKind::Proxy),
            ("302 x", TransportErrorKind::Proxy),
            ("x", TransportErrorKind::Proxy),
        ] {
            let mut tunnel = Tunnel::new(&proxy, &"https://a.example".parse().unwrap());
            let error = tunnel.receive(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).unwrap_err();
            assert_eq!(HopError::kind_of(&error), kind, "{status}");
            assert_eq!(HopError::kind_of(&HopError::tls("a.example", None, error)), kind, "{status}");
        }
    }
}
