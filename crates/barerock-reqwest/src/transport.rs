//! The transport over reqwest.

use core::time::Duration;
use std::sync::{Arc, OnceLock};

use barerock::transport::{NoProxy, ProxyRules, ThroughProxy, without_timer};
use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response};
use reqwest::{Client, ClientBuilder};
use tokio::runtime::Handle;

use crate::body::ReqwestBody;
use crate::client;
use crate::error::{BuildError, Redirected, convert};

/// A [`Transport`] over reqwest. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Result<Client, BuildError>,
    /// The proxies of the client; empty for a client that the caller built.
    proxies: Arc<ProxyRules>,
    /// The client for requests that must not use a proxy. If unset, the first such request to an `http` URI builds one.
    direct: Option<Client>,
    direct_http: Arc<OnceLock<Result<Client, BuildError>>>,
}

impl ReqwestTransport {
    /// Creates a transport with the client of [`client_builder`](Self::client_builder) and the proxies of the process's
    /// environment ([`ProxyRules::from_environment`]). If a proxy's URL is invalid, every request fails with that error.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn new() -> Self {
        match ProxyRules::from_environment(&barerock::Environment::of_process()) {
            Ok(rules) => Self::build(Self::client_builder(), rules),
            Err(error) => Self::of(Err(BuildError::Proxy(error)), ProxyRules::default()),
        }
    }

    /// Creates a transport with the client of a builder and the proxies of these rules; proxies already added to the builder
    /// take precedence. If the client cannot be built, every request fails with that error.
    #[must_use]
    pub fn build(builder: ClientBuilder, proxies: ProxyRules) -> Self {
        let builder =
            if proxies.is_empty() { builder } else { builder.proxy(client::proxy(proxies.clone())) };
        Self::of(builder.build().map_err(BuildError::client), proxies)
    }

    fn of(client: Result<Client, BuildError>, proxies: ProxyRules) -> Self {
        Self { client, proxies: Arc::new(proxies), direct: None, direct_http: Arc::default() }
    }

    /// Sets a client without proxies for requests marked [`NoProxy`]. By default such a request to an `http` URI is sent by a
    /// client that this crate builds; one to an `https` URI is an error.
    #[must_use]
    pub fn direct_client(mut self, client: Client) -> Self {
        self.direct = Some(client);
        self
    }

    /// Returns the client for a request.
    fn client_for(&self, request: &Request<Bytes>) -> Result<&Client, BuildError> {
        let is_marked = request.extensions().get::<NoProxy>().is_some();
        let client = match &self.direct {
            _ if !is_marked => &self.client,
            Some(direct) => return Ok(direct),
            None if request.uri().scheme() == Some(&Scheme::HTTPS) => return Err(BuildError::NoDirectClient),
            None => {
                self.direct_http.get_or_init(|| client::without_tls().build().map_err(BuildError::client))
            }
        };
        client.as_ref().map_err(Clone::clone)
    }

    /// Creates a builder of a client for `barerock`, with rustls and Mozilla's roots. It has the limits of
    /// [`barerock::transport`]; it follows no redirects and retries nothing, since both would need a new signature; and it has
    /// no proxies, which [`build`](Self::build) adds.
    #[cfg(feature = "webpki-roots")]
    pub fn client_builder() -> ClientBuilder {
        client::with_tls(barerock_tls::webpki_client_config())
    }

    /// Creates the same builder with the system's TLS library and roots.
    #[cfg(feature = "native-tls")]
    pub fn native_tls_client_builder() -> ClientBuilder {
        client::base().tls_backend_native()
    }

    /// Creates the same builder with a rustls configuration, such as [`tls`](crate::tls)'s for a CA bundle or the system's roots.
    ///
    /// ```
    /// use barerock_reqwest::{ReqwestTransport, tls};
    ///
    /// # fn build(pem: &[u8]) -> Result<ReqwestTransport, Box<dyn std::error::Error>> {
    /// let config = tls::client_config(tls::ca_bundle(pem)?)?;
    /// Ok(ReqwestTransport::client_builder_with_tls(config).build()?.into())
    /// # }
    /// # assert!(build(b"").is_err());
    /// ```
    ///
    /// It offers the HTTP versions that the configuration's ALPN protocols name. If there are none, it offers 1.1, and 2 with the
    /// feature `http2`. reqwest's own TLS settings have no effect on it.
    #[cfg(feature = "rustls")]
    pub fn client_builder_with_tls(tls: barerock_tls::rustls::ClientConfig) -> ClientBuilder {
        client::with_tls(tls)
    }
}

