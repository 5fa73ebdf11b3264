//! Decoding of frames from chunks with arbitrary boundaries.

use alloc::vec::Vec;
use core::fmt;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Frame, checked_block};
use crate::headers::Memo;
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::Prelude;
use crate::truncated::truncated;

/// Decodes frames from chunks of bytes with arbitrary boundaries.
///
/// For each chunk, call [`next_frame`](Self::next_frame) until it returns `None`. A frame that is wholly in the chunk is read
/// where it is; only the start of an incomplete frame is copied, so the decoder never holds more than one frame, and the time
/// is linear in the bytes, however small the chunks are. At the end of the stream [`finish`](Self::finish) returns an error if
/// the stream was truncated.
///
/// ```
/// use barerock_eventstream::{FrameDecoder, Header, encode_frame};
///
/// let mut stream = Vec::new();
/// encode_frame(&[Header::new(":message-type", "event")], b"{}", &mut stream)?;
///
/// let mut decoder = FrameDecoder::new();
/// for mut chunk in stream.chunks(7) {
///     while let Some(frame) = decoder.next_frame(&mut chunk)? {
///         assert_eq!(frame.payload(), b"{}");
///     }
/// }
/// decoder.finish()?;
/// assert_eq!(decoder.frames(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct FrameDecoder {
    limits: Limits,
    /// The start of the next frame, which came with earlier chunks.
    buffer: Vec<u8>,
    /// True if the frame in `buffer` was returned, so that the next call removes it.
    is_taken: bool,
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

    /// Returns the next frame, or `None` if more bytes are needed. The bytes taken are removed from the front of `chunk`: all
    /// of them if the result is `None`. The next call must have the rest.
    ///
    /// # Errors
    ///
    /// If the frame is invalid. The decoder then returns the same error on every call, no further frame, and takes no bytes.
    #[cfg_attr(feature = "fast", inline(always))]
    pub fn next_frame<'a, 'chunk: 'a>(
        &'a mut self,
        chunk: &mut &'chunk [u8],
    ) -> Result<Option<Frame<'a>>, DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        if self.is_buffered() {
            return self.next_across(chunk);
        }
        let (prelude, bytes, rest) = match split(chunk, self.limits) {
            Ok(Some(parts)) => parts,
            Ok(None) => {
                self.buffer.extend_from_slice(core::mem::take(chunk));
                return Ok(None);
            }
            Err(error) => return Err(self.fail(error)),
        };
        match checked(&mut self.memo, self.limits, prelude, bytes) {
            Ok(frame) => {
                *chunk = rest;
                self.offset = self.offset.saturating_add(u64::from(prelude.total_length()));
                self.frames = self.frames.saturating_add(1);
                Ok(Some(frame))
            }
            Err(error) => {
                let error = error.starting_at(self.offset);
                self.poison = Some(error);
                Err(error)
            }
        }
    }

    /// As [`next_frame`](Self::next_frame), of a frame whose start came with earlier chunks.
    #[inline(never)]
    fn next_across(&mut self, chunk: &mut &[u8]) -> Result<Option<Frame<'_>>, DecodeError> {
        let prelude = match self.complete(chunk) {
            Ok(Some(prelude)) => prelude,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.fail(error)),
        };
        match checked(&mut self.memo, self.limits, prelude, &self.buffer) {
            Ok(frame) => {
                self.is_taken = true;
                self.offset = self.offset.saturating_add(u64::from(prelude.total_length()));
                self.frames = self.frames.saturating_add(1);
                Ok(Some(frame))
            }
            Err(error) => {
                let error = error.starting_at(self.offset);
                self.poison = Some(error);
                Err(error)
            }
        }
    }

    /// Returns true if [`next_frame`](Self::next_frame) would return a frame or an error. If not, all bytes of `chunk` were
    /// taken; otherwise at most those that complete a frame begun with earlier chunks.
    #[must_use]
    pub fn is_ready(&mut self, chunk: &mut &[u8]) -> bool {
        if self.poison.is_some() {
            return true;
        }
        if self.is_buffered() {
            return self.complete(chunk) != Ok(None);
        }
        let is_ready = !matches!(split(chunk, self.limits), Ok(None));
        if !is_ready {
            self.buffer.extend_from_slice(core::mem::take(chunk));
        }
        is_ready
    }

    /// Moves bytes from `chunk` to the buffer, up to the end of the frame. Returns its prelude if it is complete.
    fn complete(&mut self, chunk: &mut &[u8]) -> Result<Option<Prelude>, DecodeError> {
        self.fill(chunk, PRELUDE_LENGTH);
        let Some(start) = self.buffer.first_chunk() else { return Ok(None) };
        let prelude = Prelude::parse(start, self.limits)?;
        let length = index(prelude.total_length());
        self.fill(chunk, length);
        Ok((self.buffer.len() >= length).then_some(prelude))
    }

    /// Moves bytes from `chunk` to the buffer, until that has `length`.
    fn fill(&mut self, chunk: &mut &[u8], length: usize) {
        let missing = length.saturating_sub(self.buffer.len());
        let (taken, rest) = chunk.split_at_checked(missing).unwrap_or((chunk, &[]));
        self.buffer.extend_from_slice(taken);
        *chunk = rest;
    }

    /// Returns true if the buffer has the start of the next frame. Removes one that was returned.
    #[inline]
    fn is_buffered(&mut self) -> bool {
        if self.buffer.is_empty() {
            return false;
        }
        let is_taken = core::mem::take(&mut self.is_taken);
        if is_taken {
            self.buffer.clear();
        }
        !is_taken
    }

    /// Ends decoding with this error of the next frame.
    #[cold]
    fn fail(&mut self, error: DecodeError) -> DecodeError {
        let error = error.starting_at(self.offset);
        self.poison = Some(error);
        error
    }

    /// Ends the stream. Bytes that are left in the caller's last chunk are not checked.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`] if the stream ended inside a frame, [`DecodeErrorKind::FramesPending`] if
    /// [`is_ready`](Self::is_ready) completed a frame that was not taken, and any earlier error of this decoder.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let received = self.unread().len();
        if received == 0 {
            return Ok(());
        }
        let prelude =
            match self.buffer.first_chunk().map(|start| Prelude::parse(start, self.limits)).transpose() {
                Ok(prelude) => prelude,
                Err(error) => return Err(self.fail(error)),
            };
        let error = match prelude {
            Some(prelude) if received >= index(prelude.total_length()) => {
                DecodeError::in_frame(DecodeErrorKind::FramesPending, 0)
            }
            prelude => truncated(prelude, received),
        };
        Err(error.starting_at(self.offset))
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

    /// Returns the start of the next frame, which came with earlier chunks; the rest of the caller's chunk follows it. After an
    /// error the two begin with the invalid frame.
    #[must_use]
    #[inline]
    pub fn unread(&self) -> &[u8] {
        if self.is_taken { &[] } else { &self.buffer }
    }
}

