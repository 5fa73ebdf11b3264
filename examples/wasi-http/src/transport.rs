//! `wasi:http/outgoing-handler` as a transport.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use barerock::transport::LocalTransport;
use barerock::{TransportError, TransportErrorKind};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    Scheme,
};
use wasip2::io::streams::{OutputStream, StreamError};

use crate::body::WasiBody;
use crate::error::before_response;
use crate::reactor::{Ready, Timer};

/// The host's HTTP. Connections, TLS and proxies are the host's.
///
/// It sets none of the limits of `wasi:http/types.request-options`: those of the client hold, and some hosts take the connect timeout
/// for the longest silence of the whole request.
pub struct WasiTransport;

impl LocalTransport for WasiTransport {
    type Body = WasiBody;
    type Error = TransportError;
    type Timer = Timer;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<WasiBody>, TransportError> {
        let (outgoing, upload) = convert(request)?;
        let future = handle(outgoing, None).map_err(before_response)?;
        let pending = PendingResponse { wait: Ready::new(future.subscribe()), future };
        // A response can come before the request was sent whole, such as one that says that it is too long.
        let mut upload = Some(upload);
        let response = poll_fn(|context| {
            if let Some(Poll::Ready(sent)) = upload.as_mut().map(|upload| upload.poll_sent(context)) {
                let upload = upload.take();
                // With an error the response, or its error, says why.
                if let (Ok(()), Some(upload)) = (sent, upload) {
                    upload.finish().map_err(before_response)?;
                }
            }
            pending.poll(context)
        });
        let response = response.await?;
        drop(pending);
        receive(&response, upload)
    }

    async fn sleep(&self, duration: Duration) {
        Timer::new(duration).await;
    }

    fn timer(self: &Arc<Self>, duration: Duration) -> Timer {
        Timer::new(duration)
    }
}

fn invalid(what: &'static str) -> TransportError {
    TransportError::new(TransportErrorKind::Io, what)
}

/// A request as the host takes it, and its body, which is to be sent.
fn convert(request: Request<Bytes>) -> Result<(OutgoingRequest, Upload), TransportError> {
    let (mut head, body) = request.into_parts();
    // Signed, and the authority of the URI: the host of the component adds it, and allows no other to.
    head.headers.remove(HOST);
    // Without it the host would send the body in chunks.
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    let pairs =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let fields = Fields::from_list(&pairs.collect::<Vec<_>>());
    let fields =
        fields.map_err(|error| TransportError::new(TransportErrorKind::Io, format!("header: {error:?}")))?;
    let outgoing = OutgoingRequest::new(fields);
    let method = match head.method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        other => Method::Other(other.to_owned()),
    };
    outgoing.set_method(&method).map_err(|()| invalid("invalid method"))?;
    let scheme = match head.uri.scheme_str() {
        Some("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    outgoing.set_scheme(Some(&scheme)).map_err(|()| invalid("invalid scheme"))?;
    let authority = head.uri.authority().map(http::uri::Authority::as_str);
    outgoing.set_authority(authority).map_err(|()| invalid("invalid authority"))?;
    let path = head.uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    outgoing.set_path_with_query(path).map_err(|()| invalid("invalid path"))?;
    let upload = Upload::new(outgoing.body().map_err(|()| invalid("no request body"))?, body);
    Ok((outgoing, upload?))
}

/// The body of a request while it is sent. Children of the host's resources are declared, and so dropped, before their parents.
pub struct Upload {
    wait: Ready,
    stream: OutputStream,
    body: OutgoingBody,
    unsent: Bytes,
    is_flushing: bool,
}

impl Upload {
    fn new(body: OutgoingBody, unsent: Bytes) -> Result<Self, TransportError> {
        let stream = body.write().map_err(|()| invalid("no stream for the request body"))?;
        Ok(Self { wait: Ready::new(stream.subscribe()), stream, body, unsent, is_flushing: false })
    }

    fn poll_sent(&mut self, context: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        loop {
            let permitted = self.stream.check_write()?;
            if permitted == 0 {
                self.wait.wake_when_ready(context);
                return Poll::Pending;
            }
            if self.is_flushing {
                return Poll::Ready(Ok(()));
            }
            let permitted = usize::try_from(permitted).unwrap_or(usize::MAX);
            let part = self.unsent.split_to(permitted.min(self.unsent.len()));
            if !part.is_empty() {
                self.stream.write(&part)?;
            }
            if self.unsent.is_empty() {
                self.stream.flush()?;
                self.is_flushing = true;
            }
        }
    }

    /// Tells the host that the body is complete.
    fn finish(self) -> Result<(), ErrorCode> {
        let Self { wait, stream, body, .. } = self;
        drop(wait);
        drop(stream);
        OutgoingBody::finish(body, None)
    }
}

/// A response that is waited for. Dropped, it cancels the request.
struct PendingResponse {
    wait: Ready,
    future: FutureIncomingResponse,
}

impl PendingResponse {
    fn poll(&self, context: &mut Context<'_>) -> Poll<Result<IncomingResponse, TransportError>> {
        match self.future.get() {
            Some(Ok(response)) => Poll::Ready(response.map_err(before_response)),
            Some(Err(())) => Poll::Ready(Err(invalid("the response was taken already"))),
            None => {
                self.wait.wake_when_ready(context);
                Poll::Pending
            }
        }
    }
}

/// A response of the host. Header fields that HTTP does not allow are left out.
fn receive(
    response: &IncomingResponse,
    unsent: Option<Upload>,
) -> Result<Response<WasiBody>, TransportError> {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(response.status()).map_err(|_| invalid("invalid status"))?;
    for (name, value) in response.headers().entries() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            head.headers_mut().append(name, value);
        }
    }
    let body = response.consume().map_err(|()| invalid("no response body"))?;
    let body = WasiBody::new(body, unsent)?;
    Ok(head.map(|()| body))
}
