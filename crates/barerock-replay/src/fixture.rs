//! One recorded or composed exchange: what was asked, and what is answered.

use crate::error::FixtureError;
use crate::frames::{self, Ending};
use crate::operation::Operation;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

/// The media type of an event stream.
pub(crate) const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";
/// The media type of everything else.
pub(crate) const JSON: &str = "application/json";

/// An exchange: a request and the answer it gets.
#[derive(Debug, Clone)]
pub struct Fixture {
    name: String,
    operation: Operation,
    request_body: RequestBody,
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    event_stream: bool,
    broken: bool,
}

/// A request's body, kept parsed: spacing and escapes do not matter to a match.
#[derive(Debug, Clone)]
pub(crate) enum RequestBody {
    Json(Value),
    Other(Bytes),
}

impl RequestBody {
    pub(crate) fn new(bytes: Bytes) -> Self {
        serde_json::from_slice(&bytes).map_or(Self::Other(bytes), Self::Json)
    }
}

#[derive(Deserialize)]
struct RequestFile {
    method: String,
    uri: String,
    /// Read so that a fixture without them is refused; a match does not look at them.
    #[serde(rename = "headers")]
    _headers: Vec<(String, String)>,
    body: BodyText,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BodyText {
    Text(String),
    Encoded { base64: String },
}

#[derive(Deserialize)]
struct ResponseFile {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Fixture {
    /// Reads the three files of a fixture: `request.json`, `response.json` and `response.body`.
    ///
    /// Members the form does not name are ignored.
    ///
    /// # Errors
    ///
    /// [`FixtureError`] names the fixture, the file and the member that is missing or wrong.
    pub fn parse(
        name: impl Into<String>,
        request_json: &[u8],
        response_json: &[u8],
        response_body: impl Into<Bytes>,
    ) -> Result<Self, FixtureError> {
        let name = name.into();
        let wrong = |file: &'static str, problem: String| FixtureError::invalid(name.clone(), file, problem);
        let in_request = |problem: String| wrong("request.json", problem);
        let in_response = |problem: String| wrong("response.json", problem);

        let request: RequestFile =
            serde_json::from_slice(request_json).map_err(|error| in_request(error.to_string()))?;
        let method: Method =
            request.method.parse().map_err(|_| in_request(format!("`method`: {:?}", request.method)))?;
        let target = target(&request.uri)
            .ok_or_else(|| in_request(format!("`uri`: {:?} has no path", request.uri)))?;
        let request_body = match request.body {
            BodyText::Text(text) => Bytes::from(text),
            BodyText::Encoded { base64 } => STANDARD
                .decode(base64)
                .map(Bytes::from)
                .map_err(|error| in_request(format!("`body.base64`: {error}")))?,
        };

        let response: ResponseFile =
            serde_json::from_slice(response_json).map_err(|error| in_response(error.to_string()))?;
        let status = StatusCode::from_u16(response.status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()))
            .ok_or_else(|| {
                in_response(format!("`status`: {} is not a final status (200 to 599)", response.status))
            })?;
        let mut headers = Vec::with_capacity(response.headers.len());
        for (index, (name, value)) in response.headers.iter().enumerate() {
            let parsed = name.parse().ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
            headers.push(parsed.ok_or_else(|| {
                in_response(format!("`headers[{index}]`: {name:?} with its value is not a header"))
            })?);
        }

        let operation = Operation::parse(method, target);
        let body = response_body.into();
        let recorded_type = headers.iter().find(|(name, _): &&(HeaderName, _)| *name == CONTENT_TYPE);
        let event_stream = match recorded_type {
            Some((_, value)) => value.as_bytes().starts_with(EVENT_STREAM.as_bytes()),
            None => operation.streams() && status.is_success() && frames::starts_with_frame(&body),
        };
        if recorded_type.is_none() {
            let derived = if event_stream { EVENT_STREAM } else { JSON };
            headers.push((CONTENT_TYPE, HeaderValue::from_static(derived)));
        }
        let broken = !status.is_success()
            || operation.streams() != event_stream
            || event_stream && frames::ending(&body, operation.name()) != Ending::Complete;
        let request_body = RequestBody::new(request_body);
        Ok(Self { name, operation, request_body, status, headers, body, event_stream, broken })
    }

    /// The name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is asked.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The status answered.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers answered, in order; `Content-Type` is derived where the file has none.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The bytes answered.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether the answer is an event stream.
    pub fn is_event_stream(&self) -> bool {
        self.event_stream
    }

    /// Whether the answer is an error, or a stream that does not complete. Such a fixture answers only those who ask
    /// for its own model.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    pub(crate) fn request_body(&self) -> &RequestBody {
        &self.request_body
    }
}

/// Path and query of an absolute or path-only URI. The host is passed over, because recorders scrub it into things that
/// no URI may hold.
fn target(uri: &str) -> Option<&str> {
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    after_scheme.find('/').and_then(|path| after_scheme.get(path..))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str =
        r#"{"method":"POST","uri":"/model/m/converse-stream","headers":[],"body":"{}","extra":1}"#;

    fn parse(request: &str, response: &str, body: &'static [u8]) -> Result<Fixture, String> {
        Fixture::parse("odd", request.as_bytes(), response.as_bytes(), body)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_missing_content_type_follows_from_the_bytes() {
        let response = r#"{"status":200,"headers":[],"source":{}}"#;
        let json = parse(REQUEST, response, br#"{"Output":{}}"#).unwrap();
        assert!(!json.is_event_stream());
        assert!(json.is_broken(), "a stream was asked for");
        assert_eq!(json.headers()[0].1, JSON);
        let frame = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff];
        let frame: &'static [u8] = Vec::leak(frame.to_vec());
        let stream = parse(REQUEST, response, frame).unwrap();
        assert_eq!(stream.headers()[0].1, EVENT_STREAM);
        assert!(stream.is_broken(), "no messageStop");
    }

    #[test]
    fn a_scrubbed_host_does_not_matter() {
        for uri in ["https://<REGION>.example/model/m/converse?a=b", "/model/m/converse?a=b"] {
            assert_eq!(target(uri), Some("/model/m/converse?a=b"));
        }
        assert_eq!(target("host"), None);
    }

    #[test]
    fn an_error_names_the_file_and_the_member() {
        let good = r#"{"status":200,"headers":[]}"#;
        for (request, response, expected) in [
            (REQUEST.replace("\"POST\"", "\"P ST\""), good, "fixture odd: request.json: `method`: \"P ST\""),
            (
                REQUEST.replace("\"method\":\"POST\",", ""),
                good,
                "fixture odd: request.json: missing field `method`",
            ),
            (
                REQUEST.replace("/model/m/converse-stream", "https://host"),
                good,
                "fixture odd: request.json: `uri`: \"https://host\" has no path",
            ),
            (
                REQUEST.replace("\"{}\"", "{\"base64\":\"*\"}"),
                good,
                "fixture odd: request.json: `body.base64`: ",
            ),
            (
                REQUEST.to_owned(),
                r#"{"status":101,"headers":[]}"#,
                "fixture odd: response.json: `status`: 101 is not a final status (200 to 599)",
            ),
            (
                REQUEST.to_owned(),
                r#"{"status":200,"headers":[["a b","c"]]}"#,
                "fixture odd: response.json: `headers[0]`: \"a b\" with its value is not a header",
            ),
            (REQUEST.to_owned(), "", "fixture odd: response.json: EOF while parsing"),
        ] {
            let error = parse(&request, response, b"").unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
