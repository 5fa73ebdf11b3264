//! reqwest as a transport.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use barerock::transport::{NoProxy, ProxyError, ProxyRules};
use barerock::{Environment, Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy, Url};

use crate::body::ReqwestBody;
use crate::error::convert;

/// How long a connection may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. AWS's load balancers close theirs after a minute.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// reqwest as a [`Transport`]. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Result<Client, BuildError>,
    /// The proxies of the client, if they are known.
    proxies: Arc<ProxyRules>,
    /// A client without proxies, built for the first request that must not use one.
    direct: Arc<OnceLock<Result<Client, BuildError>>>,
}

impl ReqwestTransport {
    /// A transport with the client of [`client_builder`](Self::client_builder) and the proxies of the process's environment by
    /// [`ProxyRules::from_environment`]. If a proxy's URL is invalid or TLS cannot be set up, every request fails with that
    /// error.
    #[must_use]
    pub fn new() -> Self {
        match ProxyRules::from_environment(&Environment::of_process()) {
            Ok(rules) => Self::build(Self::client_builder(), rules),
            Err(error) => Self::of(Err(BuildError::Proxy(error)), ProxyRules::default()),
        }
    }

    /// A transport with the client of a builder and the proxies of these rules; proxies that were added to the builder before
    /// come first. If the client cannot be built, every request fails with that error.
    #[must_use]
    pub fn build(builder: ClientBuilder, proxies: ProxyRules) -> Self {
        let builder = if proxies.is_empty() { builder } else { builder.proxy(proxy(proxies.clone())) };
        Self::of(builder.build().map_err(|error| BuildError::Client(Arc::new(error))), proxies)
    }

    fn of(client: Result<Client, BuildError>, proxies: ProxyRules) -> Self {
        Self { client, proxies: Arc::new(proxies), direct: Arc::default() }
    }

    /// The client for a request: that with the proxies, or one without.
    fn client_for(&self, request: &Request<Bytes>) -> &Result<Client, BuildError> {
        if request.extensions().get::<NoProxy>().is_none() {
            return &self.client;
        }
        self.direct.get_or_init(|| {
            Self::client_builder().build().map_err(|error| BuildError::Client(Arc::new(error)))
        })
    }

    /// A builder of clients as `barerock` needs them: ten seconds to connect, no redirects and no retries, which would need
    /// a new signature, and no proxies. [`build`](Self::build) adds those of [`ProxyRules`].
    pub fn client_builder() -> ClientBuilder {
        #[cfg(feature = "rustls")]
        return Self::client_builder_with_tls(barerock_tls::client_config(barerock_tls::webpki_roots()));
        #[cfg(not(feature = "rustls"))]
        client_builder()
    }

    /// The same with a configuration of rustls of your own. What `AWS_CA_BUNDLE` names, for instance, is trusted in place of
    /// Mozilla's roots by
    ///
    /// ```
    /// use barerock_reqwest::{ReqwestTransport, tls};
    ///
    /// # fn build(pem: &[u8]) -> Result<ReqwestTransport, Box<dyn std::error::Error>> {
    /// let trusting = tls::client_config(tls::ca_bundle(pem)?);
    /// Ok(ReqwestTransport::client_builder_with_tls(trusting).build()?.into())
    /// # }
    /// # assert!(build(b"").is_err());
    /// ```
    ///
    /// It offers the versions of HTTP that its ALPN protocols name, and where they name none those that reqwest speaks here:
    /// 1.1, and 2 with the feature `http2`. reqwest's own settings of TLS do nothing to it.
    #[cfg(feature = "rustls")]
    pub fn client_builder_with_tls(mut tls: barerock_tls::rustls::ClientConfig) -> ClientBuilder {
        const H2: &[u8] = b"h2";
        if cfg!(not(feature = "http2")) {
            tls.alpn_protocols.retain(|protocol| protocol != H2);
        } else if tls.alpn_protocols.is_empty() {
            tls.alpn_protocols.extend([H2.to_vec(), b"http/1.1".to_vec()]);
        }
        client_builder().tls_backend_preconfigured(tls)
    }
}

fn client_builder() -> ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
}

/// The rules as reqwest takes them.
fn proxy(rules: ProxyRules) -> Proxy {
    Proxy::custom(move |url| Some(rules.proxy_for(&url.as_str().parse().ok()?)?.with_password()))
}

impl Default for ReqwestTransport {
    fn default() -> Self {
        Self::new()
    }
}

/// A client of your own. It must follow no redirects (`redirect(Policy::none())`): a signature holds for one host only.
/// Where it does, the answer is thrown away for an error; but by then the request, and a session token with it, has gone to
/// wherever the redirect points. Its own limits (`timeout`, `read_timeout`) hold beside
/// those of [`Timeouts`](barerock::Timeouts); a `timeout` would cut long streams. Requests marked [`NoProxy`], as those to the
/// instance metadata service are, are sent by another client, which has no proxies.
impl From<Client> for ReqwestTransport {
    fn from(client: Client) -> Self {
        Self::of(Ok(client), ProxyRules::default())
    }
}

impl Transport for ReqwestTransport {
    type Body = ReqwestBody;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<ReqwestBody>, TransportError> {
        let client = self
            .client_for(&request)
            .as_ref()
            .map_err(|error| TransportError::new(TransportErrorKind::Connect, error.clone()))?;
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let proxy = self.proxies.proxy_for(request.uri()).filter(|_| !is_direct);
        let request = reqwest::Request::try_from(request).map_err(|error| convert(error, None))?;
        let asked = request.url().clone();
        let answer = client.execute(request).await.map_err(|error| convert(error, proxy))?;
        if *answer.url() != asked {
            let redirected = Redirected { to: answer.url().clone() };
            return Err(TransportError::new(TransportErrorKind::Redirect, redirected));
        }
        Ok(Response::from(answer).map(ReqwestBody))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Why there is no client.
#[derive(Debug, Clone)]
enum BuildError {
    Client(Arc<reqwest::Error>),
    Proxy(ProxyError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            Self::Proxy(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Client(error) => error.source(),
            Self::Proxy(_) => None,
        }
    }
}

/// A client that followed a redirect.
#[derive(Debug)]
struct Redirected {
    to: Url,
}

impl fmt::Display for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.to.host_str().unwrap_or_default();
        write!(
            f,
            "the reqwest client followed a redirect to {host}, with the signature of another; build it with \
             redirect(Policy::none())"
        )
    }
}

impl core::error::Error for Redirected {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_request_uses_the_client_without_proxies() {
        let proxies = ProxyRules::all("http://127.0.0.1:9".parse().unwrap());
        let transport = ReqwestTransport::build(ReqwestTransport::client_builder(), proxies);
        let mut request = Request::new(Bytes::new());
        transport.client_for(&request).as_ref().unwrap();
        assert!(transport.direct.get().is_none());
        request.extensions_mut().insert(NoProxy::default());
        transport.client_for(&request).as_ref().unwrap();
        assert!(transport.direct.get().is_some());
    }
}
