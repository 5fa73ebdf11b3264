//! A streamed response, read on the calling thread.

use core::iter::FusedIterator;

use barerock::{AssembledMessage, Error, StreamEvent};
use bytes::Bytes;
use http::HeaderMap;

use crate::block_on::block_on;
use crate::transport::UreqTransport;

/// The events of a streamed response, as they come: an iterator, or [`next_event`](Self::next_event) for events that
/// borrow. Memory holds one frame and one piece of the body, however slowly they are read.
///
/// An iteration that ends without an error has seen the whole response. After an error there are no more events. Dropping the
/// stream before its end closes the connection.
#[derive(Debug)]
pub struct EventStream {
    inner: barerock::EventStream<UreqTransport>,
    failed: bool,
}

impl EventStream {
    pub(crate) fn new(inner: barerock::EventStream<UreqTransport>) -> Self {
        Self { inner, failed: false }
    }

    /// The next event, borrowed, or `None` when the response is complete.
    ///
    /// # Errors
    /// As [`barerock::EventStream::next_event`]'s.
    pub fn next_event(&mut self) -> Result<Option<StreamEvent<'_>>, Error> {
        block_on(self.inner.next_event())
    }

    /// The next event beside the payload it was read from, byte for byte.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s.
    pub fn next_with_payload(&mut self) -> Result<Option<(StreamEvent<'_>, &[u8])>, Error> {
        block_on(self.inner.next_with_payload())
    }

    /// The next bytes of the body as they come, or `None` at its end: for a decoder of your own.
    ///
    /// # Errors
    /// As [`barerock::EventStream::next_chunk`]'s.
    pub fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        block_on(self.inner.next_chunk())
    }

    /// Waits for the whole response and assembles its message.
    ///
    /// # Errors
    /// As [`next_event`](Self::next_event)'s; the error holds the message as far as it came
    /// ([`Error::partial`]).
    pub fn into_message(self) -> Result<AssembledMessage, Error> {
        block_on(self.inner.into_message())
    }

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// The request id, which AWS Support asks for.
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
