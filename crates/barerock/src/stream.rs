//! A streamed answer.

use core::fmt;
use core::pin::Pin;
use std::sync::Arc;

use barerock_converse::stream::{AssembledMessage, EventDecoder, MessageAssembler, StreamError, StreamEvent};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::call::{Answered, Call};
use crate::client::Inner;
use crate::error::Error;
use crate::exchange::{Answer, ChunkError};
use crate::observe::Stage;
use crate::timeout::{Deadline, before};
use crate::transport::Transport;

/// The events of a streamed answer, as they come. Memory holds one frame and one piece of the body, however slowly
/// they are taken.
///
/// Cancel safety: a dropped [`next_event`](Self::next_event) loses nothing; dropping the stream closes the connection.
pub struct EventStream<T: Transport> {
    client: Arc<Inner<T>>,
    call: Call,
    /// When all of it must be over.
    deadline: Option<Deadline>,
    headers: HeaderMap,
    /// What was read of the body already.
    read: Bytes,
    body: Pin<Box<T::Body>>,
    events: EventDecoder,
    /// How many bytes were taken past the events.
    taken: u64,
    ended: bool,
}

impl<T: Transport> EventStream<T> {
    pub(crate) fn new(client: Arc<Inner<T>>, answered: Answered<T::Body>) -> Self {
        let Answered { call, deadline, answer: Answer { head, read, body, .. } } = answered;
        let headers = detached(head.headers);
        Self {
            client,
            call,
            deadline,
            headers,
            read,
            body,
            events: EventDecoder::new(),
            taken: 0,
            ended: false,
        }
    }

    fn failed(&self, error: StreamError) -> Error {
        self.client.failed(&self.call, named(error, &self.headers))
    }

    /// The next event, or `None` when the answer is whole.
    ///
    /// # Errors
    /// If the stream ends before the answer is whole, the service breaks off, the bytes are not what they should be,
    /// or the next piece takes too long. There are no more events after an error.
    ///
    /// Cancel safety: dropping the future loses nothing; the next call goes on from there.
    pub async fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, Error> {
        self.wait().await?;
        self.events.next_event().map_err(|error| self.client.failed(&self.call, named(error, &self.headers)))
    }

    /// The next event beside the payload it was read from, byte for byte: padding, unknown members and all.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s.
    ///
    /// Cancel safety: as [`next_event`](Self::next_event)'s.
    pub async fn next_with_payload(&mut self) -> Result<Option<(StreamEvent<'_>, &[u8])>, Error> {
        self.wait().await?;
        self.events
            .next_with_payload()
            .map_err(|error| self.client.failed(&self.call, named(error, &self.headers)))
    }

    /// Waits until there is an event or an error to take, or the answer is whole.
    async fn wait(&mut self) -> Result<(), Error> {
        while !self.ended && !self.events.is_ready() {
            if let Some(bytes) = self.chunk().await? {
                self.events.push(&bytes);
            }
        }
        if self.events.is_ready() {
            return Ok(());
        }
        self.events.finish().map_err(|error| self.failed(error))
    }

    /// The next bytes as they come, or `None` at their end: for those who decode themselves. Bytes that are taken here are
    /// missing from [`next_event`](Self::next_event).
    ///
    /// # Errors
    /// If the connection breaks or the next piece takes too long.
    ///
    /// Cancel safety: as [`next_event`](Self::next_event)'s.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.chunk().await?;
        let length = chunk.as_ref().map_or(0, Bytes::len).try_into().unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_add(length);
        Ok(chunk)
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if self.ended {
            return Ok(None);
        }
        if !self.read.is_empty() {
            return Ok(Some(core::mem::take(&mut self.read)));
        }
        let next = self.client.next_chunk(&mut self.body);
        let chunk = before(&mut self.deadline, next).await;
        let chunk = chunk.unwrap_or_else(|elapsed| Err(ChunkError::Timeout(elapsed.into())));
        if let Ok(Some(bytes)) = &chunk {
            self.client.tell(&self.call, &Stage::Received { bytes });
        }
        self.ended = !matches!(chunk, Ok(Some(_)));
        chunk.map_err(|error| {
            let error = match error {
                ChunkError::Timeout(error) => error,
                ChunkError::Broken(error) => {
                    Error::interrupted(self.events.offset().saturating_add(self.taken), error)
                }
            };
            self.client.failed(&self.call, error)
        })
    }

    /// Waits for the whole answer and puts it together.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s; the error holds the message as far as it came
    /// ([`Error::partial`]).
    ///
    /// Cancel safety: dropping the future closes the connection, and what came of the message is gone.
    pub async fn into_message(mut self) -> Result<AssembledMessage, Error> {
        let mut assembler = MessageAssembler::new();
        loop {
            let step = match self.next_event().await {
                Ok(Some(event)) => assembler.push(event).map_err(Error::from),
                Ok(None) => break,
                Err(error) => Err(error),
            };
            if let Err(error) = step {
                return Err(error.with_partial(assembler.partial()));
            }
        }
        // The stream ended well, so messageStop came; were it not so, that would be an early end.
        assembler.finish().map_err(|incomplete| {
            let (offset, frames) = (self.events.offset(), self.events.frames());
            let error = StreamError::EndedEarly { offset, frames };
            self.client.failed(&self.call, error).with_partial(*incomplete.partial)
        })
    }

    /// The head of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The request's id, which AWS support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T: Transport> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("offset", &self.events.offset())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// A name that is known when the program is built needs no parsing.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok())
}

/// The same headers with bytes of their own: hyper's are slices of its read buffer, which would live as long as they do, 8 KiB a
/// stream.
fn detached(mut headers: HeaderMap) -> HeaderMap {
    for value in headers.values_mut() {
        if let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    headers
}

/// Frames do not say which request they belong to; the head of the answer does.
pub(crate) fn named(mut error: StreamError, headers: &HeaderMap) -> Error {
    if let Some(service) = error.service_error_mut() {
        service.request_id = request_id(headers).map(str::to_owned);
    }
    error.into()
}
