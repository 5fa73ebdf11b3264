//! Frames out of chunks that are cut anywhere.

use alloc::vec::Vec;

use crate::error::{DecodeError, DecodeErrorKind, FramePart};
use crate::frame::Frame;
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::{MESSAGE_CRC_LENGTH, Prelude};

/// Decodes a stream that arrives in chunks.
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
    /// The next frame's prelude, once checked.
    prelude: Option<Prelude>,
    /// Where in the stream the next frame begins.
    offset: u64,
    frames: u64,
    poison: Option<DecodeError>,
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
    /// Whatever is wrong with the frame. From then on the decoder is poisoned: it returns the same error
    /// again and never another frame.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let Some(prelude) = self.next_prelude()? else {
            self.compact();
            return Ok(None);
        };
        let length = index(prelude.total_length());
        let end = self.start.saturating_add(length);
        if end > self.buffer.len() {
            self.compact();
            return Ok(None);
        }
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        match Frame::check(prelude, bytes, self.limits) {
            Ok(frame) => {
                self.start = end;
                self.prelude = None;
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

    /// Says that the stream has ended.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Truncated`] where it ended inside a frame, [`DecodeErrorKind::FramesPending`]
    /// where a frame was not taken, and the error of a poisoned decoder.
    pub fn finish(&self) -> Result<(), DecodeError> {
        if let Some(error) = self.poison {
            return Err(error);
        }
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(());
        }
        let prelude = match (self.prelude, rest.first_chunk::<PRELUDE_LENGTH>()) {
            (Some(prelude), _) => Some(prelude),
            (None, Some(start)) => {
                Some(Prelude::parse(start, self.limits).map_err(|error| self.locate(error))?)
            }
            (None, None) => None,
        };
        let kind = truncated(prelude, rest.len()).unwrap_or(DecodeErrorKind::FramesPending);
        let offset = if matches!(kind, DecodeErrorKind::FramesPending) { 0 } else { rest.len() };
        Err(self.locate(DecodeError::in_frame(kind, offset)))
    }

    /// Whether [`next_frame`](Self::next_frame) has something to say without more bytes: a frame, or an error.
    #[must_use]
    pub fn is_ready(&mut self) -> bool {
        match self.next_prelude() {
            Ok(Some(prelude)) => self.rest().len() >= index(prelude.total_length()),
            Ok(None) => self.poison.is_some(),
            Err(_) => true,
        }
    }

    /// Where in the stream the next frame begins, in bytes; after an error, where the faulty one does.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// How many frames were taken.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The next frame's prelude, checked once however many chunks the frame comes in.
    #[inline]
    fn next_prelude(&mut self) -> Result<Option<Prelude>, DecodeError> {
        if self.prelude.is_none() {
            let Some(start) = self.rest().first_chunk::<PRELUDE_LENGTH>() else {
                return Ok(None);
            };
            match Prelude::parse(start, self.limits) {
                Ok(prelude) => self.prelude = Some(prelude),
                Err(error) => {
                    let error = self.locate(error);
                    self.poison = Some(error);
                    return Err(error);
                }
            }
        }
        Ok(self.prelude)
    }

    #[inline]
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    #[cold]
    fn locate(&self, error: DecodeError) -> DecodeError {
        error.looking_at(self.rest()).starting_at(self.offset)
    }

    /// Moves what is left of the buffer to its front.
    fn compact(&mut self) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }
}

/// Which part of the frame is cut, where `received` bytes of it are there; `None` where it is whole.
fn truncated(prelude: Option<Prelude>, received: usize) -> Option<DecodeErrorKind> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let Some(prelude) = prelude else {
        let (part, needed) = (FramePart::Prelude, count(PRELUDE_LENGTH));
        return Some(DecodeErrorKind::Truncated { part, received: count(received), needed });
    };
    let needed = prelude.total_length();
    let headers_end = PRELUDE_LENGTH.saturating_add(index(prelude.headers_length()));
    let part = if received < headers_end {
        FramePart::Headers
    } else if received < index(needed).saturating_sub(MESSAGE_CRC_LENGTH) {
        FramePart::Payload
    } else if received < index(needed) {
        FramePart::MessageCrc
    } else {
        return None;
    };
    Some(DecodeErrorKind::Truncated { part, received: count(received), needed })
}
