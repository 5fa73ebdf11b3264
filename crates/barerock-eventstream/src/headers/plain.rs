//! Fast path for header blocks as AWS sends them: ASCII strings only.
//!
//! It either accepts a block, with the result of the full scan, or leaves it to the full scan. Checking each string separately
//! takes several times as long as the CRC of the whole frame.

use super::EventHeaders;
use super::raw::RawHeader;
use super::repeated::name_bit;
use crate::header::header_type;
use crate::kind::{MessageType, header_name};
use crate::limits::Limits;

#[inline(always)]
pub(super) fn scan<'a>(block: &'a [u8], limits: Limits, known: &'a str) -> Option<EventHeaders<'a>> {
    let (mut event_headers, mut seen, mut rest) =
        usual(block, known).unwrap_or((EventHeaders::NONE, 0, block));
    // If every byte is ASCII, every name and value is UTF-8, and no length is over 32,767.
    if !is_ascii(rest) {
        return None;
    }
    while !rest.is_empty() {
        let RawHeader { name, value_type, value, rest: after } = RawHeader::read(rest).ok()?;
        if value_type != header_type::STRING {
            return None;
        }
        if is(name, header_name::MESSAGE_TYPE_BYTES) {
            event_headers.message_type = MessageType::of(value);
        } else if is(name, header_name::EVENT_TYPE_BYTES) {
            event_headers.event_type = text(block, value, after.len()).unwrap_or_default();
        }
        let bit = name_bit(name);
        // Two names with the same bit may be equal.
        if seen & bit != 0 {
            return None;
        }
        seen |= bit;
        rest = after;
    }
    (seen.count_ones() <= limits.max_headers()).then_some(event_headers)
}

/// Start of the header block of an event: `:event-type`, up to the second byte of its value's length.
const BEFORE_TYPE: &[u8; 14] = b"\x0b:event-type\x07\x00";
/// The two headers that follow.
const AFTER_TYPE: &[u8; 55] =
    b"\x0d:content-type\x07\x00\x10application/json\x0d:message-type\x07\x00\x05event";

/// Reads the three headers with which events of AWS's JSON services begin, compared as a whole. Returns the headers, the bits
/// of their names, and the remaining bytes.
#[inline(always)]
fn usual<'a>(block: &'a [u8], known: &'a str) -> Option<(EventHeaders<'a>, u64, &'a [u8])> {
    let (&length, rest) = block.strip_prefix(BEFORE_TYPE)?.split_first()?;
    let (event_type, rest) = rest.split_at_checked(usize::from(length))?;
    let event_type_end = rest.len();
    let rest = rest.strip_prefix(AFTER_TYPE)?;
    // `known` is already checked to be UTF-8.
    let event_type =
        if event_type == known.as_bytes() { known } else { text(block, event_type, event_type_end)? };
    let seen = name_bit(header_name::EVENT_TYPE_BYTES)
        | name_bit(b":content-type")
        | name_bit(header_name::MESSAGE_TYPE_BYTES);
    Some((EventHeaders { message_type: MessageType::Event, event_type }, seen, rest))
}

/// Returns true if the bytes are equal. The constant length avoids a call of `memcmp`, which takes longer than the comparison.
#[inline(always)]
fn is<const N: usize>(bytes: &[u8], expected: &[u8; N]) -> bool {
    <&[u8; N]>::try_from(bytes).is_ok_and(|bytes| bytes == expected)
}

/// Returns true if every byte is ASCII. [`slice::is_ascii`] loops over the last bytes, which is most of its time for the
/// length of a header block.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    const NOT_ASCII: u64 = 0x8080_8080_8080_8080;
    let Some(last) = bytes.last_chunk::<8>() else { return bytes.is_ascii() };
    let words = bytes.chunks_exact(8).filter_map(<[u8]>::first_chunk);
    let all = words.fold(u64::from_ne_bytes(*last), |all, word| all | u64::from_ne_bytes(*word));
    all & NOT_ASCII == 0
}

/// Returns the text of `value`, which ends `behind` bytes before the end of `block`; `None` if it is not UTF-8.
///
/// `from_utf8` reads aligned bytes sixteen at a time, but others one by one, which takes several times as long for a short
/// value. Therefore it checks the aligned bytes around the value, if those are UTF-8 too, and the value is a slice of them.
#[inline]
fn text<'a>(block: &'a [u8], value: &'a [u8], behind: usize) -> Option<&'a str> {
    const ALIGNMENT: usize = align_of::<usize>();
    const STEP: usize = 2 * ALIGNMENT;
    let around = || {
        let before = value.as_ptr().addr() & (ALIGNMENT - 1);
        let end = before.checked_add(value.len())?;
        let start = block.len().checked_sub(behind)?.checked_sub(end)?;
        let aligned = block.get(start..)?.get(..end.next_multiple_of(STEP))?;
        core::str::from_utf8(aligned).ok()?.get(before..end)
    };
    around().or_else(|| core::str::from_utf8(value).ok())
}
