//! A streamed response, read on the calling thread.

use core::iter::FusedIterator;

use barerock::{AssembledMessage, Error, StreamEvent};
use bytes::Bytes;
use http::HeaderMap;

use crate::block_on::block_on;
use crate::transport::UreqTransport;

/// Events of a streamed response as they arrive: an iterator, or [`next_event`](Self::next_event) for events that borrow.
/// It buffers one frame and one chunk of the body, however slowly they are read.
///
/// An iteration that ends without an error has returned the whole response. After an error there are no more events. Dropping
/// the stream before its end closes the connection.
#[derive(Debug)]
pub struct EventStream {
    inner: barerock::EventStream<UreqTransport>,
    failed: bool,
}

impl EventStream {
    pub(crate) fn new(inner: barerock::EventStream<UreqTransport>) -> Self {
        Self { inner, failed: false }
    }

    /// Returns the next event, borrowed, or `None` when the response is complete.
    ///
    /// # Errors
    /// As [`barerock::EventStream::next_event`].
    pub fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, Error> {
        block_on(self.inner.next_event())
    }

    /// Returns the next event with the unchanged payload it was parsed from.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event).
    pub fn next_with_payload(&mut self) -> Result<Option<(StreamEvent<'_>, &[u8])>, Error> {
        block_on(self.inner.next_with_payload())
    }

    /// Returns the next bytes of the body, for your own decoder, or `None` at its end.
    ///
    /// # Errors
    /// As [`barerock::EventStream::next_chunk`].
    pub fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        block_on(self.inner.next_chunk())
    }

    /// Waits for the whole response and assembles its message.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event); the error holds the part of the message that arrived ([`Error::partial`]).
    pub fn into_message(self) -> Result<AssembledMessage, Error> {
        block_on(self.inner.into_message())
    }

    /// Returns the headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// Returns the request id, which AWS Support needs.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id()
    }
}

impl Iterator for EventStream {
    type Item = Result<StreamEvent<'static>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match block_on(self.inner.next_event()) {
            Ok(event) => event.map(|event| Ok(event.into_owned())),
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

impl FusedIterator for EventStream {}
