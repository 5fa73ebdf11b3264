//! Test frames, and functions to decode and describe them.

use aws_smithy_types::DateTime;
use aws_smithy_types::event_stream::{Header as SmithyHeader, HeaderValue as SmithyValue, Message};
use barerock_eventstream::{DecodeError, Frame, FrameDecoder, Header, HeaderValue, Limits, OwnedFrame};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Returns six frames with everything that may occur in a Converse stream: event, exception, error, other message
/// types, all header types.
#[must_use]
pub fn stream() -> Vec<u8> {
    let event = |event_type| {
        vec![
            Header::new(":event-type", event_type),
            Header::new(":content-type", "application/json"),
            Header::new(":message-type", "event"),
        ]
    };
    let all_types = vec![
        Header::new("true", true),
        Header::new("false", false),
        Header::new("byte", -1_i8),
        Header::new("short", -2_i16),
        Header::new("integer", -3_i32),
        Header::new("long", -4_i64),
        Header::new("bytes", &[0, 128, 255][..]),
        Header::new("stra\u{df}e", "gr\u{fc}n"),
        Header::new("timestamp", HeaderValue::Timestamp(1_700_000_000_123)),
        Header::new("uuid", HeaderValue::Uuid(*b"0123456789abcdef")),
    ];
    let exception = vec![
        Header::new(":exception-type", "throttlingException"),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "exception"),
    ];
    let error = vec![
        Header::new(":message-type", "error"),
        Header::new(":error-code", "InternalError"),
        Header::new(":error-message", "An internal server error occurred."),
    ];
    let frames: [(Vec<Header<'_>>, &[u8]); 6] = [
        (event("messageStart"), br#"{"p":"abcdefghijkl","role":"assistant"}"#),
        (
            event("contentBlockDelta"),
            r#"{"contentBlockIndex":0,"delta":{"text":"Grüße"},"p":"ab"}"#.as_bytes(),
        ),
        (all_types, &[0, 1, 2, 255]),
        (vec![], b""),
        (error, b""),
        (exception, br#"{"message":"Too many tokens, please wait before trying again."}"#),
    ];
    let mut stream = Vec::new();
    for (headers, payload) in frames {
        barerock_eventstream::encode_frame(&headers, payload, &mut stream).expect("a good frame");
    }
    stream
}

/// Recomputes the CRCs of the frame at the start of `bytes`, as far as its lengths are valid.
pub fn reseal(bytes: &mut [u8]) {
    let prelude_crc = crc32fast::hash(&bytes[..8]).to_be_bytes();
    bytes[8..12].copy_from_slice(&prelude_crc);
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let length = usize::try_from(length).expect("a length");
    if (16..=bytes.len()).contains(&length) {
        let crc = crc32fast::hash(&bytes[..length - 4]).to_be_bytes();
        bytes[length - 4..length].copy_from_slice(&crc);
    }
}

/// Decodes the chunks and returns the frames, and the final error if any.
pub fn decode<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    limits: Limits,
) -> (Vec<OwnedFrame>, Option<DecodeError>) {
    let mut frames = Vec::new();
    let mut decoder = FrameDecoder::with_limits(limits);
    for mut chunk in chunks {
        loop {
            match decoder.next_frame(&mut chunk) {
                Ok(Some(frame)) => frames.push(frame.to_owned()),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, decoder.finish().err())
}

/// Converts a header into the type of `aws-smithy-eventstream`.
#[must_use]
pub fn to_smithy(header: &Header<'_>) -> SmithyHeader {
    let value = match header.value {
        HeaderValue::Bool(value) => SmithyValue::Bool(value),
        HeaderValue::Byte(value) => SmithyValue::Byte(value),
        HeaderValue::Short(value) => SmithyValue::Int16(value),
        HeaderValue::Integer(value) => SmithyValue::Int32(value),
        HeaderValue::Long(value) => SmithyValue::Int64(value),
        HeaderValue::Bytes(value) => SmithyValue::ByteArray(value.to_vec().into()),
        HeaderValue::String(value) => SmithyValue::String(value.to_owned().into()),
        HeaderValue::Timestamp(value) => SmithyValue::Timestamp(DateTime::from_millis(value)),
        HeaderValue::Uuid(value) => SmithyValue::Uuid(u128::from_be_bytes(value)),
    };
    SmithyHeader::new(header.name.to_owned(), value)
}

/// Converts a frame into the type of `aws-smithy-eventstream`.
#[must_use]
pub fn to_message(frame: &Frame<'_>) -> Message {
    let headers = frame.headers().map(|header| to_smithy(&header)).collect();
    Message::new_from_parts(headers, frame.payload().to_vec())
}

/// Describes a frame in the JSON format of the vectors: `{total_length, headers_length, prelude_crc, headers: [{name,
/// type, value}], payload_base64, message_crc}`.
#[must_use]
pub fn describe(frame: &Frame<'_>) -> Value {
    let headers: Vec<Value> = frame
        .headers()
        .map(|header| {
            let (value_type, value) = match header.value {
                HeaderValue::Bool(value) => (if value { "bool_true" } else { "bool_false" }, json!(value)),
                HeaderValue::Byte(value) => ("byte", json!(value)),
                HeaderValue::Short(value) => ("int16", json!(value)),
                HeaderValue::Integer(value) => ("int32", json!(value)),
                HeaderValue::Long(value) => ("int64", json!(value)),
                HeaderValue::Bytes(value) => ("bytes", json!(STANDARD.encode(value))),
                HeaderValue::String(value) => ("string", json!(value)),
                HeaderValue::Timestamp(value) => ("timestamp_ms", json!(value)),
                HeaderValue::Uuid(value) => ("uuid", json!(format!("{:032x}", u128::from_be_bytes(value)))),
            };
            json!({"name": header.name, "type": value_type, "value": value})
        })
        .collect();
    json!({
        "total_length": frame.total_length(),
        "headers_length": frame.prelude().headers_length(),
        "prelude_crc": frame.prelude().crc(),
        "headers": headers,
        "payload_base64": STANDARD.encode(frame.payload()),
        "message_crc": frame.message_crc(),
    })
}
