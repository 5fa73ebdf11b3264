//! ureq as a transport.

use core::time::Duration;

use barerock::transport::is_local;
use barerock::{Timeouts, Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response};
use ureq::Agent;

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
}

impl UreqTransport {
    /// A transport with ten seconds for a connection and the proxy of the environment, if it names one (`ALL_PROXY`,
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), as ureq's users know it. Requests to this machine and its link ([`is_local`])
    /// go by way of none.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A transport to be set up.
    pub fn builder() -> UreqTransportBuilder {
        #[cfg(feature = "rustls")]
        return Self::with_tls(barerock_tls::client_config(barerock_tls::webpki_roots()));
        #[cfg(not(feature = "rustls"))]
        UreqTransportBuilder::new()
    }

    /// A transport to be set up, with a configuration of rustls of your own: other roots, a client certificate, a verifier,
    /// a key log. It is asked for HTTP/1.1, whatever it offers by ALPN.
    #[cfg(feature = "rustls")]
    pub fn with_tls(tls: barerock_tls::rustls::ClientConfig) -> UreqTransportBuilder {
        UreqTransportBuilder::new(tls)
    }

    pub(crate) fn of(agent: Agent) -> Self {
        Self { agent }
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
        let (parts, body) = request.into_parts();
        let request = direct_if_local(&self.agent, Request::from_parts(parts, &*body));
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

/// The request; without a proxy where that must not be asked: a request to this machine or its link is nobody else's business,
/// encrypted or not.
fn direct_if_local<'b>(agent: &Agent, request: Request<&'b [u8]>) -> Request<&'b [u8]> {
    if request.uri().host().is_some_and(is_local) {
        return agent.configure_request(request).proxy(None).build();
    }
    request
}
