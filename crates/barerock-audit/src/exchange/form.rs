//! The JSON of an exchange's two heads, read and written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::invalid_base64;
use super::{ExchangeError, REQUEST_FILE, RESPONSE_FILE, RecordedHead, RecordedRequest};

#[derive(Deserialize)]
#[serde(expecting = "an object with method, uri, headers and body")]
struct RequestForm {
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: BodyForm,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or {\"base64\": text} as body")]
enum BodyForm {
    Text(String),
    Encoded { base64: String },
}

#[derive(Deserialize)]
#[serde(expecting = "an object with status and headers")]
struct HeadForm {
    status: u16,
    headers: Vec<(String, String)>,
}

pub(super) fn read_request(json: &[u8]) -> Result<RecordedRequest, ExchangeError> {
    let invalid = |problem| ExchangeError::Invalid { path: REQUEST_FILE.into(), problem };
    let form: RequestForm = serde_json::from_slice(json).map_err(|error| invalid(error.to_string()))?;
    let method: Method =
        form.method.parse().map_err(|_| invalid(format!("`method`: {:?} is invalid", form.method)))?;
    let body = match form.body {
        BodyForm::Text(text) => Bytes::from(text),
        BodyForm::Encoded { base64 } => STANDARD
            .decode(base64)
            .map(Bytes::from)
            .map_err(|error| invalid(format!("`body.base64`: {}", invalid_base64(&error))))?,
    };
    let request = RecordedRequest::new(method, form.uri, form.headers, body);
    match request.target() {
        Some(_) => Ok(request),
        None => Err(invalid(format!("`uri`: {:?} has no path", request.uri()))),
    }
}

pub(super) fn read_head(json: &[u8]) -> Result<RecordedHead, ExchangeError> {
    let invalid = |problem| ExchangeError::Invalid { path: RESPONSE_FILE.into(), problem };
    let form: HeadForm = serde_json::from_slice(json).map_err(|error| invalid(error.to_string()))?;
    RecordedHead::new(form.status, form.headers)
}

pub(super) fn write_request(request: &RecordedRequest) -> String {
    let body = match core::str::from_utf8(request.body()) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": STANDARD.encode(request.body()) }),
    };
    object(&[
        ("method", json!(request.method().as_str()).to_string()),
        ("uri", json!(request.uri()).to_string()),
        ("headers", header_lines(request.headers())),
        ("body", body.to_string()),
    ])
}

pub(super) fn write_head(head: &RecordedHead) -> String {
    object(&[("status", head.status.as_str().to_owned()), ("headers", header_lines(&head.headers))])
}

/// A member a line, in this order.
fn object(members: &[(&str, String)]) -> String {
    let lines: Vec<String> = members.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// A pair a line: the form a reader compares most easily.
fn header_lines(headers: &[(String, String)]) -> String {
    if headers.is_empty() {
        return "[]".to_owned();
    }
    let text = |text: &str| Value::from(text).to_string();
    let lines: Vec<String> =
        headers.iter().map(|(name, value)| format!("    [{}, {}]", text(name), text(value))).collect();
    format!("[\n{}\n  ]", lines.join(",\n"))
}
