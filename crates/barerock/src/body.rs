//! The body of a response: chunk by chunk, or collected.

use core::pin::Pin;
use core::time::Duration;

use barerock_converse::Verdict;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;

use crate::client::ClientState;
use crate::error::Error;
use crate::timeout::within;
use crate::transport::{LocalTransport, TransportError, TransportErrorKind};

/// Most bytes that the length a response states may reserve.
const RESERVED: usize = 1024 * 1024;

/// Why there is no next chunk of a body.
pub(crate) enum ChunkError {
    Timeout(Error),
    Broken(TransportError),
}

impl<T: LocalTransport> ClientState<T> {
    /// The next chunk of a body, or `None` at its end.
    pub(crate) async fn next_chunk(&self, body: &mut Pin<Box<T::Body>>) -> Result<Option<Bytes>, ChunkError> {
        self.next_chunk_within(self.timeouts.idle, body).await
    }

    /// The next chunk of a body, or `None` at its end, if it comes within a limit.
    pub(crate) async fn next_chunk_within(
        &self,
        limit: Option<Duration>,
        body: &mut Pin<Box<T::Body>>,
    ) -> Result<Option<Bytes>, ChunkError> {
        loop {
            let frame = core::future::poll_fn(|context| body.as_mut().poll_frame(context));
            let frame = within(&*self.transport, limit, "the next chunk of the response", frame)
                .await
                .map_err(|error| ChunkError::Timeout(error.into()))?;
            match frame {
                None => return Ok(None),
                Some(Err(error)) => {
                    let error = TransportError::of_body(error.into());
                    // A blocking transport enforces the limit itself.
                    return Err(match error.kind() {
                        TransportErrorKind::Timeout => {
                            ChunkError::Timeout(Error::transport(&self.endpoint, error))
                        }
                        _ => ChunkError::Broken(error),
                    });
                }
                // Trailers are ignored.
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// A whole body of at most `limit` bytes.
    pub(crate) async fn read_body(&self, body: &mut Pin<Box<T::Body>>, limit: usize) -> Result<Bytes, Error> {
        // In one piece if its length is known, so that it is not moved while it grows.
        let known = body.size_hint().lower().try_into().unwrap_or(usize::MAX);
        let mut whole = BytesMut::with_capacity(limit.min(known).min(RESERVED));
        loop {
            match self.next_chunk(body).await {
                Ok(Some(chunk)) if chunk.len() > limit.saturating_sub(whole.len()) => {
                    return Err(Error::body_too_large(limit));
                }
                Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
                Ok(None) => return Ok(whole.freeze()),
                Err(ChunkError::Broken(error)) => {
                    let offset = whole.len().try_into().unwrap_or(u64::MAX);
                    return Err(Error::interrupted(Verdict::Truncated, offset, error));
                }
                Err(ChunkError::Timeout(error)) => return Err(error),
            }
        }
    }

    /// The body of an error: cut at `limit` bytes, where it breaks off, and where it takes longer in all than one chunk may.
    /// The head alone names the error, so a part of the body is enough.
    pub(crate) async fn read_error_body(&self, body: &mut Pin<Box<T::Body>>, limit: usize) -> Bytes {
        let begun = self.now();
        let takes_too_long = || {
            let spent = self.now().duration_since(begun).unwrap_or_default();
            self.timeouts.idle.is_some_and(|limit| spent >= limit)
        };
        let mut whole = BytesMut::new();
        while let Ok(Some(chunk)) = self.next_chunk(body).await {
            let room = limit.saturating_sub(whole.len());
            whole.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if chunk.len() > room || takes_too_long() {
                break;
            }
        }
        whole.freeze()
    }
}
