//! Archives, read entry by entry.

use core::time::Duration;

use barerock_eventstream::{Frame, Limits, MEDIA_TYPE, Status};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::HarEntry;
use crate::Exchange;
use crate::exchange::error::invalid_base64;
use crate::exchange::timing::parse_time;
use crate::exchange::{ExchangeError, RecordedHead, RecordedRequest, RecordedResponse, Timing};
use crate::text::count;

/// The header that says how a body was encoded, which the bodies of an archive are not.
const CONTENT_ENCODING: &str = "content-encoding";

#[derive(Deserialize)]
#[serde(expecting = "an object with log")]
struct Archive<'a> {
    #[serde(borrow)]
    log: Log<'a>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with entries")]
struct Log<'a> {
    #[serde(borrow)]
    entries: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with request and response")]
struct Entry<'a> {
    #[serde(rename = "startedDateTime")]
    started: Option<String>,
    #[serde(borrow)]
    request: &'a RawValue,
    #[serde(borrow)]
    response: &'a RawValue,
    #[serde(default)]
    timings: Timings,
    #[serde(rename = "_barerock", borrow)]
    ours: Option<&'a RawValue>,
}

/// Milliseconds; -1 if unknown.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Timings {
    connect: Option<f64>,
    ssl: Option<f64>,
    wait: Option<f64>,
    receive: Option<f64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with method and url")]
struct Request<'a> {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<NamedValue>,
    #[serde(rename = "postData", borrow)]
    post_data: Option<&'a RawValue>,
    #[serde(rename = "bodySize")]
    body_size: Option<i64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with status")]
struct Response<'a> {
    status: u16,
    #[serde(default)]
    headers: Vec<NamedValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(rename = "bodySize")]
    body_size: Option<i64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with name and value")]
struct NamedValue {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with text")]
struct Content {
    size: Option<i64>,
    #[serde(rename = "mimeType")]
    media_type: Option<String>,
    text: Option<String>,
    encoding: Option<String>,
}

/// The exchanges, or what is wrong with which member.
pub(super) fn entries(json: &[u8]) -> Result<Vec<HarEntry>, String> {
    let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    let archive: Archive<'_> = serde_json::from_slice(json).map_err(|error| match error.classify() {
        Category::Data => format!("not an HTTP archive: {error}"),
        _ => format!("invalid JSON: {error}"),
    })?;
    let mut entries = Vec::new();
    for (index, entry) in archive.log.entries.into_iter().enumerate() {
        let exchange = exchange(entry).map_err(|problem| format!("entries[{index}]{problem}"))?;
        entries.extend(exchange.map(|exchange| HarEntry { index, exchange }));
    }
    Ok(entries)
}

/// The exchange of an entry; `None` if it has no response.
fn exchange(entry: &RawValue) -> Result<Option<Exchange>, String> {
    let entry: Entry<'_> = member(entry, "")?;
    let response: Response<'_> = member(entry.response, ".response")?;
    if response.status == 0 {
        return Ok(None);
    }
    let request = request(member(entry.request, ".request")?)?;
    let body = response_body(&response)?;
    let timing = match entry.ours {
        Some(ours) => Timing::parse(ours.get().as_bytes(), count(&body))
            .map_err(|problem| format!("._barerock: {problem}"))?,
        None => timing(&entry, !body.is_empty()),
    };
    let mut headers = pairs(response.headers);
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case(CONTENT_ENCODING));
    let head = RecordedHead::new(response.status, headers).map_err(|error| match error {
        ExchangeError::Invalid { problem, .. } => format!(".response: {problem}"),
        error => format!(".response: {error}"),
    })?;
    let response = RecordedResponse::new(head, body).with_timing(timing);
    Ok(Some(Exchange { request, response }))
}

fn request(form: Request<'_>) -> Result<RecordedRequest, String> {
    let Request { method, url, headers, post_data, body_size } = form;
    let parsed: Method = method.parse().map_err(|_| format!(".request.method: {method:?} is invalid"))?;
    let body = match post_data {
        Some(data) => {
            let content: Content = member(data, ".request.postData")?;
            bytes(content, ".request.postData", body_size)?
        }
        None if body_size.is_some_and(|size| size > 0) => {
            return Err(".request.postData: missing: saved without request bodies".to_owned());
        }
        None => Bytes::new(),
    };
    let request = RecordedRequest::new(parsed, url, pairs(headers), body);
    match request.target() {
        Some(_) => Ok(request),
        None => Err(format!(".request.url: {:?} has no path", request.uri())),
    }
}

fn response_body(response: &Response<'_>) -> Result<Bytes, String> {
    let place = ".response.content";
    match response.content {
        Some(content) => bytes(member(content, place)?, place, response.body_size),
        None if response.body_size.is_some_and(|size| size > 0) => {
            Err(format!("{place}: missing: saved without response bodies"))
        }
        None => Ok(Bytes::new()),
    }
}

/// The bytes of a body that is text or base64.
fn bytes(content: Content, place: &str, body_size: Option<i64>) -> Result<Bytes, String> {
    let Some(text) = content.text else {
        return match content.size.or(body_size) {
            Some(size) if size > 0 => Err(format!("{place}.text: missing: saved without bodies")),
            _ => Ok(Bytes::new()),
        };
    };
    match content.encoding.as_deref().filter(|encoding| !encoding.is_empty()) {
        None => {
            let is_stream = content.media_type.is_some_and(|media_type| media_type.starts_with(MEDIA_TYPE));
            Ok(latin1_frames(&text).filter(|_| is_stream).unwrap_or_else(|| text.into()))
        }
        Some(encoding) if encoding.eq_ignore_ascii_case("base64") => {
            let text: String = text.split_ascii_whitespace().collect();
            STANDARD
                .decode(text)
                .map(Bytes::from)
                .map_err(|error| format!("{place}.text: {}", invalid_base64(&error)))
        }
        Some(encoding) => Err(format!("{place}.encoding: unknown encoding {encoding:?}")),
    }
}

/// Frames that were saved as text with a character a byte.
fn latin1_frames(text: &str) -> Option<Bytes> {
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?;
    matches!(Frame::parse(&bytes, Limits::default()), Ok(Status::Complete(_))).then(|| bytes.into())
}

/// The times of an entry by another program.
fn timing(entry: &Entry<'_>, has_body: bool) -> Timing {
    let known =
        |millis: Option<f64>| millis.and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok());
    let tls = known(entry.timings.ssl);
    // HAR 1.2: `ssl` is included in `connect`.
    let connect = known(entry.timings.connect).map(|both| both.saturating_sub(tls.unwrap_or_default()));
    let head = known(entry.timings.wait);
    let end = head.zip(known(entry.timings.receive)).and_then(|(head, more)| head.checked_add(more));
    let chunks = head.filter(|_| has_body).map(|at| crate::exchange::ChunkTime { offset: 0, at });
    Timing {
        started: entry.started.as_deref().and_then(parse_time),
        connect,
        tls,
        head,
        end,
        chunks: chunks.into_iter().collect(),
        ..Timing::default()
    }
}

fn pairs(headers: Vec<NamedValue>) -> Vec<(String, String)> {
    let headers = headers.into_iter().filter(|header| !header.name.starts_with(':'));
    headers.map(|header| (header.name, header.value)).collect()
}

fn member<'a, T: Deserialize<'a>>(json: &'a RawValue, place: &str) -> Result<T, String> {
    serde_json::from_str(json.get()).map_err(|error| format!("{place}: {error}"))
}
