//! Encoding of frames.

use crate::error::EncodeError;
use crate::header::{Header, HeaderValue, header_type};
use crate::headers::{SeenNames, first_repeat};
use crate::limits::{
    Limits, MAX_HEADER_NAME_LENGTH, MAX_HEADER_VALUE_LENGTH, MAX_PAYLOAD_LENGTH, MESSAGE_OVERHEAD, index,
};

/// Encodes frames within the same [`Limits`] that a decoder checks.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameEncoder {
    limits: Limits,
}

/// Checked lengths of a frame.
struct Lengths {
    total: u32,
    headers: u32,
}

impl FrameEncoder {
    /// Creates an encoder with the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an encoder with these limits.
    #[must_use]
    pub const fn with_limits(limits: Limits) -> Self {
        Self { limits }
    }

    /// Encodes a frame into a new buffer, for example to send it as a chunk of an HTTP body.
    ///
    /// # Errors
    ///
    /// If a header is invalid, or the headers, the payload or the frame exceed a limit.
    #[cfg(feature = "alloc")]
    pub fn encode(&self, headers: &[Header<'_>], payload: &[u8]) -> Result<alloc::vec::Vec<u8>, EncodeError> {
        let mut frame = alloc::vec::Vec::new();
        self.append(headers, payload, &mut frame)?;
        Ok(frame)
    }

    /// Appends a frame to `out`; on an error `out` is unchanged.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    #[cfg(feature = "alloc")]
    pub fn append(
        &self,
        headers: &[Header<'_>],
        payload: &[u8],
        out: &mut alloc::vec::Vec<u8>,
    ) -> Result<(), EncodeError> {
        let lengths = self.lengths(headers, payload)?;
        let start = out.len();
        out.reserve_exact(index(lengths.total));
        out.resize(start.saturating_add(index(lengths.total)), 0);
        if let Some(frame) = out.get_mut(start..) {
            write_frame(&lengths, headers, payload, frame);
        }
        Ok(())
    }

    /// Writes a frame to the start of `out` and returns its length; on an error `out` is unchanged.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode), and [`EncodeError::BufferTooSmall`] if the frame does not fit.
    pub fn encode_into(
        &self,
        headers: &[Header<'_>],
        payload: &[u8],
        out: &mut [u8],
    ) -> Result<usize, EncodeError> {
        let lengths = self.lengths(headers, payload)?;
        let needed = index(lengths.total);
        let available = out.len();
        let frame = out.get_mut(..needed).ok_or(EncodeError::BufferTooSmall { needed, available })?;
        write_frame(&lengths, headers, payload, frame);
        Ok(needed)
    }

    /// Checks headers and payload before a byte is written.
    fn lengths(&self, headers: &[Header<'_>], payload: &[u8]) -> Result<Lengths, EncodeError> {
        let limits = self.limits;
        if headers.len() > index(limits.max_headers()) {
            return Err(EncodeError::TooManyHeaders { count: headers.len(), limit: limits.max_headers() });
        }
        let mut headers_length: usize = 0;
        let mut seen = SeenNames::default();
        let mut may_repeat = false;
        for (position, header) in headers.iter().enumerate() {
            headers_length = headers_length.saturating_add(header_length(header, position)?);
            may_repeat |= seen.maybe(header.name.as_bytes());
        }
        if may_repeat && !limits.duplicate_headers() {
            if let Some((_, position)) = first_repeat(headers.iter().map(|header| header.name.as_bytes())) {
                return Err(EncodeError::DuplicateHeader { position });
            }
        }
        if headers_length > index(limits.max_headers_length()) {
            let limit = limits.max_headers_length();
            return Err(EncodeError::HeadersTooLong { length: headers_length, limit });
        }
        if payload.len() > index(MAX_PAYLOAD_LENGTH) {
            return Err(EncodeError::PayloadTooLong { length: payload.len(), limit: MAX_PAYLOAD_LENGTH });
        }
        let total = headers_length.saturating_add(payload.len()).saturating_add(index(MESSAGE_OVERHEAD));
        let limit = limits.max_message_length();
        let too_long = EncodeError::MessageTooLong { length: total, limit };
        let headers = u32::try_from(headers_length).map_err(|_| too_long)?;
        match u32::try_from(total) {
            Ok(total) if total <= limit => Ok(Lengths { total, headers }),
            _ => Err(too_long),
        }
    }
}

/// Appends a frame to `out` with the default [`Limits`]; on an error `out` is unchanged.
///
/// # Errors
///
/// If a header is invalid, or the headers, the payload or the frame exceed a limit.
#[cfg(feature = "alloc")]
pub fn encode_frame(
    headers: &[Header<'_>],
    payload: &[u8],
    out: &mut alloc::vec::Vec<u8>,
) -> Result<(), EncodeError> {
    FrameEncoder::new().append(headers, payload, out)
}

/// Returns the length of an encoded header: name length, name, type, value.
fn header_length(header: &Header<'_>, position: usize) -> Result<usize, EncodeError> {
    let name = header.name.len();
    if name == 0 || name > MAX_HEADER_NAME_LENGTH {
        return Err(EncodeError::HeaderNameLength { position, length: name, limit: MAX_HEADER_NAME_LENGTH });
    }
    let value = match header.value {
        HeaderValue::Bool(_) => 0,
        HeaderValue::Byte(_) => 1,
        HeaderValue::Short(_) => 2,
        HeaderValue::Integer(_) => 4,
        HeaderValue::Long(_) | HeaderValue::Timestamp(_) => 8,
        HeaderValue::Uuid(_) => 16,
        HeaderValue::Bytes(bytes) => prefixed_length(bytes, position)?,
        HeaderValue::String(text) => prefixed_length(text.as_bytes(), position)?,
    };
    Ok(name.saturating_add(2).saturating_add(value))
}

/// Returns the length of an encoded value that is preceded by its length.
fn prefixed_length(value: &[u8], position: usize) -> Result<usize, EncodeError> {
    if value.len() > usize::from(MAX_HEADER_VALUE_LENGTH) {
        let (length, limit) = (value.len(), MAX_HEADER_VALUE_LENGTH);
        return Err(EncodeError::HeaderValueLength { position, length, limit });
    }
    Ok(value.len().saturating_add(2))
}

/// Writes the frame into `frame`, whose length is the frame's.
fn write_frame(lengths: &Lengths, headers: &[Header<'_>], payload: &[u8], frame: &mut [u8]) {
    let mut writer = Writer { out: frame, position: 0 };
    writer.put(&lengths.total.to_be_bytes());
    writer.put(&lengths.headers.to_be_bytes());
    writer.put_crc();
    for header in headers {
        write_header(header, &mut writer);
    }
    writer.put(payload);
    writer.put_crc();
    debug_assert_eq!(writer.position, writer.out.len());
}

fn write_header(header: &Header<'_>, writer: &mut Writer<'_>) {
    // Cannot fall back: `header_length` has checked the length.
    writer.put(&[u8::try_from(header.name.len()).unwrap_or(u8::MAX)]);
    writer.put(header.name.as_bytes());
    match header.value {
        HeaderValue::Bool(true) => writer.put(&[header_type::TRUE]),
        HeaderValue::Bool(false) => writer.put(&[header_type::FALSE]),
        HeaderValue::Byte(value) => writer.put_value(header_type::BYTE, &value.to_be_bytes()),
        HeaderValue::Short(value) => writer.put_value(header_type::SHORT, &value.to_be_bytes()),
        HeaderValue::Integer(value) => writer.put_value(header_type::INTEGER, &value.to_be_bytes()),
        HeaderValue::Long(value) => writer.put_value(header_type::LONG, &value.to_be_bytes()),
        HeaderValue::Timestamp(value) => writer.put_value(header_type::TIMESTAMP, &value.to_be_bytes()),
        HeaderValue::Uuid(value) => writer.put_value(header_type::UUID, &value),
        HeaderValue::Bytes(value) => writer.put_prefixed(header_type::BYTES, value),
        HeaderValue::String(value) => writer.put_prefixed(header_type::STRING, value.as_bytes()),
    }
}

/// Writer into a buffer whose length was computed in advance.
struct Writer<'a> {
    out: &'a mut [u8],
    position: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let rest = self.out.get_mut(self.position..).unwrap_or_default();
        if let Some(to) = rest.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
            self.position = self.position.saturating_add(bytes.len());
        }
    }

    fn put_value(&mut self, value_type: u8, value: &[u8]) {
        self.put(&[value_type]);
        self.put(value);
    }

    fn put_prefixed(&mut self, value_type: u8, value: &[u8]) {
        self.put(&[value_type]);
        self.put(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.put(value);
    }

    /// Writes the message CRC: "The checksum of all the data from the start of the message to the start of the checksum."
    fn put_crc(&mut self) {
        let crc = crate::crc::hash(self.out.get(..self.position).unwrap_or_default());
        self.put(&crc.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::{vec, vec::Vec};

    use super::*;

    #[test]
    fn a_frame_is_written_byte_for_byte() {
        let expected = b"\0\0\0\x3d\0\0\0\x20\x07\xfd\x83\x96\x0ccontent-type\x07\0\x10application/json\
            {'foo':'bar'}\x8d\x9c\x08\xb1";
        let headers = [Header::new("content-type", "application/json")];
        let payload = b"{'foo':'bar'}";
        let encoder = FrameEncoder::new();
        assert_eq!(encoder.encode(&headers, payload).unwrap(), expected);

        let mut buffer = [0xee; 70];
        assert_eq!(encoder.encode_into(&headers, payload, &mut buffer), Ok(expected.len()));
        assert_eq!((&buffer[..61], &buffer[61..]), (&expected[..], &[0xee; 9][..]));
    }

    #[test]
    fn a_frame_is_written_whole_or_not_at_all() {
        let long = "v".repeat(32_768);
        let headers = [Header::new("good", "value"), Header::new("long", long.as_str())];
        let mut out = vec![1, 2, 3];
        assert!(encode_frame(&headers, b"", &mut out).is_err());
        assert_eq!(out, [1, 2, 3]);
        encode_frame(&headers[..1], b"", &mut out).unwrap();
        assert_eq!(out.len(), 3 + 16 + 13);

        let mut small = [0xee; 28];
        let error = FrameEncoder::new().encode_into(&headers[..1], b"", &mut small).unwrap_err();
        assert_eq!(error, EncodeError::BufferTooSmall { needed: 29, available: 28 });
        assert_eq!(small, [0xee; 28]);
    }

    #[test]
    fn what_no_frame_holds_is_refused() {
        let (name, value) = ("n".repeat(256), "v".repeat(32_768));
        let numbers: Vec<_> = (0..1025).map(|number: u32| number.to_string()).collect();
        let many: Vec<_> = numbers.iter().map(|name| Header::new(name, true)).collect();
        let long: Vec<_> = numbers[..5].iter().map(|name| Header::new(name, &value[1..])).collect();
        let small = Limits::default().with_max_message_length(20);
        let cases: &[(&[Header<'_>], &[u8], Limits, &str)] = &[
            (&[Header::new("", true)], b"", Limits::default(), "name of header 0 has 0 bytes, not 1 to 255"),
            (
                &[Header::new(&name, true)],
                b"",
                Limits::default(),
                "name of header 0 has 256 bytes, not 1 to 255",
            ),
            (
                &[Header::new("a", true), Header::new("b", value.as_str())],
                b"",
                Limits::default(),
                "value of header 1 has 32768 bytes, over the limit of 32767",
            ),
            (
                &[Header::new("a", true), Header::new("b", true), Header::new("a", false)],
                b"",
                Limits::default(),
                "header 2 has the name of an earlier header",
            ),
            (&many, b"", Limits::default(), "1025 headers are over the limit of 1024"),
            (&long, b"", Limits::default(), "headers of 163860 bytes are over the limit of 131072"),
            (&[], b"12345", small, "message of 21 bytes is over the limit of 20"),
        ];
        for (headers, payload, limits, expected) in cases {
            let error = FrameEncoder::with_limits(*limits).encode(headers, payload).unwrap_err();
            assert_eq!(error.to_string(), *expected);
        }
        let payload = vec![0; 25_165_825];
        let error = FrameEncoder::new().encode(&[], &payload).unwrap_err();
        assert_eq!(error.to_string(), "payload of 25165825 bytes is over the limit of 25165824");
    }

    #[test]
    fn a_duplicate_may_be_allowed() {
        let headers = [Header::new("a", true), Header::new("a", false)];
        let limits = Limits::default().with_duplicate_headers(true);
        assert!(FrameEncoder::with_limits(limits).encode(&headers, b"").is_ok());
    }
}
