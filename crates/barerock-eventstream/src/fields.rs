//! Which byte of a stream is which field: for annotated dumps, also of broken streams.

use core::fmt;
use core::ops::Range;

use crate::frame::Frame;
use crate::header::wire_type;
use crate::limits::{Limits, PRELUDE_LENGTH, index};
use crate::prelude::{HEADERS_LENGTH_AT, MESSAGE_CRC_LENGTH, PRELUDE_CRC_AT, Prelude};

/// What a run of bytes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldName {
    /// The length of the whole frame.
    TotalLength,
    /// The length of the header block.
    HeadersLength,
    /// The CRC of the two lengths.
    PreludeCrc,
    /// The length of a header's name.
    HeaderNameLength,
    /// A header's name.
    HeaderName,
    /// A header's type.
    HeaderType,
    /// The length of a byte array or string.
    HeaderValueLength,
    /// A header's value.
    HeaderValue,
    /// The payload.
    Payload,
    /// The CRC of the whole frame.
    MessageCrc,
    /// Bytes that a fault leaves without a meaning: the rest of a header block after a broken header, or
    /// the rest of the stream after a broken frame.
    Undecoded,
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TotalLength => "total length",
            Self::HeadersLength => "headers length",
            Self::PreludeCrc => "prelude CRC",
            Self::HeaderNameLength => "header name length",
            Self::HeaderName => "header name",
            Self::HeaderType => "header type",
            Self::HeaderValueLength => "header value length",
            Self::HeaderValue => "header value",
            Self::Payload => "payload",
            Self::MessageCrc => "message CRC",
            Self::Undecoded => "undecoded",
        })
    }
}

/// A run of bytes of a stream. It has at least one byte.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// What the bytes are.
    pub name: FieldName,
    /// Where in the stream they are.
    pub range: Range<usize>,
    /// The frame they belong to, counted from 0.
    pub frame: u64,
    /// Whether the stream ends before the field does.
    pub is_cut: bool,
}

/// The fields of a stream, in order and without gaps: every byte belongs to exactly one.
///
/// Nothing here is a verdict: a field is named by the lengths before it, whatever the CRCs say. What a
/// decoder would refuse ends the naming where the decoder would stop.
///
/// ```
/// use barerock_eventstream::{FieldName, Fields, Limits};
///
/// let empty_message = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
/// let names: Vec<_> = Fields::new(&empty_message, Limits::default()).map(|field| field.name).collect();
/// assert_eq!(
///     names,
///     [FieldName::TotalLength, FieldName::HeadersLength, FieldName::PreludeCrc, FieldName::MessageCrc]
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    stream: &'a [u8],
    limits: Limits,
    position: usize,
    frame: u64,
    frame_start: usize,
    headers_end: usize,
    payload_end: usize,
    is_faulty: bool,
    next: Step,
}

/// What comes next in the frame.
#[derive(Clone, Copy, Debug)]
enum Step {
    TotalLength,
    HeadersLength,
    PreludeCrc,
    NameLength,
    Name(u8),
    Type,
    ValueLength,
    Value(usize),
    Payload,
    MessageCrc,
    Undecoded,
}