#[cfg(feature = "webpki-roots")]
impl Default for ReqwestTransport {
    fn default() -> Self {
        Self::new()
    }
}

/// Creates a transport with your own client. The client must not follow redirects (`redirect(Policy::none())`): a signature
/// is valid for one host only. A redirected response is an error, but by then the request, with any session token, has been
/// sent to the redirect's target. The client's own limits (`timeout`, `read_timeout`) apply in addition to those of
/// [`Timeouts`](barerock::Timeouts); a `timeout` would cut long streams.
impl From<Client> for ReqwestTransport {
    fn from(client: Client) -> Self {
        Self::of(Ok(client), ProxyRules::default())
    }
}

impl Transport for ReqwestTransport {
    type Body = ReqwestBody;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<ReqwestBody>, TransportError> {
        require_runtime()?;
        let client = self.client_for(&request);
        let client = client.map_err(|error| TransportError::new(TransportErrorKind::Connect, error))?;
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let proxy = self.proxies.proxy_for(request.uri()).filter(|_| !is_direct);
        let is_tunnel = request.uri().scheme() == Some(&Scheme::HTTPS);
        let request = reqwest::Request::try_from(request).map_err(|error| convert(error, None))?;
        let requested = request.url().clone();
        let response = client.execute(request).await.map_err(|error| convert(error, proxy))?;
        if *response.url() != requested {
            let redirected = Redirected::to(response.url());
            return Err(TransportError::new(TransportErrorKind::Redirect, redirected));
        }
        let mut response = Response::from(response).map(ReqwestBody);
        if let Some(proxy) = proxy.filter(|_| !is_tunnel) {
            response.extensions_mut().insert(ThroughProxy::new(proxy));
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        match Handle::try_current() {
            Ok(_) => tokio::time::sleep(duration).await,
            Err(_) => without_timer().await,
        }
    }
}

/// Fails outside a runtime of tokio, where sockets, timers and tasks panic.
pub(crate) fn require_runtime() -> Result<(), TransportError> {
    Handle::try_current().map(drop).map_err(|_| TransportError::no_runtime("tokio"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(uri: &str) -> Request<Bytes> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri.parse().unwrap();
        request.extensions_mut().insert(NoProxy::default());
        request
    }

    #[test]
    fn a_marked_request_uses_a_client_without_proxies() {
        let proxies = ProxyRules::all("http://127.0.0.1:9".parse().unwrap());
        let transport = ReqwestTransport::build(client::without_tls(), proxies);
        transport.client_for(&Request::new(Bytes::new())).unwrap();
        assert!(transport.direct_http.get().is_none());
        transport.client_for(&marked("http://169.254.169.254/")).unwrap();
        assert!(transport.direct_http.get().is_some());
    }

    #[test]
    fn a_marked_request_over_https_needs_a_client_of_its_own() {
        let transport = ReqwestTransport::from(client::without_tls().build().unwrap());
        let error = transport.client_for(&marked("https://127.0.0.1/")).unwrap_err();
        assert!(error.to_string().contains("no client without proxies"), "{error}");
        let transport = transport.direct_client(client::without_tls().build().unwrap());
        transport.client_for(&marked("https://127.0.0.1/")).unwrap();
    }
}
