//! Iteration over the frames of a stream in memory.

use core::fmt;

use crate::error::DecodeError;
use crate::frame::{Frame, checked_block};
use crate::headers::{self, BLOCKS, EventHeaders};
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::Prelude;
use crate::truncated::truncated;

/// Iterator over the frames of a stream that is completely in memory, without copies or an allocator.
///
/// An error is the last item. A stream that ends inside a frame is an error.
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
    /// Cache of header blocks, because most frames have the same block as an earlier one.
    known: [Known<'a>; BLOCKS],
    /// Index of the previous frame's block.
    last: usize,
    /// Index of the block that is replaced next.
    oldest: usize,
}

/// A checked header block; empty at first.
#[derive(Clone, Copy)]
struct Known<'a> {
    block: &'a [u8],
    fingerprint: u64,
    event_headers: EventHeaders<'a>,
}

impl<'a> Frames<'a> {
    /// Creates an iterator over the frames of a stream that begins at the first byte of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8], limits: Limits) -> Self {
        let none = Known { block: &[], fingerprint: 0, event_headers: EventHeaders::NONE };
        Self { rest: bytes, limits, offset: 0, known: [none; BLOCKS], last: 0, oldest: 0 }
    }

    /// Returns the offset in the stream, in bytes, at which the next frame begins; after an error, that of the invalid frame.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    #[cfg_attr(feature = "fast", inline(always))]
    fn parse(&mut self) -> Result<Frame<'a>, DecodeError> {
        let received = self.rest.len();
        let Some(start) = self.rest.first_chunk::<PRELUDE_LENGTH>() else {
            return Err(truncated(None, received));
        };
        let prelude = Prelude::parse(start, self.limits)?;
        let Some((bytes, rest)) = self.rest.split_at_checked(index(prelude.total_length())) else {
            return Err(truncated(Some(prelude), received));
        };
        let block = checked_block(prelude, bytes)?;
        let event_headers = self.event_headers(block)?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(u64::from(prelude.total_length()));
        Ok(Frame::new(prelude, bytes, event_headers))
    }

    /// Returns the event headers of a block. A block equal to a cached one was already checked with the same limits.
    #[cfg_attr(feature = "fast", inline(always))]
    fn event_headers(&mut self, block: &'a [u8]) -> Result<EventHeaders<'a>, DecodeError> {
        match self.known.get(self.last) {
            Some(last) if last.block == block => Ok(last.event_headers),
            _ => self.other_event_headers(block),
        }
    }

    #[inline]
    fn other_event_headers(&mut self, block: &'a [u8]) -> Result<EventHeaders<'a>, DecodeError> {
        let fingerprint = headers::fingerprint(block);
        let is_same = |known: &Known<'_>| known.fingerprint == fingerprint && known.block == block;
        if let Some(found) = self.known.iter().position(is_same) {
            self.last = found;
            return Ok(self.known.get(found).map_or(EventHeaders::NONE, |known| known.event_headers));
        }
        let known = self.known.get(self.last).map_or("", |known| known.event_headers.event_type);
        let event_headers = headers::check(block, self.limits, known)?;
        if let Some(oldest) = self.known.get_mut(self.oldest) {
            *oldest = Known { block, fingerprint, event_headers };
            self.last = self.oldest;
            self.oldest = self.oldest.wrapping_add(1).checked_rem(BLOCKS).unwrap_or_default();
        }
        Ok(event_headers)
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
