//! A streamed response.

#[cfg(feature = "stream")]
pub(crate) mod poll;

use core::fmt;
use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use barerock_converse::stream::{AssembledMessage, EventDecoder, MessageAssembler, StreamError, StreamEvent};
use barerock_converse::wire::header_name::X_AMZN_REQUEST_ID;
use barerock_converse::{Correction, Verdict};
use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::body::ChunkError;
use crate::call::OpenCall;
use crate::call_context::CallContext;
use crate::client::ClientState;
use crate::error::Error;
use crate::observe::{Outcome, Stage};
use crate::send::{SuccessResponse, is_ready};
use crate::timeout::{Deadline, Timeouts, before};
use crate::transport::{LastEventSeen, LocalTransport, TransportError};

/// The events of a streamed response, as they arrive. It holds one frame and one chunk in memory, however slowly events are
/// taken.
///
/// Cancel safety: a dropped [`next_event`](Self::next_event) loses nothing; dropping the stream closes the connection.
#[doc(alias = "cancel")]
pub struct EventStream<T: LocalTransport> {
    client: Arc<ClientState<T>>,
    context: CallContext,
    /// When all of the call must be over.
    deadline: Option<Deadline<T::Timer>>,
    headers: HeaderMap,
    body: Pin<Box<T::Body>>,
    last_event: LastEventSeen,
    events: EventDecoder,
    /// The last chunk, or what the decoder has not taken of it.
    chunk: Bytes,
    /// How much of `chunk` the last event took, in bytes; the event may borrow it.
    chunk_taken: usize,
    /// What was received with the first frame, until an event or a chunk is taken.
    start: Option<StreamStart>,
    /// The payload of the first event, once that is taken.
    first_payload: Bytes,
    /// The bytes taken as chunks, past the decoder.
    taken: u64,
    ended: bool,
}

/// The beginning of a stream, in both forms: whichever is taken first counts.
struct StreamStart {
    chunk: Bytes,
    event: Option<(StreamEvent<'static>, Bytes)>,
}

impl<T: LocalTransport> EventStream<T> {
    pub(crate) fn new(client: Arc<ClientState<T>>, call: OpenCall<T>) -> Self {
        let OpenCall { context, deadline, last_event, response } = call;
        let SuccessResponse { head, received, body, events, rest, first, .. } = response;
        Self {
            client,
            context,
            deadline,
            headers: detached(head.headers),
            body,
            last_event,
            events,
            chunk: rest,
            chunk_taken: 0,
            start: Some(StreamStart { chunk: received, event: first }),
            first_payload: Bytes::new(),
            taken: 0,
            ended: false,
        }
    }

    /// The next event, or `None` when the message is complete.
    ///
    /// # Errors
    /// If the stream ends before the message is complete, the service ends it with an exception, the bytes are invalid, or
    /// the next chunk takes too long. There are no more events after an error.
    ///
    /// Cancel safety: dropping the future loses nothing; the next call goes on from there.
    pub async fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, Error> {
        Ok(self.next_with_payload().await?.map(|(event, _)| event))
    }

    /// The next event and the payload it was read from, byte for byte, padding and unknown members included.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s.
    ///
    /// Cancel safety: as [`next_event`](Self::next_event)'s.
    pub async fn next_with_payload(&mut self) -> Result<Option<(StreamEvent<'_>, &[u8])>, Error> {
        if let Some((event, payload)) = self.start.take().and_then(|start| start.event) {
            self.first_payload = payload;
            self.context.event_taken(&event);
            return Ok(Some((event, &self.first_payload)));
        }
        self.wait().await?;
        let Self { client, context, headers, events, chunk, chunk_taken, .. } = self;
        let mut rest = &chunk[..];
        let next = events.next_with_payload(&mut rest);
        *chunk_taken = chunk.len().saturating_sub(rest.len());
        match next {
            Ok(Some((event, payload))) => {
                context.event_taken(&event);
                Ok(Some((event, payload)))
            }
            Ok(None) => {
                context.end(&Outcome::Complete);
                Ok(None)
            }
            Err(error) => Err(client.failed(context, with_request_id(error, headers))),
        }
    }

    /// Waits until the decoder has an event or an error, or the message is complete.
    async fn wait(&mut self) -> Result<(), Error> {
        while !self.has_event() {
            if self.ended {
                return self.events.finish().map_err(|error| self.failed(error));
            }
            if let Some(bytes) = self.receive().await? {
                self.chunk = bytes;
            }
        }
        Ok(())
    }

    /// True if the decoder would return an event or an error without another chunk.
    fn has_event(&mut self) -> bool {
        self.chunk.advance(core::mem::take(&mut self.chunk_taken));
        is_ready(&mut self.events, &mut self.chunk)
    }