impl<'a> Fields<'a> {
    /// The fields of a stream that begins at the first of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8], limits: Limits) -> Self {
        Self {
            stream: bytes,
            limits,
            position: 0,
            frame: 0,
            frame_start: 0,
            headers_end: 0,
            payload_end: 0,
            is_faulty: false,
            next: Step::TotalLength,
        }
    }

    /// The field at the position if it is `length` bytes long; `None` where it has none.
    fn field(&mut self, name: FieldName, length: usize) -> Option<Field> {
        let end = self.position.saturating_add(length);
        let (range, is_cut) = (self.position..end.min(self.stream.len()), end > self.stream.len());
        self.position = range.end;
        (!range.is_empty()).then_some(Field { name, range, frame: self.frame, is_cut })
    }

    fn byte(&self) -> Option<u8> {
        self.stream.get(self.position).copied()
    }

    fn left_in_headers(&self) -> usize {
        self.headers_end.saturating_sub(self.position)
    }

    /// Reads the prelude that was just passed, which says where the frame's parts end.
    fn enter_frame(&mut self) -> Step {
        let rest = self.stream.get(self.frame_start..).unwrap_or_default();
        let Some(Ok(prelude)) = rest.first_chunk().map(|start| Prelude::parse(start, self.limits)) else {
            return Step::Undecoded;
        };
        let length = index(prelude.total_length());
        self.headers_end = self.position.saturating_add(index(prelude.headers_length()));
        self.payload_end = self.headers_end.saturating_add(index(prelude.payload_length()));
        self.is_faulty = rest.get(..length).is_some_and(|frame| Frame::parse(frame, self.limits).is_err());
        Step::NameLength
    }

    /// The next field, or `None` where the step has no bytes.
    fn step(&mut self) -> Option<Field> {
        match self.next {
            Step::TotalLength => {
                self.frame_start = self.position;
                self.next = Step::HeadersLength;
                self.field(FieldName::TotalLength, HEADERS_LENGTH_AT)
            }
            Step::HeadersLength => {
                self.next = Step::PreludeCrc;
                self.field(FieldName::HeadersLength, PRELUDE_CRC_AT.saturating_sub(HEADERS_LENGTH_AT))
            }
            Step::PreludeCrc => {
                let field = self.field(FieldName::PreludeCrc, PRELUDE_LENGTH.saturating_sub(PRELUDE_CRC_AT));
                self.next = self.enter_frame();
                field
            }
            Step::NameLength if self.left_in_headers() == 0 => {
                self.next = Step::Payload;
                None
            }
            Step::NameLength => {
                self.next = Step::Name(self.byte()?);
                self.field(FieldName::HeaderNameLength, 1)
            }
            Step::Name(length) => {
                self.next = Step::Type;
                self.in_headers(FieldName::HeaderName, usize::from(length))
            }
            Step::Type => {
                self.next = match self.byte()? {
                    wire_type::BYTES | wire_type::STRING => Step::ValueLength,
                    // Without a type there is no telling where the next header begins.
                    value_type => Step::Value(wire_type::fixed_length(value_type).unwrap_or(usize::MAX)),
                };
                self.in_headers(FieldName::HeaderType, 1)
            }
            Step::ValueLength => {
                let length = self.stream.get(self.position..).and_then(|rest| rest.first_chunk().copied());
                self.next =
                    Step::Value(length.map_or(usize::MAX, |bytes| usize::from(u16::from_be_bytes(bytes))));
                self.in_headers(FieldName::HeaderValueLength, 2)
            }
            Step::Value(length) => {
                self.next = Step::NameLength;
                self.in_headers(FieldName::HeaderValue, length)
            }
            Step::Payload => {
                self.next = Step::MessageCrc;
                self.field(FieldName::Payload, self.payload_end.saturating_sub(self.position))
            }
            Step::MessageCrc => {
                let field = self.field(FieldName::MessageCrc, MESSAGE_CRC_LENGTH);
                (self.next, self.frame) = match self.is_faulty {
                    true => (Step::Undecoded, self.frame),
                    false => (Step::TotalLength, self.frame.saturating_add(1)),
                };
                field
            }
            Step::Undecoded => {
                self.field(FieldName::Undecoded, self.stream.len().saturating_sub(self.position))
            }
        }
    }

    /// A field of a header; where it would leave the header block, what is left of that is undecoded.
    fn in_headers(&mut self, name: FieldName, length: usize) -> Option<Field> {
        let left = self.left_in_headers();
        if length <= left {
            return self.field(name, length);
        }
        self.next = Step::Payload;
        self.field(FieldName::Undecoded, left)
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        while self.position < self.stream.len() {
            if let Some(field) = self.step() {
                return Some(field);
            }
        }
        None
    }
}

impl core::iter::FusedIterator for Fields<'_> {}
