//! The header block of a frame: checked once, then read without errors.

use core::fmt;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::header::{Header, HeaderValue, header_type};
use crate::kind::{MessageType, header_name};
use crate::limits::{Limits, PRELUDE_LENGTH, index};

#[cfg(feature = "alloc")]
mod memo;
mod plain;
mod raw;
mod repeated;

#[cfg(feature = "alloc")]
pub(crate) use memo::Memo;
use raw::{RawHeader, RawHeaders, saturate};
pub(crate) use repeated::{SeenNames, first_repeat};

/// An error in a header, and the number of bytes left in the block at its position.
type HeaderFault = (DecodeErrorKind, usize);

/// Headers that identify the message; most messages are events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventHeaders<'a> {
    pub(crate) message_type: MessageType,
    /// The value of `:event-type`.
    pub(crate) event_type: &'a str,
}

impl EventHeaders<'_> {
    pub(crate) const NONE: Self = Self { message_type: MessageType::Unknown, event_type: "" };
}

/// Number of cached header blocks: a message has six types of events. Without `fast` no block is cached, which is smaller.
pub(crate) const BLOCKS: usize = if cfg!(feature = "fast") { 6 } else { 0 };

/// Returns a hash of a block: of its length, its last eight bytes, and the eight bytes in which the longest event types
/// differ.
#[cfg_attr(feature = "fast", inline(always))]
pub(crate) fn fingerprint(block: &[u8]) -> u64 {
    const DIFFERENT: usize = 24;
    let word = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let different = word(block.get(DIFFERENT..).and_then(|rest| rest.first_chunk()));
    let length = u64::try_from(block.len()).unwrap_or_default();
    different ^ word(block.last_chunk()).rotate_left(32) ^ length
}

/// Checks every header of `block`, so that [`Headers`] cannot fail. `known` is the event type of an earlier block, which is
/// often the same.
#[cfg_attr(feature = "fast", inline(always))]
pub(crate) fn check<'a>(
    block: &'a [u8],
    limits: Limits,
    known: &'a str,
) -> Result<EventHeaders<'a>, DecodeError> {
    match scan(block, limits, known) {
        Ok(event_headers) => Ok(event_headers),
        Err((kind, left)) => Err(DecodeError::in_frame(kind, frame_offset(block, left))),
    }
}

/// Returns the event headers of a block that [`check`] has accepted, with any limits.
#[cfg(feature = "alloc")]
pub(crate) fn event_headers(block: &[u8]) -> EventHeaders<'_> {
    let limits = Limits::default().with_duplicate_headers(true).with_max_headers(u32::MAX);
    scan(block, limits, "").unwrap_or(EventHeaders::NONE)
}

#[cfg_attr(feature = "fast", inline(always))]
fn scan<'a>(block: &'a [u8], limits: Limits, known: &'a str) -> Result<EventHeaders<'a>, HeaderFault> {
    let plain = if cfg!(feature = "fast") { plain::scan(block, limits, known) } else { None };
    plain.map_or_else(|| scan_each(block, limits), Ok)
}

/// Checks the headers one by one; accepts every type and finds every error.
#[inline(never)]
fn scan_each(block: &[u8], limits: Limits) -> Result<EventHeaders<'_>, HeaderFault> {
    let mut event_headers = EventHeaders::NONE;
    let mut seen = SeenNames::default();
    let mut may_repeat = false;
    let mut count: u32 = 0;
    let mut rest = block;
    let outcome = loop {
        if rest.is_empty() {
            break Ok(event_headers);
        }
        if count >= limits.max_headers() {
            break Err((DecodeErrorKind::TooManyHeaders { limit: limits.max_headers() }, rest.len()));
        }
        let header = match RawHeader::read(rest).and_then(RawHeader::check_utf8) {
            Ok(header) => header,
            Err(fault) => break Err(fault),
        };
        count = count.wrapping_add(1);
        may_repeat |= seen.maybe(header.name);
        if header.value_type == header_type::STRING {
            match header.name {
                name if name == header_name::MESSAGE_TYPE_BYTES
                    && event_headers.message_type == MessageType::Unknown =>
                {
                    event_headers.message_type = MessageType::of(header.value);
                }
                name if name == header_name::EVENT_TYPE_BYTES && event_headers.event_type.is_empty() => {
                    event_headers.event_type = core::str::from_utf8(header.value).unwrap_or_default();
                }
                _ => {}
            }
        }
        rest = header.rest;
    };
    if may_repeat && !limits.duplicate_headers() {
        // A repeated name precedes the error that ended the scan, if any.
        duplicate(block, count).map_or(outcome, Err)
    } else {
        outcome
    }
}

/// Returns the error of the first repeated name among the first `count` headers.
#[cold]
fn duplicate(block: &[u8], count: u32) -> Option<HeaderFault> {
    let names = RawHeaders(block).take(index(count)).map(|header| header.name);
    let (first, repeat) = first_repeat(names)?;
    // The number of bytes left in the block at the start of the header at this position.
    let left = |position: usize| {
        let mut headers = RawHeaders(block);
        if let Some(before) = position.checked_sub(1) {
            headers.nth(before);
        }
        headers.0.len()
    };
    let first = saturate(frame_offset(block, left(first)));
    // spec: eventstream#header-once "Any given header name MUST only appear once in a message."
    Some((DecodeErrorKind::DuplicateHeader { first }, left(repeat)))
}

#[cold]
fn frame_offset(block: &[u8], left: usize) -> usize {
    block.len().saturating_sub(left).saturating_add(PRELUDE_LENGTH)
}

/// Iterator over the headers of a frame, in wire order.
#[derive(Clone)]
pub struct Headers<'a> {
    raw: RawHeaders<'a>,
}

impl<'a> Headers<'a> {
    /// Creates an iterator over a block that [`check`] has accepted.
    #[inline]
    pub(crate) const fn new(block: &'a [u8]) -> Self {
        Self { raw: RawHeaders(block) }
    }

    /// Returns the value of the first header of this name.
    pub(crate) fn find_value(mut self, name: &str) -> Option<HeaderValue<'a>> {
        let header = self.raw.find(|header| header.name == name.as_bytes())?;
        header.decode().map(|header| header.value)
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    #[inline]
    fn next(&mut self) -> Option<Header<'a>> {
        self.raw.next()?.decode()
    }
}

impl core::iter::FusedIterator for Headers<'_> {}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone().map(|header| (header.name, header.value))).finish()
    }
}

#[cfg(test)]
mod tests;
