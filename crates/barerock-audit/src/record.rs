//! Recording of exchanges while they take place, over any HTTP stack.

mod body;

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use barerock_eventstream::MEDIA_TYPE;
use barerock_sigv4::{Secrets, Timestamp};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};

use self::body::{Arrivals, Body};
use crate::Exchange;
use crate::exchange::{ExchangeWriter, RecordedHead, RecordedRequest, RecordedResponse, Timing};
use crate::file::create_private_folders;
use crate::har::{self, HarWriter};
use crate::redact::{Redaction, Redactor};

/// Keeps exchanges in a folder, each as a fixture of its own, or in an HTTP archive.
///
/// Secrets are redacted everywhere, signatures, tokens and cookies by name; streams that held one are framed anew. An
/// exchange is there whole or not at all, only its owner can read it, and none is ever replaced.
///
/// ```
/// use core::time::Duration;
/// use std::time::SystemTime;
///
/// use barerock_audit::{Exchange, Recorder};
/// use barerock_sigv4::Secrets;
/// use bytes::Bytes;
///
/// # let folder = tempfile::tempdir()?;
/// # let now = SystemTime::UNIX_EPOCH;
/// let recorder = Recorder::create(&folder.path().join("recordings"))?;
/// let request = http::Request::post("https://host/model/m/converse").body(Bytes::from("{}"))?;
/// let secrets: Secrets = ["a-secret-that-the-peer-may-echo"].into_iter().collect();
///
/// // When the request is sent, and as the response arrives:
/// let mut recording = recorder.begin("converse", &request, secrets, now);
/// recording.head(Duration::from_millis(40), http::StatusCode::OK, &http::HeaderMap::new())?;
/// recording.chunk(Duration::from_millis(41), b"{\"output\":{}}")?;
/// let path = recording.end(Some(Duration::from_millis(42)))?.expect("a folder");
/// recorder.finish()?;
///
/// assert_eq!(Exchange::read(&path)?.response.body(), &b"{\"output\":{}}"[..]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recorder {
    target: Arc<Target>,
    redaction: Redaction,
    count: AtomicU32,
}

/// Where exchanges are kept.
#[derive(Debug)]
enum Target {
    Folder(PathBuf),
    /// `None` once it was finished, or could not be written.
    Archive(Mutex<Option<HarWriter>>),
}

impl Recorder {
    /// A recorder into an archive, if the path ends in `.har`, else into a folder, which is created.
    ///
    /// # Errors
    /// What the system returns; [`io::ErrorKind::AlreadyExists`] for an archive that is there already.
    pub fn create(path: &Path) -> io::Result<Self> {
        let target = if har::is_archive(path) {
            Target::Archive(Mutex::new(Some(HarWriter::create(path)?)))
        } else {
            if fs::metadata(path).is_ok_and(|found| !found.is_dir()) {
                return Err(io::ErrorKind::NotADirectory.into());
            }
            create_private_folders(path)?;
            Target::Folder(path.to_owned())
        };
        Ok(Self { target: Arc::new(target), redaction: Redaction::default(), count: AtomicU32::new(0) })
    }

    /// Redacts more than secrets.
    #[must_use]
    pub fn redact(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// Begins the recording of a request that is being sent. The folder is called by the time, the number of the exchange and
    /// `label`, which must be usable in a file name.
    pub fn begin(
        &self,
        label: &str,
        request: &Request<Bytes>,
        secrets: Secrets,
        started: SystemTime,
    ) -> Recording {
        let number = self.count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let time = Timestamp::try_from(started).map_or_else(|_| "0".to_owned(), |time| time.to_string());
        let redactor = Redactor::new(secrets, self.redaction);
        let recorded = RecordedRequest::new(
            request.method().clone(),
            redactor.uri(&request.uri().to_string()),
            headers(request.headers(), &redactor),
            redactor.body(request.body()).into_owned(),
        );
        Recording {
            target: Arc::clone(&self.target),
            name: format!("{time}-{number:04}-{label}"),
            request: recorded,
            redactor,
            timing: Timing { started: Some(started), ..Timing::default() },
            response: None,
        }
    }

    /// Ends an archive: its file is there from now on, unless it has no exchange.
    ///
    /// # Errors
    /// What the system returns; nothing is left of the archive then.
    pub fn finish(&self) -> io::Result<()> {
        match &*self.target {
            Target::Folder(_) => Ok(()),
            Target::Archive(writer) => {
                let writer = lock(writer).take().filter(|writer| !writer.is_empty());
                writer.map_or(Ok(()), HarWriter::finish)
            }
        }
    }
}

/// An exchange that is being recorded. Dropped before its [end](Self::end), it leaves nothing.
#[derive(Debug)]
#[must_use = "`end` keeps the exchange"]
pub struct Recording {
    target: Arc<Target>,
    name: String,
    request: RecordedRequest,
    redactor: Redactor,
    timing: Timing,
    response: Option<Response>,
}

#[derive(Debug)]
struct Response {
    head: RecordedHead,
    body: Body,
    arrivals: Arrivals,
}

impl Recording {
    /// The times of the exchange, to add what the caller knows: attempts, waits, how long connecting took.
    pub fn timing_mut(&mut self) -> &mut Timing {
        &mut self.timing
    }

