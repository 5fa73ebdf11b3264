//! `--record`: every exchange kept as a fixture, which `replay` serves again.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use barerock::sigv4::{REDACTED, Timestamp};
use barerock::{Observe, Stage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::response::Parts;
use http::{HeaderMap, Request};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::secrets::Secrets;

/// How much of a call's id is in the name of its folder.
const ID: usize = 8;

/// Keeps exchanges in a folder, one an attempt, whose names sort by time, and by number within a second.
#[derive(Debug)]
pub(crate) struct Recorder {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many exchanges were begun.
    count: u32,
    exchange: Option<Exchange>,
}

/// The exchange that goes on. Nothing of it is on the disk before there is an answer: without one it is no fixture.
#[derive(Debug)]
struct Exchange {
    folder: PathBuf,
    secrets: Secrets,
    request: Value,
    /// What is not yet written of the answer.
    head: Option<Parts>,
    body: Option<File>,
}

impl Recorder {
    /// Makes the folder, so that nothing is asked whose answer could not be kept.
    pub(crate) fn new(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::usage(format!("--record: {}: {error}", folder.display())))?;
        Ok(Self { folder: folder.to_owned(), state: Mutex::default() })
    }

    fn note(&self, call: &str, stage: &Stage<'_>) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Stage::Sending { attempt, request, .. } = stage {
            state.exchange = None;
            state.count = state.count.saturating_add(1);
            let id = call.get(..ID).unwrap_or(call);
            let name = format!("{}-{:04}-{id}-{attempt}-{}", now(), state.count, operation(request));
            state.exchange = Some(Exchange::begin(self.folder.join(name), request));
        }
        let Some(exchange) = &mut state.exchange else { return Ok(()) };
        match stage {
            Stage::Answered { head, .. } => {
                exchange.head = Some((*head).clone());
                Ok(())
            }
            Stage::Read { body, .. } => exchange.answer(body),
            Stage::Received { bytes, .. } => exchange.stream(bytes),
            _ => Ok(()),
        }
    }
}

impl Observe for Recorder {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        if let Err(error) = self.note(call, stage) {
            tell!("--record: {}: {error}; this exchange is not kept", self.folder.display());
            self.state.lock().unwrap_or_else(PoisonError::into_inner).exchange = None;
        }
    }
}

impl Exchange {
    fn begin(folder: PathBuf, request: &Request<Bytes>) -> Self {
        let secrets = Secrets::of(request.headers());
        let mut headers = pairs(request.headers(), &secrets);
        for (name, value) in &mut headers {
            // A signature belongs to its time; replay asks for none of a fixture.
            if name == AUTHORIZATION.as_str() {
                *value = REDACTED.to_owned();
            }
        }
        let body = match core::str::from_utf8(request.body()) {
            Ok(text) => json!(text),
            Err(_) => json!({ "base64": STANDARD.encode(request.body()) }),
        };
        let request = json!({
            "method": request.method().as_str(), "uri": request.uri().to_string(), "headers": headers, "body": body,
        });
        Self { folder, secrets, request, head: None, body: None }
    }

    /// An answer that is whole.
    fn answer(&mut self, body: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(body);
        let hidden = self.secrets.hide_in_answer(&text);
        // What is no text stays as it is, unless a secret stands in it.
        let body = if hidden == text { body } else { hidden.as_bytes() };
        self.head(Some(body.len()))?;
        self.file()?.write_all(body)
    }

    /// A piece of a stream: what breaks off is kept as far as it came.
    fn stream(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.head(None)?;
        self.file()?.write_all(bytes)
    }

    /// Writes the request and the head of the answer, if they were not written.
    fn head(&mut self, length: Option<usize>) -> io::Result<()> {
        let Some(head) = self.head.take() else { return Ok(()) };
        let mut headers = pairs(&head.headers, &self.secrets);
        if let Some(length) = length {
            for (_, value) in headers.iter_mut().filter(|(name, _)| name == CONTENT_LENGTH.as_str()) {
                *value = length.to_string();
            }
        }
        let file = json!({ "status": head.status.as_u16(), "headers": headers });
        fs::create_dir(&self.folder)?;
        write(&self.folder.join("request.json"), &self.request.take())?;
        write(&self.folder.join("response.json"), &file)
    }

    fn file(&mut self) -> io::Result<&mut File> {
        match &mut self.body {
            Some(file) => Ok(file),
            body => Ok(body.insert(File::create(self.folder.join("response.body"))?)),
        }
    }
}

/// Headers as a fixture has them.
fn pairs(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let pair = |(name, value)| -> (String, String) {
        let name: &http::HeaderName = name;
        (name.to_string(), secrets.value(name, value).into_owned())
    };
    headers.iter().map(pair).collect()
}

fn write(path: &Path, value: &Value) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    fs::write(path, text)
}

/// The last part of the path, such as `converse-stream`.
fn operation(request: &Request<Bytes>) -> &str {
    request.uri().path().rsplit('/').next().unwrap_or_default()
}

fn now() -> String {
    #[expect(clippy::disallowed_methods, reason = "the names of what is kept say when that was")]
    let now = Timestamp::try_from(SystemTime::now());
    now.map_or_else(|_| "0".to_owned(), |now| now.to_string())
}
