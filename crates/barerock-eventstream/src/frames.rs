//! Frames out of bytes that are all there.

use core::fmt;

use crate::crc::Hasher;
use crate::error::DecodeError;
use crate::frame::{Frame, checked_block};
use crate::headers::{self, EventHeaders};
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::Prelude;
use crate::truncated::truncated;

/// The frames of a stream that is in memory as a whole, without copies and without an allocator.
///
/// The first error is the last item. A stream that ends inside a frame ends with one.
///
/// ```
/// use barerock_eventstream::{Frames, Limits};
///
/// let empty_message = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
/// let mut frames = Frames::new(&empty_message, Limits::default());
/// assert_eq!(frames.next().transpose()?.map(|frame| frame.total_length()), Some(16));
/// assert!(frames.next().is_none());
///
/// let mut cut = Frames::new(&empty_message[..12], Limits::default());
/// assert!(cut.next().is_some_and(|frame| frame.is_err_and(|error| error.is_truncated())));
/// # Ok::<(), barerock_eventstream::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct Frames<'a> {
    rest: &'a [u8],
    limits: Limits,
    offset: u64,
    /// The header block of the frame before, which is most often the next one's too.
    known: (&'a [u8], EventHeaders<'a>),
}

impl<'a> Frames<'a> {
    /// The frames of a stream that begins at the first of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8], limits: Limits) -> Self {
        Self { rest: bytes, limits, offset: 0, known: (&[], EventHeaders::NONE) }
    }

    /// Where in the stream the next frame begins, in bytes; after an error, where the faulty one does.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    #[inline(always)]
    fn parse(&mut self) -> Result<Frame<'a>, DecodeError> {
        let received = self.rest.len();
        let Some(start) = self.rest.first_chunk::<PRELUDE_LENGTH>() else {
            return Err(truncated(None, received));
        };
        let mut hasher = Hasher::new();
        let prelude = Prelude::parse_hashing(start, self.limits, &mut hasher)?;
        let Some((bytes, rest)) = self.rest.split_at_checked(index(prelude.total_length())) else {
            return Err(truncated(Some(prelude), received));
        };
        let block = checked_block(prelude, bytes, hasher)?;
        // What was checked before under the same limits, byte for byte, need not be checked again.
        if block != self.known.0 {
            self.known = (block, headers::check(block, self.limits)?);
        }
        self.rest = rest;
        self.offset = self.offset.saturating_add(u64::from(prelude.total_length()));
        Ok(Frame::new(prelude, bytes, self.known.1))
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match self.parse() {
            Ok(frame) => Some(Ok(frame)),
            Err(error) => {
                self.rest = &[];
                Some(Err(error.starting_at(self.offset)))
            }
        }
    }
}

impl core::iter::FusedIterator for Frames<'_> {}

impl fmt::Debug for Frames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("offset", &self.offset).field("remaining", &self.rest.len()).finish()
    }
}
