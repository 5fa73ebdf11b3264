//! Cache of header blocks, because most frames have the same block as an earlier one.

use alloc::string::String;
use alloc::vec::Vec;

use super::{BLOCKS, EventHeaders, fingerprint};
use crate::error::DecodeError;
use crate::kind::MessageType;
use crate::limits::Limits;

/// Limit on the length of a cached block, in bytes.
const LONGEST: usize = 256;

/// Number of misses in a row after which blocks are expected to differ in every frame.
const MANY_MISSES: u8 = 12;

/// In such a stream, one of this many blocks is cached.
const RARELY: u8 = 8;

/// Cache of checked header blocks and their event headers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    blocks: [Block; BLOCKS],
    /// Index of the previous frame's block.
    last: usize,
    /// Index of the block that is replaced next.
    oldest: usize,
    /// Number of misses in a row; wraps between [`MANY_MISSES`] and [`MANY_MISSES`] + [`RARELY`].
    misses: u8,
}

/// A checked header block; empty at first.
#[derive(Clone, Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    fingerprint: u64,
    message_type: MessageType,
    event_type: String,
}

impl Memo {
    /// Checks as [`check`](super::check) does, but skips a block equal to a cached one, which was already checked. All calls must
    /// have the same `limits`.
    #[cfg_attr(feature = "fast", inline(always))]
    pub(crate) fn check<'a>(
        &'a mut self,
        block: &'a [u8],
        limits: Limits,
    ) -> Result<EventHeaders<'a>, DecodeError> {
        let is_last = self.blocks.get(self.last).is_some_and(|last| last.bytes == block);
        if is_last { Ok(self.last()) } else { self.check_other(block, limits) }
    }

    /// As [`check`](Self::check), of a block that is not the previous frame's.
    #[inline(never)]
    fn check_other<'a>(
        &'a mut self,
        block: &'a [u8],
        limits: Limits,
    ) -> Result<EventHeaders<'a>, DecodeError> {
        let fingerprint = fingerprint(block);
        if self.find(block, fingerprint) { Ok(self.last()) } else { self.miss(block, fingerprint, limits) }
    }

    #[cfg_attr(feature = "fast", inline(always))]
    fn last(&self) -> EventHeaders<'_> {
        self.blocks.get(self.last).map_or(EventHeaders::NONE, |last| EventHeaders {
            message_type: last.message_type,
            event_type: &last.event_type,
        })
    }

    /// Finds the cached block with these bytes and makes it the last one; false if no cached block has them.
    #[inline]
    fn find(&mut self, block: &[u8], fingerprint: u64) -> bool {
        let is_same = |known: &Block| known.fingerprint == fingerprint && known.bytes == block;
        let found = self.blocks.iter().position(is_same);
        if let Some(found) = found {
            self.last = found;
            self.misses = 0;
        }
        found.is_some()
    }

    #[inline]
    fn miss<'a>(
        &mut self,
        block: &'a [u8],
        fingerprint: u64,
        limits: Limits,
    ) -> Result<EventHeaders<'a>, DecodeError> {
        let event_headers = super::check(block, limits, "")?;
        self.misses = self.misses.saturating_add(1);
        let is_remembered = self.misses < MANY_MISSES || self.misses >= MANY_MISSES.saturating_add(RARELY);
        if is_remembered && block.len() <= LONGEST {
            self.misses = self.misses.min(MANY_MISSES);
            self.remember(block, fingerprint, event_headers);
        }
        Ok(event_headers)
    }

    fn remember(&mut self, block: &[u8], fingerprint: u64, event_headers: EventHeaders<'_>) {
        let Some(oldest) = self.blocks.get_mut(self.oldest) else { return };
        oldest.bytes.clear();
        oldest.bytes.extend_from_slice(block);
        oldest.fingerprint = fingerprint;
        oldest.message_type = event_headers.message_type;
        oldest.event_type.clear();
        oldest.event_type.push_str(event_headers.event_type);
        self.last = self.oldest;
        self.oldest = self.oldest.wrapping_add(1).checked_rem(BLOCKS).unwrap_or_default();
    }
}
