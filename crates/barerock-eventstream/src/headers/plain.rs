//! Fast path for a header block such as AWS sends: strings only, all of it ASCII.
//!
//! It accepts a block or leaves it to the full scan, which would accept it with the same result. Checking string by
//! string takes several times as long as the CRC of the whole frame.

use super::EventHeaders;
use super::raw::RawHeader;
use super::repeated::name_bit;
use crate::header::header_type;
use crate::kind::{MessageType, header_name};
use crate::limits::Limits;

#[inline(always)]
pub(super) fn scan(block: &[u8], limits: Limits) -> Option<EventHeaders<'_>> {
    // If every byte is ASCII, every name and value is UTF-8, and no length is over 32,767.
    if !is_ascii(block) {
        return None;
    }
    let mut event_headers = EventHeaders::NONE;
    let mut seen: u64 = 0;
    let mut rest = block;
    while !rest.is_empty() {
        let RawHeader { name, value_type, value, rest: after } = RawHeader::read(rest).ok()?;
        if value_type != header_type::STRING {
            return None;
        }
        if is(name, header_name::MESSAGE_TYPE_BYTES) {
            event_headers.message_type = MessageType::of(value);
        } else if is(name, header_name::EVENT_TYPE_BYTES) {
            event_headers.event_type = text(block, value, after.len());
        }
        let bit = name_bit(name);
        // Two names that share a bit may be the same.
        if seen & bit != 0 {
            return None;
        }
        seen |= bit;
        rest = after;
    }
    (seen.count_ones() <= limits.max_headers()).then_some(event_headers)
}

/// Whether these are the bytes, by a comparison of known length: a call of `memcmp` takes longer than one of these names.
#[inline(always)]
fn is<const N: usize>(bytes: &[u8], expected: &[u8; N]) -> bool {
    <&[u8; N]>::try_from(bytes).is_ok_and(|bytes| bytes == expected)
}

/// Whether every byte is ASCII. As [`slice::is_ascii`], without its loop over the last bytes, which at the
/// length of a header block is most of its time.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    const NOT_ASCII: u64 = 0x8080_8080_8080_8080;
    let Some(last) = bytes.last_chunk::<8>() else { return bytes.is_ascii() };
    let words = bytes.chunks_exact(8).filter_map(<[u8]>::first_chunk);
    let all = words.fold(u64::from_ne_bytes(*last), |all, word| all | u64::from_ne_bytes(*word));
    all & NOT_ASCII == 0
}

/// The text of `value`, which is valid UTF-8 and ends `behind` bytes before the end of `block`.
///
/// `from_utf8` reads sixteen bytes at a time where they are aligned and byte by byte where not, which takes
/// several times as long for a value this short. So it is given the aligned bytes around the value, if those
/// are UTF-8 as well, and the value is cut from their text.
#[inline]
fn text<'a>(block: &'a [u8], value: &'a [u8], behind: usize) -> &'a str {
    const ALIGNMENT: usize = align_of::<usize>();
    const STEP: usize = 2 * ALIGNMENT;
    let around = || {
        let before = value.as_ptr().addr() & (ALIGNMENT - 1);
        let end = before.checked_add(value.len())?;
        let start = block.len().checked_sub(behind)?.checked_sub(end)?;
        let aligned = block.get(start..)?.get(..end.next_multiple_of(STEP))?;
        core::str::from_utf8(aligned).ok()?.get(before..end)
    };
    around().or_else(|| core::str::from_utf8(value).ok()).unwrap_or_default()
}
