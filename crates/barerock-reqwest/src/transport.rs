//! reqwest as a transport.

use core::time::Duration;
use std::sync::{Arc, OnceLock};

use barerock::transport::{NoProxy, ProxyRules, ThroughProxy};
use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response};
use reqwest::{Client, ClientBuilder};

use crate::body::ReqwestBody;
use crate::client;
use crate::error::{BuildError, Redirected, convert};

/// reqwest as a [`Transport`]. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Result<Client, BuildError>,
    /// The proxies of the client, if they are known.
    proxies: Arc<ProxyRules>,
    /// The client for requests that must not use a proxy; without one, a client for `http` URIs is built for the first of them.
    direct: Option<Client>,
    direct_http: Arc<OnceLock<Result<Client, BuildError>>>,
}

impl ReqwestTransport {
    /// A transport with the client of [`client_builder`](Self::client_builder) and the proxies of the process's environment by
    /// [`ProxyRules::from_environment`]. If a proxy's URL is invalid, every request fails with that error.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn new() -> Self {
        match ProxyRules::from_environment(&barerock::Environment::of_process()) {
            Ok(rules) => Self::build(Self::client_builder(), rules),
            Err(error) => Self::of(Err(BuildError::Proxy(error)), ProxyRules::default()),
        }
    }

    /// A transport with the client of a builder and the proxies of these rules; proxies that were added to the builder before
    /// come first. If the client cannot be built, every request fails with that error.
    #[must_use]
    pub fn build(builder: ClientBuilder, proxies: ProxyRules) -> Self {
        let builder =
            if proxies.is_empty() { builder } else { builder.proxy(client::proxy(proxies.clone())) };
        Self::of(builder.build().map_err(BuildError::client), proxies)
    }

    fn of(client: Result<Client, BuildError>, proxies: ProxyRules) -> Self {
        Self { client, proxies: Arc::new(proxies), direct: None, direct_http: Arc::default() }
    }

    /// Sets the client, one without proxies, for requests marked [`NoProxy`]. Without it those to `http` URIs are sent by a client
    /// of our own, and those to `https` URIs are refused if the transport may have proxies.
    #[must_use]
    pub fn direct_client(mut self, client: Client) -> Self {
        self.direct = Some(client);
        self
    }

    /// The client for a request.
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

    /// A builder of clients as `barerock` needs them, with rustls and Mozilla's roots: the limits of
    /// [`barerock::transport`], no redirects and no retries, which would need a new signature, and no proxies, which
    /// [`build`](Self::build) adds.
    #[cfg(feature = "webpki-roots")]
    pub fn client_builder() -> ClientBuilder {
        client::with_tls(barerock_tls::webpki_client_config())
    }

    /// The same builder with the system's TLS library and roots.
    #[cfg(feature = "native-tls")]
    pub fn native_tls_client_builder() -> ClientBuilder {
        client::base().tls_backend_native()
    }

    /// The same builder with a configuration of rustls: [`tls`](crate::tls) makes those for a CA bundle and for the system's roots.
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
    /// It offers the versions of HTTP that its ALPN protocols name, and where they name none those that reqwest speaks here:
    /// 1.1, and 2 with the feature `http2`. reqwest's own TLS settings have no effect on it.
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

/// A client of your own. It must follow no redirects (`redirect(Policy::none())`), for a signature holds for one host only: a
/// response that was redirected is an error, but by then the request, and a session token with it, has been sent to the
/// redirect's target. Its own limits (`timeout`, `read_timeout`) apply beside those of [`Timeouts`](barerock::Timeouts); a
/// `timeout` would cut long streams.
impl From<Client> for ReqwestTransport {
    fn from(client: Client) -> Self {
        Self::of(Ok(client), ProxyRules::default())
    }
}

impl Transport for ReqwestTransport {
    type Body = ReqwestBody;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<ReqwestBody>, TransportError> {
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
        tokio::time::sleep(duration).await;
    }
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
