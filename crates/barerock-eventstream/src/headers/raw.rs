//! Parsing of one header of a block, and iteration over all of them.

use super::HeaderFault;
use crate::error::{DecodeErrorKind, HeaderPart};
use crate::header::{Header, HeaderValue, header_type};
use crate::limits::MAX_HEADER_VALUE_LENGTH;

/// A header whose lengths are valid, and the bytes after it.
pub(super) struct RawHeader<'a> {
    pub(super) name: &'a [u8],
    pub(super) value_type: u8,
    pub(super) value: &'a [u8],
    pub(super) rest: &'a [u8],
}

impl<'a> RawHeader<'a> {
    /// Parses the header at the start of `bytes`.
    #[cfg_attr(feature = "fast", inline(always))]
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, HeaderFault> {
        let Some((&name_length, after)) = bytes.split_first() else {
            return Err(overrun(HeaderPart::Name, 1, bytes));
        };
        if name_length == 0 {
            // spec: eventstream#header-name "Header names MUST be at least one byte long."
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
                // spec: eventstream#header-type "The set of types is fixed and not open to extension."
                None => return Err((DecodeErrorKind::HeaderType { found: value_type }, after.len())),
            },
        };
        match after.split_at_checked(length) {
            Some((value, rest)) => Ok(Self { name, value_type, value, rest }),
            None => Err(overrun(HeaderPart::Value, length, after)),
        }
    }

    /// Checks that the name and a string value are UTF-8.
    pub(super) fn check_utf8(self) -> Result<Self, HeaderFault> {
        let check = |bytes: &[u8], part, behind: usize| {
            core::str::from_utf8(bytes).map(|_| ()).map_err(|error| {
                let left = bytes.len().saturating_sub(error.valid_up_to()).saturating_add(behind);
                // spec: eventstream#header-utf8 "Headers are key-value pairs where the key is a UTF-8 string"
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
        Ok(self)
    }

    /// Decodes the header; `None` for one that [`check`](super::check) would reject.
    #[inline]
    pub(super) fn decode(&self) -> Option<Header<'a>> {
        let value = HeaderValue::decode(self.value_type, self.value)?;
        Some(Header { name: core::str::from_utf8(self.name).ok()?, value })
    }
}

/// Iterator over the headers of a block, in wire order, up to the first with invalid lengths.
#[derive(Clone)]
pub(super) struct RawHeaders<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for RawHeaders<'a> {
    type Item = RawHeader<'a>;

    #[inline]
    fn next(&mut self) -> Option<RawHeader<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let header = RawHeader::read(self.0).ok()?;
        self.0 = header.rest;
        Some(header)
    }
}

#[cold]
fn overrun(part: HeaderPart, needed: usize, left: &[u8]) -> HeaderFault {
    let (needed, available) = (saturate(needed), saturate(left.len()));
    (DecodeErrorKind::HeaderOverrun { part, needed, available }, left.len())
}

pub(super) fn saturate(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
