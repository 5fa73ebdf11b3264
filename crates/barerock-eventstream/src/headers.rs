//! The header block of a frame: checked in one pass, then read without faults.

use core::fmt;

use crate::error::{DecodeError, DecodeErrorKind, HeaderPart};
use crate::header::{Header, HeaderValue, header_type};
use crate::kind::{MessageType, header_name};
use crate::limits::{Limits, MAX_HEADER_VALUE_LENGTH, PRELUDE_LENGTH};

#[cfg(feature = "alloc")]
mod memo;
mod plain;

#[cfg(feature = "alloc")]
pub(crate) use memo::Memo;

/// What is wrong with a header, and how many bytes of the block are left where it is.
type Fault = (DecodeErrorKind, usize);

/// What the pass over the block found that tells an event, by far the most frequent message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Landmarks<'a> {
    pub(crate) message_type: MessageType,
    /// The value of `:event-type`.
    pub(crate) event_type: &'a str,
}

impl Landmarks<'_> {
    pub(crate) const NONE: Self = Self { message_type: MessageType::Unknown, event_type: "" };
}

/// Checks every header of `block`, so that [`Headers`] cannot meet a broken one.
#[inline(always)]
pub(crate) fn check(block: &[u8], limits: Limits) -> Result<Landmarks<'_>, DecodeError> {
    match scan(block, limits) {
        Ok(landmarks) => Ok(landmarks),
        Err((kind, left)) => Err(DecodeError::in_frame(kind, frame_offset(block, left))),
    }
}

/// The landmarks of a block that [`check`] has passed, under whatever limits.
#[cfg(feature = "alloc")]
pub(crate) fn landmarks(block: &[u8]) -> Landmarks<'_> {
    let limits = Limits::default().with_duplicate_headers(true).with_max_headers(u32::MAX);
    scan(block, limits).unwrap_or(Landmarks::NONE)
}

#[inline(always)]
fn scan(block: &[u8], limits: Limits) -> Result<Landmarks<'_>, Fault> {
    if cfg!(feature = "fast")
        && let Some(landmarks) = plain::scan(block, limits)
    {
        return Ok(landmarks);
    }
    scan_each(block, limits)
}

/// Reads header by header, whatever their types and however they are broken.
#[inline(never)]
fn scan_each(block: &[u8], limits: Limits) -> Result<Landmarks<'_>, Fault> {
    let mut landmarks = Landmarks::NONE;
    let mut seen = SeenNames::default();
    let mut count: u32 = 0;
    let mut rest = block;
    while !rest.is_empty() {
        if count >= limits.max_headers() {
            return Err((DecodeErrorKind::TooManyHeaders { limit: limits.max_headers() }, rest.len()));
        }
        count = count.wrapping_add(1);
        let header = RawHeader::read(rest)?;
        header.check_utf8()?;
        if seen.maybe(header.name)
            && !limits.duplicate_headers()
            && let Some(first) = find(header.name, block, rest.len())
        {
            return Err((DecodeErrorKind::DuplicateHeader { first: saturate(first) }, rest.len()));
        }
        if header.value_type == header_type::STRING {
            match header.name {
                header_name::MESSAGE_TYPE_BYTES if landmarks.message_type == MessageType::Unknown => {
                    landmarks.message_type = MessageType::of(header.value);
                }
                header_name::EVENT_TYPE_BYTES if landmarks.event_type.is_empty() => {
                    landmarks.event_type = core::str::from_utf8(header.value).unwrap_or_default();
                }
                _ => {}
            }
        }
        rest = header.rest;
    }
    Ok(landmarks)
}

/// The frame offset of the first header of this name, among those before the last `left` bytes.
#[cold]
fn find(name: &[u8], block: &[u8], left: usize) -> Option<usize> {
    let mut rest = block;
    while rest.len() > left {
        let header = RawHeader::read(rest).ok()?;
        if header.name == name {
            return Some(frame_offset(block, rest.len()));
        }
        rest = header.rest;
    }
    None
}

#[cold]
fn frame_offset(block: &[u8], left: usize) -> usize {
    block.len().saturating_sub(left).saturating_add(PRELUDE_LENGTH)
}

/// A header whose lengths were found right, and what follows it.
struct RawHeader<'a> {
    name: &'a [u8],
    value_type: u8,
    value: &'a [u8],
    rest: &'a [u8],
}

