//! Requests and response heads as strings, for HTTP stacks that do not use the `http` crate, whose types add 20 KB to a
//! program.

use barerock_eventstream::MEDIA_TYPE;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use self::header_name::{X_AMZN_ERROR_TYPE, X_AMZN_REQUEST_ID};
use crate::endpoint::Endpoint;
use crate::operation::RequestError;

/// Method of all operations.
const METHOD: Method = Method::POST;
/// Content type of all request bodies.
// spec: restjson1#content-type "The aws.protocols#restJson1 protocol uses a default Content-Type of application/json."
const JSON: &str = "application/json";

/// Names of the service's response headers, in lowercase.
pub mod header_name {
    /// The error code, optionally followed by `:` and a URL.
    pub const X_AMZN_ERROR_TYPE: &str = "x-amzn-errortype";
    /// The request ID, for AWS Support.
    pub const X_AMZN_REQUEST_ID: &str = "x-amzn-requestid";
    /// The delay before a retry, in milliseconds.
    pub const X_AMZ_RETRY_AFTER: &str = "x-amz-retry-after";
}

/// An unsigned HTTP request: a POST with a `content-type` of `application/json`.
///
/// To sign it with `barerock-sigv4`, pass the method, `path` and the headers, including `host` and `content-type`, to
/// `sign_request`; there is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireRequest<'a> {
    /// The endpoint the request is sent to.
    pub endpoint: &'a Endpoint,
    /// The request target, percent-encoded: the path of the endpoint, followed by the path of the operation.
    pub path: String,
    /// The body, JSON.
    pub body: String,
}

impl WireRequest<'_> {
    /// The method, `POST`.
    pub const METHOD: &'static str = "POST";
    /// The value of the header `content-type`.
    pub const CONTENT_TYPE: &'static str = JSON;

    /// The value of the header `host`: the host of the endpoint, with the port unless it is the default port of the
    /// scheme.
    #[must_use]
    pub fn host(&self) -> &str {
        self.endpoint.host_header()
    }

    /// Converts the request into an `http::Request`.
    pub(crate) fn into_http(self) -> Result<http::Request<Bytes>, RequestError> {
        let uri = [self.endpoint.origin(), &self.path].concat();
        let uri = Uri::try_from(uri).map_err(|error| RequestError::Uri(error.to_string()))?;
        // Without the builder, which adds 1 KB of code.
        let mut request = http::Request::new(self.body.into());
        *request.method_mut() = METHOD;
        *request.uri_mut() = uri;
        request.headers_mut().insert(&CONTENT_TYPE, HeaderValue::from_static(JSON));
        Ok(request)
    }
}

/// The parts of an HTTP response head that are read: the status and three headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ResponseHead<'a> {
    /// The status, such as 200.
    pub status: u16,
    /// The header `content-type`.
    pub content_type: Option<&'a str>,
    /// The header `x-amzn-errortype`.
    pub error_type: Option<&'a str>,
    /// The header `x-amzn-requestid`.
    pub request_id: Option<&'a str>,
}

impl<'a> ResponseHead<'a> {
    /// A head without headers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Stores a header if it is one of the three; names are compared case-insensitively.
    pub fn header(&mut self, name: &str, value: &'a str) {
        let known = [
            ("content-type", &mut self.content_type),
            (X_AMZN_ERROR_TYPE, &mut self.error_type),
            (X_AMZN_REQUEST_ID, &mut self.request_id),
        ];
        for (known, slot) in known {
            if known.eq_ignore_ascii_case(name) {
                *slot = Some(value);
            }
        }
    }

    /// Reads the head from the types of `http`.
    pub(crate) fn of(status: StatusCode, headers: &'a HeaderMap) -> Self {
        static ERROR_TYPE_NAME: HeaderName = HeaderName::from_static(X_AMZN_ERROR_TYPE);
        static REQUEST_ID_NAME: HeaderName = HeaderName::from_static(X_AMZN_REQUEST_ID);
        let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            status: status.as_u16(),
            content_type: header(&CONTENT_TYPE),
            error_type: header(&ERROR_TYPE_NAME),
            request_id: header(&REQUEST_ID_NAME),
        }
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.status == StatusCode::OK.as_u16()
    }

    /// True if the response to a ConverseStream request is an event stream; if not,
    /// [`ResponseError::of_stream_head`](crate::ResponseError::of_stream_head) reads the error from its body.
    #[must_use]
    pub fn is_event_stream(&self) -> bool {
        // Parameters follow a `;`.
        let is_stream = |content_type: &str| {
            let end = content_type.bytes().position(|byte| byte == b';').unwrap_or(content_type.len());
            content_type.get(..end).unwrap_or_default().trim_ascii().eq_ignore_ascii_case(MEDIA_TYPE)
        };
        self.is_ok() && self.content_type.is_some_and(is_stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConverseRequest;
    use crate::types::Message;

    #[test]
    fn a_request_in_words_is_the_one_in_types() {
        for (url, host, path) in [
            ("https://example.com", "example.com", "/model/a%3A0/converse-stream"),
            ("https://example.com:443/x", "example.com", "/x/model/a%3A0/converse-stream"),
            ("http://example.com:443", "example.com:443", "/model/a%3A0/converse-stream"),
            ("http://[::1]:8080/x/", "[::1]:8080", "/x/model/a%3A0/converse-stream"),
        ] {
            let endpoint = Endpoint::custom(url).unwrap();
            let request = ConverseRequest::new("a:0", [Message::user("hi")]);
            let wire = request.to_wire_stream(&endpoint).unwrap();
            assert_eq!((wire.host(), &*wire.path), (host, path));
            let http = request.to_http_stream(&endpoint).unwrap();
            assert_eq!(*http.uri(), *format!("{}/model/a%3A0/converse-stream", endpoint.as_str()));
            assert_eq!((http.uri().path(), http.body()), (&*wire.path, &Bytes::from(wire.body)));
            assert_eq!(
                (http.method().as_str(), &http.headers()["content-type"]),
                (WireRequest::METHOD, &HeaderValue::from_static(WireRequest::CONTENT_TYPE))
            );
        }
    }

    #[test]
    fn headers_are_known_in_any_case() {
        let mut head = ResponseHead::new(200);
        head.header("Content-Type", "application/vnd.amazon.eventstream ; v=1");
        head.header("X-Amzn-RequestId", "r");
        head.header("x-other", "o");
        assert!(head.is_event_stream());
        assert_eq!((head.request_id, head.error_type), (Some("r"), None));
        assert!(!ResponseHead { status: 201, ..head }.is_event_stream());
        assert!(!ResponseHead { content_type: Some("application/json"), ..head }.is_event_stream());
    }
}
