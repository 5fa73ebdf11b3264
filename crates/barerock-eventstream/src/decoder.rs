//! Decoding of frames from chunks that are cut anywhere.

use alloc::vec::Vec;

use crate::crc::Hasher;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Frame, checked_block};
use crate::headers::Memo;
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::Prelude;
use crate::truncated::truncated;

/// Decodes frames from chunks of bytes that are cut anywhere.
///
/// After every [`push`](Self::push), take frames until [`next_frame`](Self::next_frame) returns `None`:
/// the buffer then never holds more than one frame and one chunk, and time is linear in the bytes pushed
/// however small the chunks are. At the end of the stream [`finish`](Self::finish) tells a whole stream
/// from a cut one.
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
    /// Where in `buffer` the next frame begins.
    start: usize,
    /// The next frame's prelude, parsed once however many chunks the frame comes in, and the CRC of its lengths.
    pending: Option<(Prelude, Hasher)>,
    /// A hasher of nothing, cloned for each frame: a new one asks for the processor's features.
    fresh: Hasher,
    /// Where in the stream the next frame begins.
    offset: u64,
    frames: u64,
    poison: Option<DecodeError>,
    memo: Memo,
}

impl FrameDecoder {
    /// A decoder with the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder with these limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Adds bytes of the stream. After an error they are dropped.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.poison.is_some() {
            return;
        }
        // Moves no more bytes than were taken since the last move, so time stays linear also where frames
        // are left in the buffer.
        if self.start >= self.buffer.len().saturating_sub(self.start) {
            self.compact();
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// The next frame, or `None` where more bytes are needed.
    ///
    /// # Errors
    ///
    /// A fault in the frame. From then on the decoder is poisoned: it returns the same error
    /// again and never another frame.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let Some((prelude, hasher)) = self.take_prelude()? else {
            self.compact();
            return Ok(None);
        };
        let end = self.start.saturating_add(index(prelude.total_length()));
        if end > self.buffer.len() {
            self.pending = Some((prelude, hasher));
            self.compact();
            return Ok(None);
        }
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let event_headers = match checked_block(prelude, bytes, hasher) {
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
    /// [`DecodeErrorKind::Truncated`] if it ended inside a frame, [`DecodeErrorKind::FramesPending`] if a frame was not
    /// taken, and the error of a poisoned decoder.
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

    /// Whether [`next_frame`](Self::next_frame) would return a frame or an error without more bytes.
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

    /// Where in the stream the next frame begins, in bytes; after an error, where the faulty one does.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The number of frames taken.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The bytes pushed from [`offset`](Self::offset) on: what no frame was made of. After an error they begin
    /// with the faulty frame, to be shown.
    #[must_use]
    #[inline]
    pub fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Takes the prelude of the next frame, if its bytes are there, with the CRC of its lengths.
    #[inline(always)]
    fn take_prelude(&mut self) -> Result<Option<(Prelude, Hasher)>, DecodeError> {
        if let Some(pending) = self.pending.take() {
            return Ok(Some(pending));
        }
        let Some(start) = self.unread().first_chunk::<PRELUDE_LENGTH>() else {
            return Ok(None);
        };
        let mut hasher = self.fresh.clone();
        match Prelude::parse_hashing(start, self.limits, &mut hasher) {
            Ok(prelude) => Ok(Some((prelude, hasher))),
            Err(error) => {
                let error = error.starting_at(self.offset);
                self.poison = Some(error);
                Err(error)
            }
        }
    }

    /// The prelude of the next frame, if its bytes are there; it is parsed once and kept for the frame.
    fn await_prelude(&mut self) -> Result<Option<Prelude>, DecodeError> {
        self.pending = self.take_prelude()?;
        Ok(self.pending.as_ref().map(|(prelude, _)| *prelude))
    }

    /// Moves what is left of the buffer to its front.
    fn compact(&mut self) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests;
