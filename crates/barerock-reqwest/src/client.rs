//! Builders of reqwest clients as `barerock` needs them.

use barerock::transport::{CONNECT_TIMEOUT, POOL_IDLE_TIMEOUT, ProxyRules, TCP_KEEPALIVE};
#[cfg(feature = "rustls")]
use barerock_tls::rustls::ClientConfig;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};

/// A builder with the settings every client needs; its TLS is reqwest's default.
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

/// A builder with this rustls configuration. Without ALPN protocols in it, those that reqwest speaks here are offered.
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

/// A builder of a client for `http` URIs. Where reqwest has rustls, it wants a configuration all the same.
pub(crate) fn without_tls() -> ClientBuilder {
    #[cfg(feature = "rustls")]
    return with_tls(barerock_tls::untrusting_client_config());
    #[cfg(not(feature = "rustls"))]
    base()
}

/// The rules as reqwest takes them.
pub(crate) fn proxy(rules: ProxyRules) -> Proxy {
    Proxy::custom(move |url| Some(rules.proxy_for(&url.as_str().parse().ok()?)?.with_password()))
}
