//! Archives, written entry by entry.

use core::time::Duration;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::exchange::Timing;
use crate::exchange::timing::format_time;
use crate::{Exchange, ReplacementFile};

/// Writes an archive, which is there whole or not at all, and replaces no file. On Unix only its owner can read it.
#[derive(Debug)]
pub struct HarWriter {
    file: ReplacementFile,
    entries: usize,
}

impl HarWriter {
    /// Creates the archive beside `path`.
    ///
    /// # Errors
    /// What the system returns; [`io::ErrorKind::AlreadyExists`] if there is a file.
    pub fn create(path: &Path) -> io::Result<Self> {
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut file = ReplacementFile::create(path)?;
        let creator = json!({"name": "barerock", "version": env!("CARGO_PKG_VERSION")});
        write!(file, "{{\"log\": {{\"version\": \"1.2\", \"creator\": {creator}, \"entries\": [")?;
        Ok(Self { file, entries: 0 })
    }

    /// Appends an exchange.
    ///
    /// # Errors
    /// What the system returns. The archive should then be dropped: its last entry may be cut off.
    pub fn append(&mut self, exchange: &Exchange) -> io::Result<()> {
        let comma = if self.entries > 0 { "," } else { "" };
        self.entries = self.entries.saturating_add(1);
        write!(self.file, "{comma}\n{}", entry(exchange))
    }

    /// Number of exchanges so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries
    }

    /// True if there is no exchange so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Ends the archive and gives the file its name.
    ///
    /// # Errors
    /// What the system returns; no file is left then.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.write_all(b"\n]}}\n")?;
        self.file.keep()
    }
}

fn entry(exchange: &Exchange) -> Value {
    let Exchange { request, response } = exchange;
    let none = Timing::default();
    let timing = response.timing().unwrap_or(&none);
    let started =
        timing.started.and_then(format_time).unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned());
    let wait = millis(timing.head);
    let receive = millis(timing.end.map(|end| end.saturating_sub(timing.head.unwrap_or_default())));
    let connect = timing.connect.map(|connect| connect.saturating_add(timing.tls.unwrap_or_default()));
    let mut content = body(response.body(), response.is_event_stream());
    merge(&mut content, json!({"size": response.body().len(), "mimeType": media_type(response.headers())}));
    let mut form = json!({
        "startedDateTime": started,
        "time": wait.max(0.0) + receive.max(0.0),
        "request": {
            "method": request.method().as_str(),
            "url": request.uri(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(request.headers()),
            "queryString": query(request.uri()),
            "headersSize": -1,
            "bodySize": request.body().len(),
        },
        "response": {
            "status": response.status().as_u16(),
            "statusText": response.status().canonical_reason().unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(response.headers()),
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": response.body().len(),
        },
        "cache": {},
        "timings": {
            "connect": millis(connect),
            "ssl": millis(timing.tls),
            "send": 0,
            "wait": wait,
            "receive": receive,
        },
    });
    if !request.body().is_empty() {
        let mut data = body(request.body(), false);
        merge(&mut data, json!({"mimeType": media_type(request.headers())}));
        merge_at(&mut form, "/request", json!({"postData": data}));
    }
    if let Some(timing) = response.timing() {
        // Written by this crate, so it is JSON.
        let ours: Value = serde_json::from_str(&timing.to_json()).unwrap_or_default();
        merge(&mut form, json!({"_barerock": ours}));
    }
    form
}

fn merge(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

fn merge_at(object: &mut Value, pointer: &str, more: Value) {
    if let Some(member) = object.pointer_mut(pointer) {
        merge(member, more);
    }
}

/// Text where the bytes are UTF-8 and no event stream, else base64.
fn body(bytes: &[u8], is_stream: bool) -> Value {
    match core::str::from_utf8(bytes) {
        Ok(text) if !is_stream => json!({"text": text}),
        _ => json!({"text": STANDARD.encode(bytes), "encoding": "base64"}),
    }
}

fn headers(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn query(uri: &str) -> Value {
    let pairs = uri.split_once('?').map_or("", |(_, query)| query).split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({"name": name, "value": value})
        })
        .collect()
}

fn media_type(headers: &[(String, String)]) -> &str {
    let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    found.map_or("", |(_, value)| value)
}

/// Milliseconds, or -1 as the format has it for what is unknown.
fn millis(time: Option<Duration>) -> f64 {
    time.map_or(-1.0, |time| time.as_secs_f64() * 1000.0)
}
