//! The header block of a frame: checked once, then read without faults.

use core::fmt;

use crate::error::{DecodeErrorKind, HeaderPart};
use crate::header::{Header, HeaderValue, wire_type};
use crate::limits::{Limits, MAX_HEADER_VALUE_LENGTH, PRELUDE_LENGTH};
use crate::reader::Reader;

/// The bytes between prelude and payload.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeaderBlock<'a> {
    bytes: &'a [u8],
    /// The same bytes, where they are UTF-8 from end to end, as they are when every length is under 128
    /// and every value is text. Names and values are then sliced from it at no further cost.
    text: Option<&'a str>,
}

/// What is wrong with a header, at which byte of the block.
pub(crate) type HeaderFault = (DecodeErrorKind, usize);

impl<'a> HeaderBlock<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, text: core::str::from_utf8(bytes).ok() }
    }

    /// Checks every header, so that [`Headers`] cannot meet a broken one.
    #[inline]
    pub(crate) fn check(&self, limits: Limits) -> Result<(), HeaderFault> {
        let mut reader = Reader::new(self.bytes);
        let mut count: u32 = 0;
        let mut seen = SeenNames::default();
        while reader.remaining() > 0 {
            let start = reader.position();
            if count >= limits.max_headers() {
                return Err((DecodeErrorKind::TooManyHeaders { limit: limits.max_headers() }, start));
            }
            count = count.saturating_add(1);
            let header = self.read(&mut reader)?;
            if seen.maybe(header.name)
                && !limits.duplicate_headers()
                && let Some(first) = self.find(header.name, start)
            {
                let first = saturate(first.saturating_add(PRELUDE_LENGTH));
                return Err((DecodeErrorKind::DuplicateHeader { first }, start));
            }
        }
        Ok(())
    }

    /// Where the header of this name is, before byte `end`.
    #[cold]
    fn find(&self, name: &str, end: usize) -> Option<usize> {
        let mut reader = Reader::new(self.bytes);
        while reader.position() < end {
            let start = reader.position();
            if self.read(&mut reader).ok()?.name == name {
                return Some(start);
            }
        }
        None
    }

    #[inline]
    fn read(&self, reader: &mut Reader<'a>) -> Result<Header<'a>, HeaderFault> {
        let name_length_at = reader.position();
        let Some(name_length) = reader.u8() else {
            return Err(overrun(HeaderPart::Name, 1, reader));
        };
        if name_length == 0 {
            // "Header names MUST be at least one byte long."
            return Err((DecodeErrorKind::HeaderNameEmpty, name_length_at));
        }
        let name = self.text(reader, usize::from(name_length), HeaderPart::Name)?;
        let type_at = reader.position();
        let Some(header_type) = reader.u8() else {
            return Err(overrun(HeaderPart::Type, 1, reader));
        };
        let value = match header_type {
            wire_type::STRING => {
                let length = value_length(reader)?;
                HeaderValue::String(self.text(reader, length, HeaderPart::Value)?)
            }
            wire_type::TRUE => HeaderValue::Bool(true),
            wire_type::FALSE => HeaderValue::Bool(false),
            wire_type::BYTE => HeaderValue::Byte(i8::from_be_bytes(fixed(reader)?)),
            wire_type::SHORT => HeaderValue::Short(i16::from_be_bytes(fixed(reader)?)),
            wire_type::INTEGER => HeaderValue::Integer(i32::from_be_bytes(fixed(reader)?)),
            wire_type::LONG => HeaderValue::Long(i64::from_be_bytes(fixed(reader)?)),
            wire_type::BYTES => {
                let length = value_length(reader)?;
                let bytes = reader.take(length).ok_or_else(|| overrun(HeaderPart::Value, length, reader))?;
                HeaderValue::Bytes(bytes)
            }
            wire_type::TIMESTAMP => HeaderValue::Timestamp(i64::from_be_bytes(fixed(reader)?)),
            wire_type::UUID => HeaderValue::Uuid(fixed(reader)?),
            found => return Err((DecodeErrorKind::HeaderType { found }, type_at)),
        };
        Ok(Header { name, value })
    }

    #[inline]
    fn text(&self, reader: &mut Reader<'a>, length: usize, part: HeaderPart) -> Result<&'a str, HeaderFault> {
        let start = reader.position();
        let bytes = reader.take(length).ok_or_else(|| overrun(part, length, reader))?;
        if let Some(text) = self.text.and_then(|text| text.get(start..reader.position())) {
            return Ok(text);
        }
        core::str::from_utf8(bytes).map_err(|error| {
            (DecodeErrorKind::HeaderUtf8 { part }, start.saturating_add(error.valid_up_to()))
        })
    }
}

#[inline]
fn value_length(reader: &mut Reader<'_>) -> Result<usize, HeaderFault> {
    let at = reader.position();
    let Some(length) = reader.u16() else {
        return Err(overrun(HeaderPart::ValueLength, 2, reader));
    };
    if length > MAX_HEADER_VALUE_LENGTH {
        let kind = DecodeErrorKind::HeaderValueTooLong { length, limit: MAX_HEADER_VALUE_LENGTH };
        return Err((kind, at));
    }
    Ok(usize::from(length))
}

#[inline]
fn fixed<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], HeaderFault> {
    reader.array().ok_or_else(|| overrun(HeaderPart::Value, N, reader))
}

#[cold]
fn overrun(part: HeaderPart, needed: usize, reader: &Reader<'_>) -> HeaderFault {
    let kind = DecodeErrorKind::HeaderOverrun {
        part,
        needed: saturate(needed),
        available: saturate(reader.remaining()),
    };
    (kind, reader.position())
}

fn saturate(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A filter of 64 bits: a name whose bit is not set was certainly not seen.
#[derive(Default)]
pub(crate) struct SeenNames(u64);

impl SeenNames {
    /// Whether `name` may have been seen before; remembers it.
    #[inline]
    pub(crate) fn maybe(&mut self, name: &str) -> bool {
        let bytes = name.as_bytes();
        // The names on the wire are told apart by their length and second letter.
        let letter = bytes.get(1).or(bytes.first()).copied().unwrap_or_default();
        let hash = u32::from(letter).wrapping_mul(7) ^ saturate(bytes.len());
        let bit = 1_u64 << (hash & 63);
        let seen = self.0 & bit != 0;
        self.0 |= bit;
        seen
    }
}

/// The headers of a frame, in the order of the wire.
#[derive(Clone)]
pub struct Headers<'a> {
    block: HeaderBlock<'a>,
    reader: Reader<'a>,
}

impl<'a> Headers<'a> {
    #[inline]
    pub(crate) fn new(block: HeaderBlock<'a>) -> Self {
        Self { block, reader: Reader::new(block.bytes) }
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    #[inline]
    fn next(&mut self) -> Option<Header<'a>> {
        if self.reader.remaining() == 0 {
            return None;
        }
        // `HeaderBlock::check` has read the same bytes and found no fault.
        self.block.read(&mut self.reader).ok()
    }
}

impl core::iter::FusedIterator for Headers<'_> {}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone().map(|header| (header.name, header.value))).finish()
    }
}
