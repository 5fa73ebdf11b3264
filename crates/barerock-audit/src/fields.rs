//! Which byte of a stream is which field: for annotated dumps, also of broken streams.

use core::fmt;
use core::ops::Range;

use barerock_eventstream::{Frame, Limits, PRELUDE_LENGTH, Prelude, header_type};

/// Where in a frame the headers length and the prelude CRC are.
const HEADERS_LENGTH_AT: usize = 4;
const PRELUDE_CRC_AT: usize = 8;

/// Bytes of the message CRC, the last of a frame.
pub(crate) const MESSAGE_CRC_LENGTH: usize = 4;

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

/// A run of at least one byte of a stream, and the field it belongs to.
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
/// use barerock_audit::{FieldName, Fields};
/// use barerock_eventstream::Limits;
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
                    header_type::BYTES | header_type::STRING => Step::ValueLength,
                    // Where the next header begins depends on the type.
                    value_type => Step::Value(header_type::fixed_length(value_type).unwrap_or(usize::MAX)),
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

    /// A field of a header. If it is longer than the header block, the rest of the block is an undecoded field.
    fn in_headers(&mut self, name: FieldName, length: usize) -> Option<Field> {
        let left = self.left_in_headers();
        if length <= left {
            return self.field(name, length);
        }
        self.next = Step::Payload;
        self.field(FieldName::Undecoded, left)
    }
}

/// A length from the wire as an index. Where `usize` is too small for it, no slice is that long either.
fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;
    use barerock_eventstream::{FrameEncoder, Header};

    fn frame() -> Vec<u8> {
        FrameEncoder::new().encode(&[Header::new("a", "xy"), Header::new("b", true)], b"{}").unwrap()
    }

    /// Recomputes the message CRC of the only frame in `bytes`.
    fn reseal(bytes: &mut [u8]) {
        let (covered, crc) = bytes.split_last_chunk_mut::<MESSAGE_CRC_LENGTH>().unwrap();
        *crc = crc32fast::hash(covered).to_be_bytes();
    }

    /// The fields as (name, length); that they leave no gap is checked on the way.
    fn names(stream: &[u8]) -> Vec<(FieldName, usize)> {
        let mut end = 0;
        let fields = Fields::new(stream, Limits::default()).map(|field| {
            assert_eq!(field.range.start, end, "{field:?}");
            end = field.range.end;
            (field.name, field.range.len())
        });
        let fields: Vec<_> = fields.collect();
        assert_eq!(end, stream.len());
        fields
    }

    const PRELUDE: [(FieldName, usize); 3] =
        [(FieldName::TotalLength, 4), (FieldName::HeadersLength, 4), (FieldName::PreludeCrc, 4)];
    const HEADER_A: [(FieldName, usize); 5] = [
        (FieldName::HeaderNameLength, 1),
        (FieldName::HeaderName, 1),
        (FieldName::HeaderType, 1),
        (FieldName::HeaderValueLength, 2),
        (FieldName::HeaderValue, 2),
    ];
    const HEADER_B: [(FieldName, usize); 3] =
        [(FieldName::HeaderNameLength, 1), (FieldName::HeaderName, 1), (FieldName::HeaderType, 1)];
    const END: [(FieldName, usize); 2] = [(FieldName::Payload, 2), (FieldName::MessageCrc, 4)];

    #[test]
    fn a_good_stream_has_every_field() {
        let stream = frame().repeat(2);
        let one = [&PRELUDE[..], &HEADER_A, &HEADER_B, &END].concat();
        assert_eq!(names(&stream), one.repeat(2));
        assert_eq!(Fields::new(&stream, Limits::default()).last().map(|field| field.frame), Some(1));
    }

    #[test]
    fn a_wrong_prelude_leaves_the_rest_undecoded() {
        let mut stream = frame();
        stream[9] ^= 1;
        let rest = stream.len() - PRELUDE_LENGTH;
        assert_eq!(names(&stream), [&PRELUDE[..], &[(FieldName::Undecoded, rest)]].concat());
    }

    #[test]
    fn a_wrong_message_crc_leaves_the_next_frame_undecoded() {
        let mut stream = frame().repeat(2);
        let length = stream.len() / 2;
        stream[length - 5] ^= 1;
        let one = [&PRELUDE[..], &HEADER_A, &HEADER_B, &END].concat();
        assert_eq!(names(&stream), [&one[..], &[(FieldName::Undecoded, length)]].concat());
    }

    #[test]
    fn a_broken_header_leaves_the_rest_of_its_block_undecoded() {
        let mut unknown_type = frame();
        unknown_type[14] = 200;
        reseal(&mut unknown_type);
        let expected = [&PRELUDE[..], &HEADER_A[..3], &[(FieldName::Undecoded, 7)], &END].concat();
        assert_eq!(names(&unknown_type), expected);

        let mut long_value = frame();
        long_value[16] = 9;
        reseal(&mut long_value);
        let expected = [&PRELUDE[..], &HEADER_A[..4], &[(FieldName::Undecoded, 5)], &END].concat();
        assert_eq!(names(&long_value), expected);
    }

    #[test]
    fn every_cut_keeps_every_byte_and_marks_the_last_field() {
        let whole = frame();
        let boundaries: Vec<usize> =
            Fields::new(&whole, Limits::default()).map(|field| field.range.end).collect();
        for end in 0..whole.len() {
            let cut = &whole[..end];
            names(cut);
            let last = Fields::new(cut, Limits::default()).last();
            let is_boundary = end == 0 || boundaries.contains(&end);
            assert_eq!(last.is_some_and(|field| field.is_cut), !is_boundary, "cut at {end}");
        }
    }
}
