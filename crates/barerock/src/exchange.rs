//! One attempt: a request out, an answer in, as far as it must be read to know whether it is one.

use core::pin::Pin;
use core::time::Duration;
use std::time::SystemTime;

use barerock_converse::stream::EventDecoder;
use barerock_converse::{ResponseError, ServiceError, is_event_stream};
use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http::{HeaderName, Request, StatusCode};
use http_body::Body;

use crate::call::Call;
use crate::client::{Inner, lock};
use crate::error::Error;
use crate::observe::Stage;
use crate::redirect::Redirect;
use crate::stream::named;
use crate::timeout::within;
use crate::transport::{Transport, TransportError, TransportErrorKind};

/// The most of an error's body that is read; the rest is left.
const ERROR_BODY: usize = 1024 * 1024;

/// The wait the service asks for, in milliseconds.
static RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");

/// How an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Read to its end.
    Whole,
    /// As a stream of events.
    Stream,
}

/// An answer that is one: its status is 200.
pub(crate) struct Answer<B> {
    pub(crate) head: Parts,
    /// What was read of the body: all of it, or the first frame of a stream and what came with it.
    pub(crate) read: Bytes,
    /// The rest.
    pub(crate) body: Pin<Box<B>>,
    /// Why there is nothing to stream: the first frame is an exception.
    pub(crate) refused: Option<Error>,
}

/// Why an attempt failed.
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// The wait the service asks for.
    pub(crate) retry_after: Option<Duration>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

impl<T: Transport> Inner<T> {
    /// Sends a request and reads of its answer what must be read: all of it; or if it streams, the first frame.
    pub(crate) async fn exchange(
        &self,
        call: &Call,
        request: Request<Bytes>,
        want: Want,
    ) -> Result<Answer<T::Body>, Failed> {
        let sent = self.now();
        let answer = self.transport.send(request);
        let answer = within(&*self.transport, self.timeouts.first_byte, "the response", answer).await;
        let answer = answer.map_err(Error::from)?;
        let answer = answer.map_err(|error| Error::transport(&self.endpoint, error.into()))?;
        let (head, body) = answer.into_parts();
        let received = self.now();
        let after = received.duration_since(sent).unwrap_or_default();
        self.tell(call, &Stage::Answered { head: &head, after });
        self.learn_time(call, &head, sent, received);

        if let Some(redirect) = Redirect::of(&head) {
            let error = TransportError::new(TransportErrorKind::Redirect, redirect);
            return Err(Error::transport(&self.endpoint, error).into());
        }
        let mut body = Box::pin(body);
        if want == Want::Stream && is_event_stream(head.status, &head.headers) {
            let (read, refused) = self.begin(call, &head, &mut body).await?;
            return Ok(Answer { head, read, body, refused });
        }
        let is_error = want == Want::Stream || head.status != StatusCode::OK;
        let limit = if is_error { ERROR_BODY } else { self.max_response };
        let read = self.collect(&mut body, limit, is_error).await?;
        self.tell(call, &Stage::Read { body: &read });
        let error = match want {
            Want::Stream => Error::from(ResponseError::of_stream(head.status, &head.headers, &read)),
            Want::Whole if is_error => ServiceError::from_http(head.status, &head.headers, &read).into(),
            Want::Whole => return Ok(Answer { head, read, body, refused: None }),
        };
        Err(Failed { error, retry_after: retry_after(&head) })
    }

    /// Waits for the first frame of a stream: as long as nobody has seen any of it, it can be asked for again.
    async fn begin(
        &self,
        call: &Call,
        head: &Parts,
        body: &mut Pin<Box<T::Body>>,
    ) -> Result<(Bytes, Option<Error>), Error> {
        let (mut first, mut read) = (EventDecoder::new(), BytesMut::new());
        while !first.is_ready() {
            match self.next_chunk(body).await {
                Ok(Some(chunk)) => {
                    self.tell(call, &Stage::Received { bytes: &chunk });
                    first.push(&chunk);
                    read.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Err(ChunkError::Timeout(error)) => return Err(error),
                Err(ChunkError::Broken(error)) => return Err(Error::interrupted(first.offset(), error)),
            }
        }
        let refused = match first.next_event() {
            Err(error) if error.service_error().is_some() => Some(named(error, &head.headers)),
            _ => None,
        };
        Ok((read.freeze(), refused))
    }

    /// The next piece of a body, or `None` at its end.
    pub(crate) async fn next_chunk(&self, body: &mut Pin<Box<T::Body>>) -> Result<Option<Bytes>, ChunkError> {
        loop {
            let frame = core::future::poll_fn(|context| body.as_mut().poll_frame(context));
            let frame = within(&*self.transport, self.timeouts.idle, "the next chunk of the response", frame)
                .await
                .map_err(|error| ChunkError::Timeout(error.into()))?;
            match frame {
                None => return Ok(None),
                Some(Err(error)) => {
                    let error = TransportError::of_body(error.into());
                    // A blocking transport keeps the limit itself.
                    return Err(match error.kind() {
                        TransportErrorKind::Timeout => {
                            ChunkError::Timeout(Error::transport(&self.endpoint, error))
                        }
                        _ => ChunkError::Broken(error),
                    });
                }
                // Trailers say nothing here.
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// A whole body. Past `limit` it is an error. An error's is `cut`: there, where it breaks off, and where it takes longer in
    /// all than one piece may. Its head names the error, and what came of the body may say more.
    async fn collect(&self, body: &mut Pin<Box<T::Body>>, limit: usize, cut: bool) -> Result<Bytes, Error> {
        let begun = self.now();
        let takes_too_long = || {
            let spent = self.now().duration_since(begun).unwrap_or_default();
            self.timeouts.idle.is_some_and(|limit| spent >= limit)
        };
        let mut whole = BytesMut::new();
        loop {
            match self.next_chunk(body).await {
                Ok(Some(chunk)) => {
                    let room = limit.saturating_sub(whole.len());
                    whole.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    match chunk.len() > room {
                        false if cut && takes_too_long() => return Ok(whole.freeze()),
                        false => {}
                        true if cut => return Ok(whole.freeze()),
                        true => return Err(Error::body_too_large(limit)),
                    }
                }
                Ok(None) => return Ok(whole.freeze()),
                Err(_) if cut => return Ok(whole.freeze()),
                Err(ChunkError::Broken(error)) => {
                    return Err(Error::interrupted(whole.len().try_into().unwrap_or(u64::MAX), error));
                }
                Err(ChunkError::Timeout(error)) => return Err(error),
            }
        }
    }

    /// Looks at the service's clock.
    fn learn_time(&self, call: &Call, head: &Parts, sent: SystemTime, received: SystemTime) {
        if !self.corrects_skew {
            return;
        }
        let (before, after) = {
            let mut skew = lock(&self.skew);
            let after = skew.after(&head.headers, sent, received);
            (core::mem::replace(&mut *skew, after), after)
        };
        // Whoever looks on may take its time, and other calls want the clock.
        if after != before {
            self.tell(call, &Stage::ClockSkew { seconds: after.seconds() });
        }
    }
}

/// Why there is no next piece of a body.
pub(crate) enum ChunkError {
    Timeout(Error),
    Broken(TransportError),
}

/// The wait the service asks for.
fn retry_after(head: &Parts) -> Option<Duration> {
    let millis = head.headers.get(&RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}
