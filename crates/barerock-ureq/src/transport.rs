//! ureq as a transport.

use core::time::Duration;
use std::sync::Arc;

use barerock::transport::{BoxError, NoProxy, ProxyError, ProxyRules};
use barerock::{Timeouts, Transport, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use ureq::{Agent, Proxy};

use crate::body::UreqBody;
use crate::builder::UreqTransportBuilder;
use crate::deadline::{Deadline, Reason, within};
use crate::error::Limits;
use crate::sleep::Sleep;

/// The longest limit there is: 136 years. ureq adds limits to points in time, and a sum must not overflow.
const FOREVER: Duration = Duration::from_secs(1 << 32);

/// A limit that ureq can count with.
pub(crate) fn bounded(limit: Duration) -> Duration {
    limit.min(FOREVER)
}

/// ureq as a [`Transport`]. Its requests, and its bodies, block the thread that polls them; its waits do not. Cheap to clone; clones
/// share connections.
#[derive(Debug, Clone)]
pub struct UreqTransport {
    agent: Agent,
    proxies: Arc<Result<ProxyRules, ProxyError>>,
}

impl UreqTransport {
    /// A transport with ten seconds to connect and the proxies of the process's environment by
    /// [`ProxyRules::from_environment`].
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport to be set up.
    pub fn builder() -> UreqTransportBuilder {
        #[cfg(feature = "rustls")]
        return Self::with_tls(barerock_tls::webpki_client_config());
        #[cfg(not(feature = "rustls"))]
        UreqTransportBuilder::new()
    }

    /// A transport to be set up, with a configuration of rustls of your own: other roots, a client certificate, a verifier,
    /// a key log. It is asked for HTTP/1.1, whatever it offers by ALPN.
    #[cfg(feature = "rustls")]
    pub fn with_tls(tls: barerock_tls::rustls::ClientConfig) -> UreqTransportBuilder {
        UreqTransportBuilder::new(tls)
    }

    pub(crate) fn of(agent: Agent, proxies: Result<ProxyRules, ProxyError>) -> Self {
        Self { agent, proxies: Arc::new(proxies) }
    }

    /// The request with the proxy it is to use.
    fn with_proxy<'b>(
        &self,
        request: Request<&'b [u8]>,
        is_direct: bool,
    ) -> Result<Request<&'b [u8]>, TransportError> {
        let failed = |error: BoxError| TransportError::new(TransportErrorKind::Connect, error);
        let rules = (*self.proxies).as_ref().map_err(|error| failed(error.clone().into()))?;
        let Some(proxy) = rules.proxy_for(request.uri()).filter(|_| !is_direct) else { return Ok(request) };
        let proxy = Proxy::new(&proxy.with_password()).map_err(|error| failed(error.into()))?;
        Ok(self.agent.configure_request(request).proxy(Some(proxy)).build())
    }
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for UreqTransport {
    type Body = UreqBody;
    type Error = TransportError;

    /// Keeps the [`Timeouts`] that travel with the request: `first_byte` for all there is up to the head of the answer, `idle`
    /// for each piece of the body, `operation` for all of it. Without them the only limit is the one for the connection.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<UreqBody>, TransportError> {
        let asked: Timeouts = request.extensions().get().copied().unwrap_or_else(Timeouts::never);
        let limits = Limits { connect: self.agent.config().timeouts().connect, request: asked };
        let is_direct = request.extensions().get::<NoProxy>().is_some();
        let (parts, body) = request.into_parts();
        let request = self.with_proxy(Request::from_parts(parts, &*body), is_direct)?;
        let whole = Deadline::after(asked.operation, Reason::Whole);
        let head = Deadline::after(asked.first_byte, Reason::Head);
        let answer = within([head, whole], || self.agent.run(request));
        let answer = answer.map_err(|error| limits.explain(error))?;
        Ok(answer.map(|body| UreqBody::new(body, limits, whole)))
    }

    async fn sleep(&self, duration: Duration) {
        Sleep::new(duration).await;
    }
}
