//! Decoding of frames from chunks with arbitrary boundaries.

use alloc::vec::Vec;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Frame, checked_block};
use crate::headers::Memo;
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::Prelude;
use crate::truncated::truncated;

/// Decodes frames from chunks of bytes with arbitrary boundaries.
///
/// After every [`push`](Self::push), call [`next_frame`](Self::next_frame) until it returns `None`: the buffer then never
/// holds more than one frame and one chunk, and the time is linear in the bytes pushed, however small the chunks are. At the
/// end of the stream [`finish`](Self::finish) returns an error if the stream was truncated.
///
/// ```
/// use barerock_eventstream::{FrameDecoder, Header, encode_frame};
///
/// let mut stream = Vec::new();
/// encode_frame(&[Header::new(":message-type", "event")], b"{}", &mut stream)?;
///
/// let mut decoder = FrameDecoder::new();
/// for chunk in stream.chunks(7) {
///     decoder.push(chunk);
///     while let Some(frame) = decoder.next_frame()? {
///         assert_eq!(frame.payload(), b"{}");
///     }
/// }
/// decoder.finish()?;
/// assert_eq!(decoder.frames(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FrameDecoder {
    limits: Limits,
    buffer: Vec<u8>,
    /// Index in `buffer` at which the next frame begins.
    start: usize,
    /// The next frame's prelude; parsed once, however many chunks the frame spans.
    pending: Option<Prelude>,
    /// Offset in the stream at which the next frame begins.
    offset: u64,
    frames: u64,
    poison: Option<DecodeError>,
    memo: Memo,
}

impl FrameDecoder {
    /// Creates a decoder with the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a decoder with these limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Appends bytes of the stream. After an error they are ignored.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.poison.is_some() {
            return;
        }
        // Moves at most as many bytes as were consumed since the last move, so that the time stays linear even if the caller
        // leaves frames in the buffer.
        if self.start >= self.buffer.len().saturating_sub(self.start) {
            self.compact();
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// Returns the next frame, or `None` if more bytes are needed.
    ///
    /// # Errors
    ///
    /// If the frame is invalid. The decoder then returns the same error on every call and no further frame.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let Some(prelude) = self.take_prelude()? else {
            self.compact();
            return Ok(None);
        };
        let end = self.start.saturating_add(index(prelude.total_length()));
        if end > self.buffer.len() {
            self.pending = Some(prelude);
            self.compact();
            return Ok(None);
        }
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let event_headers = match checked_block(prelude, bytes) {
            Ok(block) => self.memo.check(block, self.limits),
            Err(error) => Err(error),
        };
        match event_headers {
            Ok(event_headers) => {
                self.start = end;
                self.offset = self.offset.saturating_add(u64::from(prelude.total_length()));
                self.frames = self.frames.saturating_add(1);
                Ok(Some(Frame::new(prelude, bytes, event_headers)))
            }
            Err(error) => {
                let error = error.starting_at(self.offset);
                self.poison = Some(error);
                Err(error)
            }
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`] if the stream ended inside a frame, [`DecodeErrorKind::FramesPending`] if a frame was not
    /// taken, and any earlier error of this decoder.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let received = self.unread().len();
        if received == 0 {
            return Ok(());
        }
        let prelude = self.await_prelude()?;
        let error = match prelude {
            Some(prelude) if received >= index(prelude.total_length()) => {
                DecodeError::in_frame(DecodeErrorKind::FramesPending, 0)
            }
            prelude => truncated(prelude, received),
        };
        Err(error.starting_at(self.offset))
    }

    /// Returns true if [`next_frame`](Self::next_frame) would return a frame or an error without more bytes.
    #[must_use]
    pub fn is_ready(&mut self) -> bool {
        if self.poison.is_some() {
            return true;
        }
        match self.await_prelude() {
            Ok(Some(prelude)) => self.unread().len() >= index(prelude.total_length()),
            Ok(None) => false,
            Err(_) => true,
        }
    }

    /// Returns the offset in the stream, in bytes, at which the next frame begins; after an error, that of the invalid frame.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the number of frames taken.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// Returns the bytes pushed from [`offset`](Self::offset) on, which are not part of a frame taken. After an error they begin
    /// with the invalid frame.
    #[must_use]
    #[inline]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Takes the prelude of the next frame, if its bytes have arrived.
    #[cfg_attr(feature = "fast", inline(always))]
    fn take_prelude(&mut self) -> Result<Option<Prelude>, DecodeError> {
        if let Some(pending) = self.pending.take() {
            return Ok(Some(pending));
        }
        let Some(start) = self.unread().first_chunk::<PRELUDE_LENGTH>() else {
            return Ok(None);
        };
        match Prelude::parse(start, self.limits) {
            Ok(prelude) => Ok(Some(prelude)),
            Err(error) => {
                let error = error.starting_at(self.offset);
                self.poison = Some(error);
                Err(error)
            }
        }
    }

    /// Returns the prelude of the next frame, if its bytes have arrived. It is kept for the frame, so it is parsed once.
    fn await_prelude(&mut self) -> Result<Option<Prelude>, DecodeError> {
        self.pending = self.take_prelude()?;
        Ok(self.pending)
    }

    /// Moves the unread bytes to the front of the buffer.
    fn compact(&mut self) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests;
