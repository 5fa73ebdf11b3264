//! Headers: names and values of ten types.

use core::fmt;

use crate::error::{DecodeErrorKind, HeaderPart};
use crate::limits::{Limits, MAX_HEADER_VALUE_LENGTH, PRELUDE_LENGTH};
use crate::reader::Reader;

pub(crate) mod wire_type {
    //! "The following table shows the available types and their indicators." (Headers Format.)
    pub(crate) const TRUE: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const BYTE: u8 = 2;
    pub(crate) const SHORT: u8 = 3;
    pub(crate) const INTEGER: u8 = 4;
    pub(crate) const LONG: u8 = 5;
    pub(crate) const BYTES: u8 = 6;
    pub(crate) const STRING: u8 = 7;
    pub(crate) const TIMESTAMP: u8 = 8;
    pub(crate) const UUID: u8 = 9;
}

/// A header's value. "The set of types is fixed and not open to extension."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the specification closes the set")]
pub enum HeaderValue<'a> {
    /// Types 0 (true) and 1 (false): no value bytes.
    Bool(bool),
    /// Type 2, one signed byte.
    Byte(i8),
    /// Type 3, two bytes, signed.
    Short(i16),
    /// Type 4, four bytes, signed.
    Integer(i32),
    /// Type 5, eight bytes, signed.
    Long(i64),
    /// Type 6, at most 32,767 bytes.
    Bytes(&'a [u8]),
    /// Type 7, at most 32,767 bytes of UTF-8.
    String(&'a str),
    /// Type 8, milliseconds (not seconds) since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Type 9, sixteen bytes.
    Uuid([u8; 16]),
}

impl<'a> HeaderValue<'a> {
    /// The text of a [`HeaderValue::String`].
    #[must_use]
    pub const fn as_str(&self) -> Option<&'a str> {
        match *self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The type's name: `true`, `false`, `byte`, `short`, `integer`, `long`, `bytes`, `string`,
    /// `timestamp` or `uuid`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Byte(_) => "byte",
            Self::Short(_) => "short",
            Self::Integer(_) => "integer",
            Self::Long(_) => "long",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "string",
            Self::Timestamp(_) => "timestamp",
            Self::Uuid(_) => "uuid",
        }
    }
}

impl From<bool> for HeaderValue<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i8> for HeaderValue<'_> {
    fn from(value: i8) -> Self {
        Self::Byte(value)
    }
}

impl From<i16> for HeaderValue<'_> {
    fn from(value: i16) -> Self {
        Self::Short(value)
    }
}

impl From<i32> for HeaderValue<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl From<i64> for HeaderValue<'_> {
    fn from(value: i64) -> Self {
        Self::Long(value)
    }
}

impl<'a> From<&'a [u8]> for HeaderValue<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a str> for HeaderValue<'a> {
    fn from(value: &'a str) -> Self {
        Self::String(value)
    }
}

/// A header: "key-value pairs where the key is a UTF-8 string and the value is one of several possible
/// data types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a name and a value are all a header can be")]
pub struct Header<'a> {
    /// 1 to 255 bytes.
    pub name: &'a str,
    /// The value.
    pub value: HeaderValue<'a>,
}

impl<'a> Header<'a> {
    /// A header of this name and value; `Header::new(":event-type", "messageStart")` is a string header.
    pub fn new(name: &'a str, value: impl Into<HeaderValue<'a>>) -> Self {
        Self { name, value: value.into() }
    }
}

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
