//! One attempt on the wire: the request out, the response in, as far as it must be read to know whether it succeeded.

use core::pin::Pin;
use core::time::Duration;
use std::time::SystemTime;

use barerock_converse::stream::{EventDecoder, StreamEvent};
use barerock_converse::wire::header_name::X_AMZ_RETRY_AFTER;
use barerock_converse::{ResponseError, ServiceError, is_event_stream};
use bytes::{Buf, Bytes, BytesMut};
use http::response::Parts;
use http::{HeaderName, Request, StatusCode};

use crate::body::ChunkError;
use crate::call_context::CallContext;
use crate::client::{ClientState, lock};
use crate::error::Error;
use crate::observe::Stage;
use crate::redirect::Redirect;
use crate::stream::{interrupted, with_request_id};
use crate::timeout::within;
use crate::transport::{LocalTransport, TransportError, TransportErrorKind};

/// The most bytes that are read of an error's body.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// The wait the service asks for, in milliseconds.
static RETRY_AFTER: HeaderName = HeaderName::from_static(X_AMZ_RETRY_AFTER);

/// How a response is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    /// To its end.
    Whole,
    /// Up to the first frame; the rest as a stream of events.
    Stream,
}

/// A response of status 200.
pub(crate) struct SuccessResponse<B> {
    pub(crate) head: Parts,
    /// The part of the body that was received: all of it, or a stream's chunks up to the first frame.
    pub(crate) received: Bytes,
    /// The rest of the body.
    pub(crate) body: Pin<Box<B>>,
    /// The decoder that took `received` but for `rest`; unused if the response is no stream.
    pub(crate) events: EventDecoder,
    /// The end of `received`, from the second frame on.
    pub(crate) rest: Bytes,
    /// The first event of a stream and its payload, if it is one.
    pub(crate) first: Option<(StreamEvent<'static>, Bytes)>,
    /// The exception in the first frame: the service rejects the request with status 200.
    pub(crate) rejection: Option<Error>,
}

/// A failed attempt.
pub(crate) struct FailedAttempt {
    pub(crate) error: Error,
    /// The wait the service asks for.
    pub(crate) retry_after: Option<Duration>,
}

impl From<Error> for FailedAttempt {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

impl<T: LocalTransport> ClientState<T> {
    /// Sends an authenticated request and reads the response: all of it, or the first frame if it streams.
    pub(crate) async fn send(
        &self,
        context: &mut CallContext,
        request: Request<Bytes>,
        mode: ResponseMode,
    ) -> Result<SuccessResponse<T::Body>, FailedAttempt> {
        let sent = self.now();
        let response = self.transport.send(request);
        let response = within(&*self.transport, self.timeouts.first_byte, "the response", response).await;
        let response = response.map_err(Error::from)?;
        let response = response.map_err(|error| Error::transport(&self.endpoint, error.into()))?;
        let (head, body) = response.into_parts();
        let received = self.now();
        let after = received.duration_since(sent).unwrap_or_default();
        context.head_received(&head.headers);
        context.observe(&Stage::ResponseHead { head: &head, after });
        self.correct_clock(context, &head, sent, received);

        if let Some(redirect) = Redirect::of(&head) {
            let error = TransportError::new(TransportErrorKind::Redirect, redirect);
            return Err(Error::transport(&self.endpoint, error).into());
        }
        let body = Box::pin(body);
        if mode == ResponseMode::Stream && is_event_stream(head.status, &head.headers) {
            return Ok(self.begin_stream(context, head, body).await?);
        }
        self.receive_whole(context, head, body, mode).await
    }

    /// Receives a stream up to its first frame: until the caller has an event, the request can be sent again.
    async fn begin_stream(
        &self,
        context: &CallContext,
        head: Parts,
        mut body: Pin<Box<T::Body>>,
    ) -> Result<SuccessResponse<T::Body>, Error> {
        let (mut events, mut received, mut chunk) = (EventDecoder::new(), BytesMut::new(), Bytes::new());
        while !is_ready(&mut events, &mut chunk) {
            match self.next_chunk(&mut body).await {
                Ok(Some(bytes)) => {
                    context.observe(&Stage::Chunk { bytes: &bytes });
                    received.extend_from_slice(&bytes);
                    chunk = bytes;
                }
                Ok(None) => break,
                Err(ChunkError::Timeout(error)) => return Err(error),
                Err(ChunkError::Broken(error)) => return Err(interrupted(&mut events, error)),
            }
        }
        let mut rest = &chunk[..];
        let (first, rejection) = match events.next_with_payload(&mut rest) {
            Ok(Some((event, payload))) => {
                let payload = Bytes::copy_from_slice(payload);
                (Some((event.into_owned(), payload)), None)
            }
            Err(error) if error.service_error().is_some() => {
                (None, Some(with_request_id(error, &head.headers)))
            }
            // The stream reports it: the decoder returns an error again.
            Ok(None) | Err(_) => (None, None),
        };
        let (received, rest) = (received.freeze(), chunk.slice_ref(rest));
        Ok(SuccessResponse { head, received, body, events, rest, first, rejection })
    }

    /// Receives a response that is no stream: a document, or an error.
    async fn receive_whole(
        &self,
        context: &CallContext,
        head: Parts,
        mut body: Pin<Box<T::Body>>,
        mode: ResponseMode,
    ) -> Result<SuccessResponse<T::Body>, FailedAttempt> {
        let is_error = mode == ResponseMode::Stream || head.status != StatusCode::OK;
        let received = match is_error {
            true => self.read_error_body(&mut body, MAX_ERROR_BODY).await,
            false => self.read_body(&mut body, self.max_response).await?,
        };
        context.observe(&Stage::Body { body: &received });
        let error = match mode {
            ResponseMode::Stream => {
                Error::from(ResponseError::of_stream(head.status, &head.headers, &received))
            }
            ResponseMode::Whole if is_error => {
                ServiceError::from_http(head.status, &head.headers, &received).into()
            }
            ResponseMode::Whole => {
                let events = EventDecoder::new();
                let rest = Bytes::new();
                return Ok(SuccessResponse {
                    head,
                    received,
                    body,
                    events,
                    rest,
                    first: None,
                    rejection: None,
                });
            }
        };
        Err(FailedAttempt { error, retry_after: retry_after(&head) })
    }

    /// Compares the service's clock with this machine's.
    fn correct_clock(&self, context: &CallContext, head: &Parts, sent: SystemTime, received: SystemTime) {
        if !self.corrects_skew {
            return;
        }
        let (before, after) = {
            let mut skew = lock(&self.skew);
            let after = skew.after(&head.headers, sent, received);
            (core::mem::replace(&mut *skew, after), after)
        };
        // Observers run without the lock: they may be slow.
        if after != before {
            context.observe(&Stage::ClockSkew { seconds: after.seconds() });
        }
    }
}

/// True if the decoder would return an event or an error. If not, it has taken the chunk, which is released.
pub(crate) fn is_ready(events: &mut EventDecoder, chunk: &mut Bytes) -> bool {
    let mut rest = &chunk[..];
    let is_ready = events.is_ready(&mut rest);
    let taken = chunk.len().saturating_sub(rest.len());
    chunk.advance(taken);
    if !is_ready {
        *chunk = Bytes::new();
    }
    is_ready
}

/// The wait the service asks for.
fn retry_after(head: &Parts) -> Option<Duration> {
    let millis = head.headers.get(&RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}
