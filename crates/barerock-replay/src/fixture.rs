//! A recorded or composed exchange, with the properties that matching and sending need.

use barerock_audit::Exchange;
use barerock_audit::exchange::{ExchangeError, Timing};
use barerock_eventstream::MEDIA_TYPE;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use std::sync::Arc;

use crate::frames::{self, Ending};
use crate::operation::Operation;
use crate::request_body::RequestBody;

/// Media type of a response that is not an event stream.
pub(crate) const JSON: &str = "application/json";

/// A request and its response: recorded ([`parse`](Self::parse), [`new`](Self::new)), or composed in code
/// ([`text`](Self::text), [`tool_use`](Self::tool_use), [`message`](Self::message), [`stream`](Self::stream),
/// [`error`](Self::error)).
///
/// # Form
///
/// A recorded fixture is a folder of these files. The folder's name is the fixture's name.
///
/// - `request.json`: `{"method": "POST", "uri": "…", "headers": [["name", "value"], …], "body": "…"}`. The URI is absolute or
///   a path. A body that is not UTF-8 is `{"base64": "…"}`.
/// - `response.json`: `{"status": 200, "headers": [["name", "value"], …]}`.
/// - `response.body`: the bytes of the response's body, without transfer coding.
/// - `response.chunks.json`, optional: the offsets at which the chunks of the body begin, and the times at which they
///   arrived ([`barerock_audit::exchange::Timing`]).
///
/// Other members and files are ignored.
#[derive(Debug, Clone)]
pub struct Fixture {
    name: String,
    operation: Operation,
    request_body: RequestBody,
    response: Response,
    broken: bool,
    /// Times at which the response arrived, if they were recorded.
    timing: Option<Arc<Timing>>,
    /// The same response for the streaming operation, if the fixture serves both.
    streamed: Option<Box<Self>>,
}

/// The response of a fixture.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) event_stream: bool,
}

impl Fixture {
    /// Parses the three files of a fixture: `request.json`, `response.json` and `response.body`.
    ///
    /// # Errors
    /// As [`Exchange::parse`].
    pub fn parse(
        name: impl Into<String>,
        request_json: &[u8],
        response_json: &[u8],
        response_body: impl Into<Bytes>,
    ) -> Result<Self, ExchangeError> {
        Exchange::parse(request_json, response_json, response_body).map(|exchange| Self::new(name, &exchange))
    }

    /// Creates the fixture of an exchange. Logs and errors refer to it by `name`.
    pub fn new(name: impl Into<String>, exchange: &Exchange) -> Self {
        let Exchange { request, response } = exchange;
        let operation = Operation::parse(request.method().clone(), request.target().unwrap_or_default());
        let (status, body) = (response.status(), response.body().clone());
        let mut headers: Vec<_> = response.header_lines().collect();
        let recorded_type = headers.iter().find(|(name, _): &&(HeaderName, _)| *name == CONTENT_TYPE);
        let event_stream = match recorded_type {
            Some((_, value)) => value.as_bytes().starts_with(MEDIA_TYPE.as_bytes()),
            None => operation.streams() && status.is_success() && frames::starts_with_frame(&body),
        };
        if recorded_type.is_none() {
            let derived = if event_stream { MEDIA_TYPE } else { JSON };
            headers.push((CONTENT_TYPE, HeaderValue::from_static(derived)));
        }
        let request_body = RequestBody::new(request.body().clone(), &operation);
        let timing = response.timing().cloned().map(Arc::new);
        let response = Response { status, headers, body, event_stream };
        Self { timing, ..Self::assemble(name.into(), operation, request_body, response) }
    }

    pub(crate) fn assemble(
        name: String,
        operation: Operation,
        request_body: RequestBody,
        response: Response,
    ) -> Self {
        let broken = !response.status.is_success()
            || operation.streams() != response.event_stream
            || response.event_stream && frames::ending(&response.body, operation.name()) != Ending::Complete;
        Self { name, operation, request_body, response, broken, timing: None, streamed: None }
    }

    /// Returns the fixture's name: that of its folder, or `composed for MODEL` if it was composed in code.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the operation of the request.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Returns the response's status.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the response's headers in order; a missing `Content-Type` is derived from the body.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.response.headers
    }

    /// Returns the response's body.
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// Returns the times at which the response arrived, if they were recorded.
    pub fn timing(&self) -> Option<&Arc<Timing>> {
        self.timing.as_ref()
    }

    /// Returns true if the response is an event stream.
    pub fn is_event_stream(&self) -> bool {
        self.response.event_stream
    }

    /// Returns true if the response is an error, or a stream that does not complete. Such a fixture serves requests for its
    /// own model only.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Adds the response for the streaming operation.
    pub(crate) fn or_streamed(self, streamed: Option<Self>) -> Self {
        Self { streamed: streamed.map(Box::new), ..self }
    }

    /// Returns the fixture for the streaming operation, if this one serves both.
    pub(crate) fn streamed(&self) -> Option<&Self> {
        self.streamed.as_deref()
    }

    /// Iterates over this fixture and the one for the streaming operation.
    pub(crate) fn by_operation(mut self) -> impl Iterator<Item = Self> {
        let streamed = self.streamed.take();
        [Some(self), streamed.map(|streamed| *streamed)].into_iter().flatten()
    }

    pub(crate) fn request_body(&self) -> &RequestBody {
        &self.request_body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str =
        r#"{"method":"POST","uri":"/model/m/converse-stream","headers":[],"body":"{}","extra":1}"#;

    fn parse(response: &str, body: &'static [u8]) -> Fixture {
        Fixture::parse("odd", REQUEST.as_bytes(), response.as_bytes(), body).unwrap()
    }

    #[test]
    fn a_missing_content_type_follows_from_the_bytes() {
        let response = r#"{"status":200,"headers":[],"source":{}}"#;
        let json = parse(response, br#"{"Output":{}}"#);
        assert!(!json.is_event_stream());
        assert!(json.is_broken(), "a stream was asked for");
        assert_eq!(json.headers()[0].1, JSON);
        let frame = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
        let frame: &'static [u8] = Vec::leak(frame.to_vec());
        let stream = parse(response, frame);
        assert_eq!(stream.headers()[0].1, MEDIA_TYPE);
        assert!(stream.is_broken(), "no messageStop");
    }
}
