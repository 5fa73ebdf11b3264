//! Recorded exchanges: a request and its response, in a folder of three or four files, or an entry of an HTTP archive.
//!
//! The folder is a fixture of `barerock-replay`: `request.json` with `{method, uri, headers, body}`, `response.json` with
//! `{status, headers}`, and `response.body` with the raw bytes. Headers are pairs of name and value; a request's body is
//! text, or `{"base64": …}`. A recording also has `response.chunks.json`: where the chunks of the body begin, and when they
//! arrived ([`Timing`]).

pub(crate) mod error;
mod form;
mod open;
pub(crate) mod timing;
mod writer;

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use barerock_eventstream::MEDIA_TYPE;

pub use self::error::ExchangeError;
pub use self::open::archive_of;
pub use self::timing::{ChunkTime, Timing};
pub use self::writer::{ExchangeWriter, PARTIAL_SUFFIX};

/// The file of the request.
pub const REQUEST_FILE: &str = "request.json";
/// The file of the response's status and headers.
pub const RESPONSE_FILE: &str = "response.json";
/// The file of the response's body.
pub const BODY_FILE: &str = "response.body";
/// The file of the response's chunks and times, which need not be there.
pub const TIMING_FILE: &str = "response.chunks.json";
/// The names of all files of an exchange.
pub const EXCHANGE_FILES: [&str; 4] = [REQUEST_FILE, RESPONSE_FILE, BODY_FILE, TIMING_FILE];

/// The longest file that is read, in bytes: more than twice the longest body that Bedrock takes or sends.
pub(crate) const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an exchange has two sides")]
pub struct Exchange {
    /// The request.
    pub request: RecordedRequest,
    /// The response.
    pub response: RecordedResponse,
}

/// The request of an exchange.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    method: Method,
    uri: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// The response of an exchange.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedResponse {
    head: RecordedHead,
    body: Bytes,
    timing: Option<Timing>,
}

/// Status and headers of a response.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedHead {
    status: StatusCode,
    headers: Vec<(String, String)>,
}

impl Exchange {
    /// Reads the contents of the three files. Members the form does not name are ignored.
    ///
    /// # Errors
    /// [`ExchangeError::Invalid`] names the file and the member that is missing or invalid.
    pub fn parse(
        request_json: &[u8],
        response_json: &[u8],
        response_body: impl Into<Bytes>,
    ) -> Result<Self, ExchangeError> {
        let request = form::read_request(request_json)?;
        let head = form::read_head(response_json)?;
        Ok(Self { request, response: RecordedResponse::new(head, response_body) })
    }

    /// Whether the folder holds any of the three files.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        [REQUEST_FILE, RESPONSE_FILE, BODY_FILE].iter().any(|file| folder.join(file).exists())
    }

    /// Reads the exchange in a folder.
    ///
    /// # Errors
    /// [`ExchangeError`] if a file is missing, is not a regular file, is longer than 64 MiB or cannot be read, and as
    /// [`parse`](Self::parse).
    pub fn read(folder: &Path) -> Result<Self, ExchangeError> {
        let [request, response, body] = [REQUEST_FILE, RESPONSE_FILE, BODY_FILE]
            .map(|file| read_bounded(&folder.join(file), MAX_FILE_BYTES));
        let mut exchange = Self::parse(&request?, &response?, body?).map_err(|error| error.within(folder))?;
        match read_bounded(&folder.join(TIMING_FILE), MAX_FILE_BYTES) {
            Ok(json) => {
                let length = crate::text::count(&exchange.response.body);
                let timing = Timing::parse_file(&json, length).map_err(|error| error.within(folder))?;
                exchange.response.timing = Some(timing);
            }
            Err(ExchangeError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(exchange)
    }

    /// The files, each with its name.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, Bytes)> {
        let mut files = vec![
            (REQUEST_FILE, form::write_request(&self.request).into()),
            (RESPONSE_FILE, form::write_head(&self.response.head).into()),
            (BODY_FILE, self.response.body.clone()),
        ];
        files.extend(self.response.timing.as_ref().map(|timing| (TIMING_FILE, timing.to_json().into())));
        files
    }
}