impl fmt::Debug for FrameDecoder {
    /// Without the bytes, which are of a payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameDecoder")
            .field("limits", &self.limits)
            .field("offset", &self.offset)
            .field("frames", &self.frames)
            .field("unread", &self.unread().len())
            .field("poison", &self.poison)
            .finish_non_exhaustive()
    }
}

/// A frame's prelude, its bytes, and the bytes after it.
type Split<'a> = (Prelude, &'a [u8], &'a [u8]);

/// Splits off the frame at the start of `chunk`; `None` if more bytes are needed.
#[cfg_attr(feature = "fast", inline(always))]
fn split(chunk: &[u8], limits: Limits) -> Result<Option<Split<'_>>, DecodeError> {
    let Some(start) = chunk.first_chunk::<PRELUDE_LENGTH>() else { return Ok(None) };
    let prelude = Prelude::parse(start, limits)?;
    let parts = chunk.split_at_checked(index(prelude.total_length()));
    Ok(parts.map(|(bytes, rest)| (prelude, bytes, rest)))
}

/// Checks the frame in `bytes`.
#[cfg_attr(feature = "fast", inline(always))]
fn checked<'a>(
    memo: &'a mut Memo,
    limits: Limits,
    prelude: Prelude,
    bytes: &'a [u8],
) -> Result<Frame<'a>, DecodeError> {
    let block = checked_block(prelude, bytes)?;
    Ok(Frame::new(prelude, bytes, memo.check(block, limits)?))
}

#[cfg(test)]
mod tests;
