//! reqwest as a transport.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use barerock::transport::{NoProxy, is_local};
use barerock::{Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};

use crate::body::ReqwestBody;
use crate::error::convert;

/// How long a connection may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. AWS's load balancers close theirs after a minute.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// reqwest as a [`Transport`]. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Built,
    /// Ours, not brought.
    is_own: bool,
    /// Goes by way of no proxy; set up for the first request that must not.
    direct: Arc<OnceLock<Built>>,
}

type Built = Result<Client, Arc<reqwest::Error>>;

impl ReqwestTransport {
    /// A transport with the client of [`client_builder`](Self::client_builder). Where the TLS library cannot be set up,
    /// every request says so. Requests to this machine and its link ([`is_local`]) go by way of no proxy.
    #[must_use]
    pub fn new() -> Self {
        Self { is_own: true, ..Self::of(Self::client_builder().build().map_err(Arc::new)) }
    }

    fn of(client: Built) -> Self {
        Self { client, is_own: false, direct: Arc::default() }
    }

    /// The client for a request: that with the proxies, or one without.
    fn client_for(&self, request: &Request<Bytes>) -> &Built {
        let is_marked = request.extensions().get::<NoProxy>().is_some();
        if is_marked || self.is_own && request.uri().host().is_some_and(is_local) {
            self.direct.get_or_init(|| Self::client_builder().no_proxy().build().map_err(Arc::new))
        } else {
            &self.client
        }
    }

    /// The beginnings of a client that suits: ten seconds for a connection, no redirects and no repeats, which would need
    /// a new signature, and the proxies of the environment, as reqwest's users know it.
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
}

impl Default for ReqwestTransport {
    fn default() -> Self {
        Self::new()
    }
}

/// A client of your own. It must follow no redirects (`redirect(Policy::none())`): a signature holds for one host only.
/// Where it does, the answer is thrown away for an error; but by then the request, and a session token with it, has gone to
/// wherever the redirect points. Its own limits (`timeout`, `read_timeout`) hold beside
/// those of [`Timeouts`](barerock::Timeouts); a `timeout` would cut long streams. What is marked [`NoProxy`], as are questions
/// to the instance metadata service, is sent by another client, which has no proxies.
impl From<Client> for ReqwestTransport {
    fn from(client: Client) -> Self {
        Self::of(Ok(client))
    }
}

impl Transport for ReqwestTransport {
    type Body = ReqwestBody;
    type Error = TransportError;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<ReqwestBody>, TransportError> {
        let client = self
            .client_for(&request)
            .as_ref()
            .map_err(|error| TransportError::new(TransportErrorKind::Connect, Arc::clone(error)))?;
        let request = reqwest::Request::try_from(request).map_err(convert)?;
        let asked = request.url().clone();
        let answer = client.execute(request).await.map_err(convert)?;
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
    fn whose_proxies_are_obeyed() {
        let brought = || ReqwestTransport::from(ReqwestTransport::client_builder().build().unwrap());
        for (transport, url, is_marked, is_direct) in [
            (ReqwestTransport::new(), "https://a.example/", false, false),
            (ReqwestTransport::new(), "http://127.0.0.1:1/", false, true),
            (ReqwestTransport::new(), "http://169.254.169.254/", false, true),
            (brought(), "http://127.0.0.1:1/", false, false),
            (brought(), "http://127.0.0.1:1/", true, true),
        ] {
            let mut request = Request::new(Bytes::new());
            *request.uri_mut() = url.parse().unwrap();
            if is_marked {
                request.extensions_mut().insert(NoProxy::default());
            }
            transport.client_for(&request).as_ref().unwrap();
            assert_eq!(transport.direct.get().is_some(), is_direct, "{url}");
        }
    }
}