impl<'a> RawHeader<'a> {
    #[inline]
    fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let Some((&name_length, after)) = bytes.split_first() else {
            return Err(overrun(HeaderPart::Name, 1, bytes));
        };
        if name_length == 0 {
            // "Header names MUST be at least one byte long."
            return Err((DecodeErrorKind::HeaderNameEmpty, bytes.len()));
        }
        let Some((name, after)) = after.split_at_checked(usize::from(name_length)) else {
            return Err(overrun(HeaderPart::Name, usize::from(name_length), after));
        };
        let Some((&value_type, after_type)) = after.split_first() else {
            return Err(overrun(HeaderPart::Type, 1, after));
        };
        let (length, after) = match value_type {
            header_type::BYTES | header_type::STRING => {
                let Some((length, after)) = after_type.split_first_chunk() else {
                    return Err(overrun(HeaderPart::ValueLength, 2, after_type));
                };
                let length = u16::from_be_bytes(*length);
                if length > MAX_HEADER_VALUE_LENGTH {
                    let kind = DecodeErrorKind::HeaderValueTooLong { length, limit: MAX_HEADER_VALUE_LENGTH };
                    return Err((kind, after_type.len()));
                }
                (usize::from(length), after)
            }
            _ => match header_type::fixed_length(value_type) {
                Some(length) => (length, after_type),
                None => return Err((DecodeErrorKind::HeaderType { found: value_type }, after.len())),
            },
        };
        match after.split_at_checked(length) {
            Some((value, rest)) => Ok(Self { name, value_type, value, rest }),
            None => Err(overrun(HeaderPart::Value, length, after)),
        }
    }

    fn check_utf8(&self) -> Result<(), Fault> {
        let check = |bytes: &[u8], part, behind: usize| {
            core::str::from_utf8(bytes).map(|_| ()).map_err(|error| {
                let left = bytes.len().saturating_sub(error.valid_up_to()).saturating_add(behind);
                (DecodeErrorKind::HeaderUtf8 { part }, left)
            })
        };
        let after_value = self.rest.len();
        let mut after_name = after_value.saturating_add(self.value.len()).saturating_add(1);
        if matches!(self.value_type, header_type::BYTES | header_type::STRING) {
            after_name = after_name.saturating_add(2);
        }
        check(self.name, HeaderPart::Name, after_name)?;
        if self.value_type == header_type::STRING {
            check(self.value, HeaderPart::Value, after_value)?;
        }
        Ok(())
    }

    /// The header as values; `None` where it would not have passed [`check`].
    #[inline]
    fn decode(&self) -> Option<Header<'a>> {
        let value = HeaderValue::decode(self.value_type, self.value)?;
        Some(Header { name: core::str::from_utf8(self.name).ok()?, value })
    }
}

#[cold]
fn overrun(part: HeaderPart, needed: usize, left: &[u8]) -> Fault {
    let (needed, available) = (saturate(needed), saturate(left.len()));
    (DecodeErrorKind::HeaderOverrun { part, needed, available }, left.len())
}

fn saturate(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A filter of 64 bits: a name whose bit is not set was certainly not seen.
#[derive(Default)]
pub(crate) struct SeenNames(u64);

impl SeenNames {
    /// Whether `name` may have been seen before; remembers it.
    pub(crate) fn maybe(&mut self, name: &[u8]) -> bool {
        let bit = name_bit(name);
        let seen = self.0 & bit != 0;
        self.0 |= bit;
        seen
    }
}

/// One bit of 64 for a name. Those on the wire are told apart by their length and second letter.
#[inline(always)]
fn name_bit(name: &[u8]) -> u64 {
    let letter = name.get(1).copied().unwrap_or_default();
    1_u64 << ((letter.wrapping_mul(7) ^ name.len().to_le_bytes()[0]) & 63)
}

/// The headers of a frame, in the order of the wire.
#[derive(Clone)]
pub struct Headers<'a> {
    rest: &'a [u8],
}

impl<'a> Headers<'a> {
    /// The headers of a block that [`check`] has passed.
    #[inline]
    pub(crate) const fn new(block: &'a [u8]) -> Self {
        Self { rest: block }
    }

    /// The value of the first header of this name.
    pub(crate) fn find_value(mut self, name: &str) -> Option<HeaderValue<'a>> {
        while let Some(header) = self.next_raw() {
            if header.name == name.as_bytes() {
                return header.decode().map(|header| header.value);
            }
        }
        None
    }

    #[inline]
    fn next_raw(&mut self) -> Option<RawHeader<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        // `check` has read the same bytes and found no fault.
        let header = RawHeader::read(self.rest).ok()?;
        self.rest = header.rest;
        Some(header)
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    #[inline]
    fn next(&mut self) -> Option<Header<'a>> {
        self.next_raw()?.decode()
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
