//! A line of JSON a frame, and one for the outcome.

use std::borrow::Cow;
use std::io::{self, Write};

use barerock_eventstream::{Header, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;

use super::value::uuid;
use super::{DumpFormat, PlacedFrame, StreamOutcome};

/// A line of JSON a frame, and one for the outcome.
#[derive(Debug, Default)]
pub struct Json(());

impl Json {
    /// A dump as lines of JSON.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[derive(Serialize)]
struct FrameLine<'a> {
    offset: u64,
    total_length: u32,
    headers_length: u32,
    prelude_crc: String,
    headers: Vec<HeaderMember<'a>>,
    payload: Payload<'a>,
    message_crc: String,
}

#[derive(Serialize)]
struct HeaderMember<'a> {
    name: &'a str,
    r#type: &'static str,
    value: Value<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Payload<'a> {
    Json(Cow<'a, RawValue>),
    Base64(String),
}

#[derive(Serialize)]
struct OutcomeLine<'a> {
    verdict: &'a str,
    frames: u64,
    bytes: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    looks_like: Option<String>,
}

impl DumpFormat for Json {
    fn frame(&mut self, out: &mut dyn Write, placed: &PlacedFrame<'_>) -> io::Result<()> {
        let (frame, prelude) = (&placed.frame, placed.frame.prelude());
        let line = FrameLine {
            offset: placed.offset,
            total_length: prelude.total_length(),
            headers_length: prelude.headers_length(),
            prelude_crc: format!("{:08x}", prelude.crc()),
            headers: frame.headers().map(header).collect(),
            payload: payload(frame.payload()),
            message_crc: format!("{:08x}", frame.message_crc()),
        };
        write_line(out, &line)
    }

    fn outcome(&mut self, out: &mut dyn Write, outcome: &StreamOutcome) -> io::Result<()> {
        let line = OutcomeLine {
            verdict: outcome.verdict.as_str(),
            frames: outcome.frames,
            bytes: outcome.bytes,
            offset: outcome.offset,
            error: (!outcome.is_complete()).then(|| outcome.to_string()),
            looks_like: outcome.looks_like().map(|lookalike| lookalike.to_string()),
        };
        write_line(out, &line)
    }
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn header(header: Header<'_>) -> HeaderMember<'_> {
    let value = match header.value {
        HeaderValue::Bool(value) => Value::Bool(value),
        HeaderValue::Byte(number) => Value::Number(number.into()),
        HeaderValue::Short(number) => Value::Number(number.into()),
        HeaderValue::Integer(number) => Value::Number(number.into()),
        HeaderValue::Long(number) | HeaderValue::Timestamp(number) => Value::Number(number),
        HeaderValue::Bytes(bytes) => Value::Text(STANDARD.encode(bytes).into()),
        HeaderValue::String(text) => Value::Text(text.into()),
        HeaderValue::Uuid(bytes) => Value::Text(uuid(bytes).into()),
    };
    HeaderMember { name: header.name, r#type: header.value.type_name(), value }
}

fn payload(bytes: &[u8]) -> Payload<'_> {
    match serde_json::from_slice::<&RawValue>(bytes) {
        Ok(json) => Payload::Json(one_line(json)),
        Err(_) => Payload::Base64(STANDARD.encode(bytes)),
    }
}

/// Line breaks in JSON stand between its tokens only, where a space is as good.
fn one_line(json: &RawValue) -> Cow<'_, RawValue> {
    if !json.get().contains(['\n', '\r']) {
        return Cow::Borrowed(json);
    }
    match RawValue::from_string(json.get().replace(['\n', '\r'], " ")) {
        Ok(line) => Cow::Owned(line),
        // JSON stays JSON.
        Err(_) => Cow::Borrowed(json),
    }
}
