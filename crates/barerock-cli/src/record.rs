//! `--record`: every exchange kept as a fixture, which `replay` serves again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use barerock::sigv4::{self, REDACTED, Timestamp};
use barerock::{Observe, Stage};
use barerock_audit::StreamRedactor;
use barerock_audit::exchange::{ExchangeWriter, RecordedHead, RecordedRequest};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::response::Parts;
use http::{HeaderMap, Request};

use crate::exit::Failure;
use crate::secrets::Secrets;

/// Characters of a call's id in the name of its folder.
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
    /// The attempts under way, by the ids of their calls.
    attempts: BTreeMap<String, Attempt>,
}

/// An attempt under way. Nothing of it is on the disk before there is a response: without one it is no fixture.
#[derive(Debug)]
struct Attempt {
    folder: PathBuf,
    secrets: Secrets,
    request: RecordedRequest,
    /// The response's head, until it is written.
    head: Option<Parts>,
    writer: Option<ExchangeWriter>,
    stream: StreamRedactor,
}

impl Recorder {
    /// Creates the folder, so that nothing is sent whose response could not be kept.
    pub(crate) fn new(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::usage(format!("--record: {}: {error}", folder.display())))?;
        Ok(Self { folder: folder.to_owned(), state: Mutex::default() })
    }

    fn note(&self, call: &str, stage: &Stage<'_>) -> io::Result<()> {
        let mut state = self.lock();
        if let Stage::Sending { attempt, request, secrets, .. } = stage {
            state.end(call)?;
            state.count = state.count.saturating_add(1);
            let id = call.get(..ID).unwrap_or(call);
            let name = format!("{}-{:04}-{id}-{attempt}-{}", now(), state.count, operation(request));
            let attempt = Attempt::begin(self.folder.join(name), request, secrets);
            state.attempts.insert(call.to_owned(), attempt);
        }
        let Some(attempt) = state.attempts.get_mut(call) else { return Ok(()) };
        match stage {
            Stage::ResponseHead { head, .. } => {
                attempt.head = Some((*head).clone());
                Ok(())
            }
            Stage::Body { body, .. } => {
                attempt.write_whole(body)?;
                state.end(call)
            }
            Stage::Ended { .. } => state.end(call),
            Stage::Chunk { bytes, .. } => attempt.write_piece(bytes),
            _ => Ok(()),
        }
    }

    fn report(&self, call: &str, outcome: io::Result<()>) {
        if let Err(error) = outcome {
            tell!("--record: {}: {error}; this exchange is not kept", self.folder.display());
            self.lock().attempts.remove(call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observe for Recorder {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let outcome = self.note(call, stage);
        self.report(call, outcome);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let calls: Vec<_> = self.lock().attempts.keys().cloned().collect();
        for call in calls {
            let outcome = self.lock().end(&call);
            self.report(&call, outcome);
        }
    }
}

impl State {
    /// Ends the attempt of a call. A stream that broke off is kept as far as it came.
    fn end(&mut self, call: &str) -> io::Result<()> {
        self.attempts.remove(call).map_or(Ok(()), Attempt::finish)
    }
}

impl Attempt {
    fn begin(folder: PathBuf, request: &Request<Bytes>, secrets: &sigv4::Secrets) -> Self {
        let stream = StreamRedactor::new(secrets.clone());
        let secrets = Secrets::from(secrets);
        let mut headers = pairs(request.headers(), &secrets);
        for (name, value) in &mut headers {
            // A signature belongs to its time; replay does not check a fixture's.
            if name == AUTHORIZATION.as_str() {
                *value = REDACTED.to_owned();
            }
        }
        let request = RecordedRequest::new(
            request.method().clone(),
            request.uri().to_string(),
            headers,
            Bytes::from(secrets.hide_in_body(request.body()).into_owned()),
        );
        Self { folder, secrets, request, head: None, writer: None, stream }
    }

    /// Writes a response that is whole.
    fn write_whole(&mut self, body: &[u8]) -> io::Result<()> {
        let body = self.secrets.hide_in_body(body).into_owned();
        self.write(&body, Some(body.len()))
    }

    /// Writes a piece of a stream.
    fn write_piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        let redacted = self.stream.push(bytes);
        self.write(&redacted, None)
    }

    /// Writes the rest of a stream, and makes the exchange a fixture.
    fn finish(mut self) -> io::Result<()> {
        let rest = self.stream.finish();
        if !rest.is_empty() {
            self.write(&rest, None)?;
        }
        self.writer.map_or(Ok(()), |writer| writer.finish(None))
    }

    fn write(&mut self, bytes: &[u8], length: Option<usize>) -> io::Result<()> {
        if let Some(head) = self.head.take() {
            let mut headers = pairs(&head.headers, &self.secrets);
            if let Some(length) = length {
                for (_, value) in headers.iter_mut().filter(|(name, _)| name == CONTENT_LENGTH.as_str()) {
                    *value = length.to_string();
                }
            }
            let head = RecordedHead::new(head.status.as_u16(), headers).map_err(io::Error::other)?;
            self.writer = Some(ExchangeWriter::create(&self.folder, &self.request, &head)?);
        }
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write(bytes))
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

/// The last part of the path, such as `converse-stream`.
fn operation(request: &Request<Bytes>) -> &str {
    request.uri().path().rsplit('/').next().unwrap_or_default()
}

fn now() -> String {
    #[expect(clippy::disallowed_methods, reason = "the names of what is kept say when that was")]
    let now = Timestamp::try_from(SystemTime::now());
    now.map_or_else(|_| "0".to_owned(), |now| now.to_string())
}
