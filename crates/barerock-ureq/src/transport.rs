//! ureq as a transport.

use core::time::Duration;

use barerock::transport::is_local;
use barerock::{Timeouts, Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response};
use ureq::Agent;

use crate::body::UreqBody;
use crate::builder::UreqTransportBuilder;
use crate::error::Limits;

/// The longest limit there is: 136 years. ureq adds limits to points in time, and a sum must not overflow.
const FOREVER: Duration = Duration::from_secs(1 << 32);

/// A limit that ureq can count with.
pub(crate) fn bounded(limit: Duration) -> Duration {
    limit.min(FOREVER)
}

/// ureq as a [`Transport`]. Its futures block the thread that polls them until they are done. Cheap to clone; clones
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
        UreqTransportBuilder::new()
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

    /// Keeps the [`Timeouts`] that travel with the request: `first_byte` holds anew for connecting, for sending the request
    /// and for waiting for the head of the answer, `idle` for each read of the body.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<UreqBody>, TransportError> {
        let asked: Timeouts = request.extensions().get().copied().unwrap_or_else(Timeouts::never);
        let connect = self.agent.config().timeouts().connect;
        // An answer that may take a second has no ten for its connection.
        let connect = connect.into_iter().chain(asked.first_byte).min();
        let limits = Limits { connect, request: asked };
        let (parts, body) = request.into_parts();
        let request = limited(&self.agent, Request::from_parts(parts, &*body), limits);
        let answer = self.agent.run(request).map_err(|error| limits.explain(error))?;
        Ok(answer.map(|body| UreqBody::new(body, limits)))
    }

    async fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// The request with its limits, and without a proxy where that must not be asked.
fn limited<'b>(agent: &Agent, request: Request<&'b [u8]>, limits: Limits) -> Request<&'b [u8]> {
    let first_byte = limits.request.first_byte.map(bounded);
    let connect = limits.connect.map(bounded);
    let is_local = request.uri().host().is_some_and(is_local);
    let request = agent.configure_request(request);
    // Nobody else's business, encrypted or not.
    let request = if is_local { request.proxy(None) } else { request };
    request
        .timeout_resolve(connect)
        .timeout_connect(connect)
        .timeout_send_request(first_byte)
        .timeout_send_body(first_byte)
        .timeout_recv_response(first_byte)
        // Never reached; it marks the reads to which the limit for a single one applies.
        .timeout_recv_body(Some(FOREVER))
        .timeout_per_read(limits.request.idle.map(bounded))
        .build()
}
