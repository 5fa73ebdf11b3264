//! Builders of reqwest clients with the settings that `barerock` needs.

use barerock::transport::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, ProxyRules, TCP_KEEPALIVE};
#[cfg(feature = "rustls")]
use barerock_tls::rustls::ClientConfig;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};

/// Creates a builder with the settings that every client needs; its TLS is reqwest's default.
pub(crate) fn base() -> ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .tcp_keepalive(TCP_KEEPALIVE)
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
}

/// Creates a builder with this rustls configuration. If it has no ALPN protocols, those that reqwest supports are added.
#[cfg(feature = "rustls")]
pub(crate) fn with_tls(mut tls: ClientConfig) -> ClientBuilder {
    const H2: &[u8] = b"h2";
    if cfg!(not(feature = "http2")) {
        tls.alpn_protocols.retain(|protocol| protocol != H2);
    } else if tls.alpn_protocols.is_empty() {
        tls.alpn_protocols.extend([H2.to_vec(), b"http/1.1".to_vec()]);
    }
    base().tls_backend_preconfigured(tls)
}

/// Creates a builder of a client for `http` URIs. With rustls, reqwest requires a TLS configuration nevertheless.
pub(crate) fn without_tls() -> ClientBuilder {
    #[cfg(feature = "rustls")]
    return with_tls(barerock_tls::untrusting_client_config());
    #[cfg(not(feature = "rustls"))]
    base()
}

/// Converts the rules to reqwest's type.
pub(crate) fn proxy(rules: ProxyRules) -> Proxy {
    Proxy::custom(move |url| Some(rules.proxy_for(&url.as_str().parse().ok()?)?.with_password()))
}