    /// The next bytes of the body as they arrive, or `None` at its end, for programs with a decoder of their own.
    ///
    /// Taken before any event, the chunks are the whole body: the first holds at least the first frame. Taken later, they
    /// begin behind what was received for the events so far. [`next_event`](Self::next_event) never returns what was taken
    /// here.
    ///
    /// # Errors
    /// If the connection breaks or the next chunk takes too long, which means nothing once the caller's decoder has the last
    /// event ([`EventDecoder::has_last_event`]): then no more than [`Timeouts::END_OF_BODY`] need be waited.
    ///
    /// Cancel safety: as [`next_event`](Self::next_event)'s.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = match self.start.take() {
            // An empty body has no first chunk.
            Some(start) if !start.chunk.is_empty() => {
                (self.events, self.chunk) = (EventDecoder::new(), Bytes::new());
                Some(start.chunk)
            }
            _ => self.receive().await?,
        };
        if chunk.is_none() {
            self.context.end(&Outcome::BodyRead);
        }
        let length = chunk.as_ref().map_or(0, Bytes::len).try_into().unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_add(length);
        Ok(chunk)
    }

    async fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        if self.ended {
            return Ok(None);
        }
        let is_chunk_taken = self.chunk_taken >= self.chunk.len();
        let limit = if is_chunk_taken && self.events.has_last_event() {
            self.last_event.set();
            Some(
                self.client
                    .timeouts
                    .idle
                    .map_or(Timeouts::END_OF_BODY, |idle| idle.min(Timeouts::END_OF_BODY)),
            )
        } else {
            self.client.timeouts.idle
        };
        let next = self.client.next_chunk_within(limit, &mut self.body);
        let chunk = before(&mut self.deadline, next).await;
        let chunk = chunk.unwrap_or_else(|elapsed| Err(ChunkError::Timeout(elapsed.into())));
        if let Ok(Some(bytes)) = &chunk {
            self.context.observe(&Stage::Chunk { bytes });
        }
        self.ended = !matches!(chunk, Ok(Some(_)));
        if chunk.is_err() && is_chunk_taken && self.events.is_complete() {
            // The message is complete: how the connection ends does not matter.
            return Ok(None);
        }
        chunk.map_err(|error| {
            let error = match error {
                ChunkError::Timeout(error) => error,
                ChunkError::Broken(error) => {
                    if self.taken > 0 {
                        // The events behind the chunks are unknown.
                        let offset = self.events.offset().saturating_add(self.taken);
                        Error::interrupted(Verdict::Truncated, offset, error)
                    } else {
                        interrupted(&mut self.events, error)
                    }
                }
            };
            self.client.failed(&mut self.context, error)
        })
    }

    /// Receives the rest of the stream and assembles the message.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s; the error holds the message as far as it was received
    /// ([`Error::partial`]).
    ///
    /// Cancel safety: dropping the future closes the connection, and what was received of the message is lost.
    pub async fn into_message(self) -> Result<AssembledMessage, Error> {
        self.into_message_with(|_| {}).await
    }

    /// Shows each event to `on_event` as it arrives, and assembles the message.
    ///
    /// ```
    /// # use barerock::{Client, ConverseRequest, Error, Transport};
    /// # async fn ask(client: &Client<impl Transport>, request: &ConverseRequest) -> Result<(), Error> {
    /// let stream = client.converse_stream(request).await?;
    /// let message = stream.into_message_with(|event| print!("{}", event.text().unwrap_or_default())).await?;
    /// println!("{:?}, {:?}", message.stop_reason(), message.usage());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`into_message`](Self::into_message)'s.
    ///
    /// Cancel safety: as [`into_message`](Self::into_message)'s.
    pub async fn into_message_with(
        mut self,
        mut on_event: impl FnMut(&StreamEvent<'_>),
    ) -> Result<AssembledMessage, Error> {
        let mut assembler = MessageAssembler::new();
        loop {
            match self.next_event().await {
                Ok(Some(event)) => {
                    on_event(&event);
                    assembler.push(event);
                }
                Ok(None) => break,
                Err(error) => return Err(error.with_partial(assembler.partial())),
            }
        }
        assembler.add_corrections(self.events.corrections());
        // A stream without an error has its messageStop; without it, this is an early end.
        let mut message = assembler.finish().map_err(|incomplete| {
            let (offset, frames) = (self.events.offset(), self.events.frames());
            self.failed(StreamError::EndedEarly { offset, frames }).with_partial(*incomplete.partial)
        })?;
        message.set_call(self.context.summary());
        Ok(message)
    }

    /// True if [`next_event`](Self::next_event) returns without waiting.
    #[cfg(feature = "stream")]
    fn is_ready(&mut self) -> bool {
        self.start.is_some() || self.has_event() || self.ended
    }

    fn failed(&mut self, error: StreamError) -> Error {
        self.client.failed(&mut self.context, with_request_id(error, &self.headers))
    }

    /// What was corrected in the events so far, each once.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        self.events.corrections()
    }

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id of the request, which AWS support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.context.request_id()
    }

    /// Attempts of the call, the successful one included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }

    /// Time from the call to the first event of the stream; `None` if none has come.
    #[must_use]
    pub fn first_event(&self) -> Option<Duration> {
        self.context.first_event()
    }

    /// Time from the call to the end of the stream, or to now.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.context.elapsed()
    }
}

impl<T: LocalTransport> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("offset", &self.events.offset())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// A static name, so that no request parses it.
static REQUEST_ID: HeaderName = HeaderName::from_static(X_AMZN_REQUEST_ID);

pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok())
}

/// The same headers in memory of their own: hyper's are slices of its 8 KiB read buffer, which they would keep alive.
fn detached(mut headers: HeaderMap) -> HeaderMap {
    for value in headers.values_mut() {
        if let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    headers
}

/// The error of a connection that broke before the message was complete, with the verdict of the bytes received.
pub(crate) fn interrupted(events: &mut EventDecoder, error: TransportError) -> Error {
    let verdict = events.finish().err().map_or(Verdict::Truncated, |error| error.verdict());
    Error::interrupted(verdict, events.offset(), error)
}

/// Adds the request's id, which only the head of the response has.
pub(crate) fn with_request_id(mut error: StreamError, headers: &HeaderMap) -> Error {
    if let Some(service) = error.service_error_mut() {
        service.request_id = request_id(headers).map(str::to_owned);
    }
    error.into()
}
