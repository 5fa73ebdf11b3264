//! Event streams composed for the tests, and ways to break them.

use barerock_eventstream::{Header, HeaderValue, encode_frame};

/// A frame of these headers and this payload.
pub(crate) fn frame(headers: &[Header<'_>], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_frame(headers, payload, &mut out).unwrap();
    out
}

/// An event of Converse.
pub(crate) fn event(event_type: &str, payload: &str) -> Vec<u8> {
    let headers = [
        Header::new(":event-type", event_type),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
    ];
    frame(&headers, payload.as_bytes())
}

pub(crate) fn exception(exception_type: &str, payload: &str) -> Vec<u8> {
    let headers = [Header::new(":exception-type", exception_type), Header::new(":message-type", "exception")];
    frame(&headers, payload.as_bytes())
}

pub(crate) fn error_frame(code: &str, message: &str) -> Vec<u8> {
    let headers = [
        Header::new(":message-type", "error"),
        Header::new(":error-code", code),
        Header::new(":error-message", message),
    ];
    frame(&headers, b"")
}

/// A frame with a header of every type.
pub(crate) fn all_types() -> Vec<u8> {
    let uuid =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
    let headers = [
        Header::new("true", true),
        Header::new("false", false),
        Header::new("byte", -1_i8),
        Header::new("short", 258_i16),
        Header::new("integer", -65_536_i32),
        Header::new("long", i64::MAX),
        Header::new("bytes", &b"\x00\xfe"[..]),
        Header::new("string", "h\u{e9}"),
        Header::new("timestamp", HeaderValue::Timestamp(1_420_070_400_123)),
        Header::new("uuid", HeaderValue::Uuid(uuid)),
    ];
    frame(&headers, &[0, 1, 254, 255])
}

/// The stream with one bit of the byte at `offset` changed.
pub(crate) fn flipped(stream: &[u8], offset: usize) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream[offset] ^= 1;
    stream
}