/// A regular file's bytes. What is not a regular file is not opened: a FIFO would block for ever.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ExchangeError> {
    let at = |source| ExchangeError::Io { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(at)?.is_file() {
        return Err(ExchangeError::NotAFile { path: path.to_owned() });
    }
    #[expect(clippy::disallowed_methods, reason = "the caller names the folder of a recording")]
    let file = fs::File::open(path).map_err(at)?;
    let mut bytes = Vec::new();
    // One byte more than the limit shows that the file goes on.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(at)?;
    if crate::text::count(&bytes) > limit {
        return Err(ExchangeError::TooLong { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

impl RecordedRequest {
    /// A request. `uri` is absolute, or a path with its query.
    #[must_use]
    pub fn new(
        method: Method,
        uri: impl Into<String>,
        headers: Vec<(String, String)>,
        body: impl Into<Bytes>,
    ) -> Self {
        Self { method, uri: uri.into(), headers, body: body.into() }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URI as it was recorded. Recorders blank parts of hosts, so it need not parse as a URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Path and query; `None` for a URI without a path.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        let after_scheme = self.uri.split_once("://").map_or(&*self.uri, |(_, rest)| rest);
        after_scheme.find('/').and_then(|path| after_scheme.get(path..))
    }

    /// The headers in the order sent, names in the case recorded.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl RecordedResponse {
    /// A response.
    #[must_use]
    pub fn new(head: RecordedHead, body: impl Into<Bytes>) -> Self {
        Self { head, body: body.into(), timing: None }
    }

    /// The response with the times of its chunks.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.timing = Some(timing);
        self
    }

    /// When it arrived, if that was recorded.
    #[must_use]
    pub fn timing(&self) -> Option<&Timing> {
        self.timing.as_ref()
    }

    /// True if its `content-type` is that of an event stream.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        let is_stream = |value: &HeaderValue| value.as_bytes().starts_with(MEDIA_TYPE.as_bytes());
        self.header_lines().any(|(name, value)| name == CONTENT_TYPE && is_stream(&value))
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers in the order sent, names in the case recorded.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.head.headers
    }

    /// The headers as `http` has them, in the order sent.
    pub fn header_lines(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.head.headers.iter().filter_map(|(name, value)| header_line(name, value))
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl RecordedHead {
    /// Status and headers.
    ///
    /// # Errors
    /// [`ExchangeError::Invalid`] if the status is not that of a final response (200 to 599), or a header's name or value
    /// cannot be one.
    pub fn new(status: u16, headers: Vec<(String, String)>) -> Result<Self, ExchangeError> {
        let invalid = |problem| ExchangeError::Invalid { path: RESPONSE_FILE.into(), problem };
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()))
            .ok_or_else(|| {
                invalid(format!("`status`: {status} is not the status of a final response (200 to 599)"))
            })?;
        match headers.iter().position(|(name, value)| header_line(name, value).is_none()) {
            None => Ok(Self { status, headers }),
            Some(index) => {
                let name = headers.get(index).map_or("", |(name, _)| name);
                Err(invalid(format!("`headers[{index}]`: {name:?} is not a valid header")))
            }
        }
    }
}

impl RecordedHead {
    pub(crate) fn headers_mut(&mut self) -> &mut Vec<(String, String)> {
        &mut self.headers
    }
}

fn header_line(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    name.parse().ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok())
}

/// Shows no body and no header value: prompts and keys may be in them.
impl core::fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let path = self.target().unwrap_or_default().split('?').next().unwrap_or_default();
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &path)
            .field("headers", &names(&self.headers))
            .field("body_length", &self.body.len())
            .finish()
    }
}

/// Shows no body and no header value.
impl core::fmt::Debug for RecordedResponse {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RecordedResponse")
            .field("head", &self.head)
            .field("body_length", &self.body.len())
            .finish()
    }
}

/// Shows no header value.
impl core::fmt::Debug for RecordedHead {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RecordedHead")
            .field("status", &self.status)
            .field("headers", &names(&self.headers))
            .finish()
    }
}

fn names(headers: &[(String, String)]) -> Vec<&str> {
    headers.iter().map(|(name, _)| &**name).collect()
}

#[cfg(test)]
mod tests;