    /// The head of the response has arrived, so long after the request was sent.
    ///
    /// # Errors
    /// If the status is not that of a final response.
    pub fn head(&mut self, at: Duration, status: StatusCode, fields: &HeaderMap) -> io::Result<()> {
        self.timing.head = Some(at);
        let is_stream =
            fields.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(MEDIA_TYPE.as_bytes()));
        let head =
            RecordedHead::new(status.as_u16(), headers(fields, &self.redactor)).map_err(io::Error::other)?;
        let body = Body::new(is_stream, &self.redactor);
        self.response = Some(Response { head, body, arrivals: Arrivals::default() });
        Ok(())
    }

    /// A chunk of the body has arrived. An empty one is ignored, and one before the head.
    ///
    /// # Errors
    /// What the system returns, or that the body is too long to be read back. The recording should then be dropped.
    pub fn chunk(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        let Some(response) = &mut self.response else { return Ok(()) };
        response.arrivals.add(at, bytes);
        response.body.push(bytes)?;
        self.spool()
    }

    /// Keeps the exchange, and returns its folder if it has one. `at` is when the body had ended; `None` if it broke off, which
    /// is kept as far as it came. Without a head there is nothing to keep.
    ///
    /// # Errors
    /// What the system returns; nothing of the exchange is left then.
    pub fn end(mut self, at: Option<Duration>) -> io::Result<Option<PathBuf>> {
        let Some(response) = &mut self.response else { return Ok(None) };
        response.body.end(&self.redactor)?;
        self.spool()?;
        let Self { target, request, mut timing, response, .. } = self;
        let Some(Response { mut head, body, arrivals }) = response else { return Ok(None) };
        timing.end = at;
        timing.redacted = body.is_redacted();
        timing.first_frame = arrivals.first_frame().filter(|_| body.is_stream());
        timing.chunks = arrivals.chunks(&body);
        let length = body.length();
        match (body.into_written(), &*target) {
            (Ok(writer), Target::Folder(_)) => writer.finish(Some(&timing)).map(Some),
            (Err(bytes), Target::Archive(writer)) => {
                head.set_content_length(length);
                let response = RecordedResponse::new(head, bytes).with_timing(timing);
                append(writer, &Exchange { request, response }).map(|()| None)
            }
            _ => Err(io::Error::other("the exchange has no body")),
        }
    }

    /// Creates the folder as soon as its heads are known, and writes the bytes of the body received so far: in a folder, a stream is not
    /// held in memory.
    fn spool(&mut self) -> io::Result<()> {
        let (Target::Folder(folder), Some(response)) = (&*self.target, &mut self.response) else {
            return Ok(());
        };
        if !response.body.is_ready() {
            return Ok(());
        }
        if let Some(length) = response.body.whole_length() {
            response.head.set_content_length(length);
        }
        response.body.write(|| create(folder, &self.name, &self.request, &response.head))
    }
}

/// Creates the folder of an exchange. Another program may have one of the same name.
fn create(
    folder: &Path,
    name: &str,
    request: &RecordedRequest,
    head: &RecordedHead,
) -> io::Result<ExchangeWriter> {
    let names = (1..100).map(|number| if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
    for name in names {
        match ExchangeWriter::create(&folder.join(name), request, head) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn append(writer: &Mutex<Option<HarWriter>>, exchange: &Exchange) -> io::Result<()> {
    let mut writer = lock(writer);
    let appended = writer.as_mut().ok_or(io::ErrorKind::NotConnected)?.append(exchange);
    if appended.is_err() {
        // Its last entry may be cut off: nothing is left of it.
        *writer = None;
    }
    appended
}

fn lock(writer: &Mutex<Option<HarWriter>>) -> MutexGuard<'_, Option<HarWriter>> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Headers as a recording has them.
fn headers(headers: &HeaderMap, redactor: &Redactor) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), redactor.header(name, value))).collect()
}

impl RecordedHead {
    /// Sets the length that a header states, if one does.
    fn set_content_length(&mut self, length: u64) {
        let is_length = |name: &str| name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str());
        for (_, value) in self.headers_mut().iter_mut().filter(|(name, _)| is_length(name)) {
            *value = length.to_string();
        }
    }
}

#[cfg(test)]
mod tests;
