//! The response to a Converse call.

use core::fmt;

use http::{HeaderMap, StatusCode};

use crate::error::{ServiceError, beginning};
use crate::json::{FromJson, Mode, Received};
use crate::lookalike::{Lookalike, looks_like};
use crate::types::{
    ConverseMetrics, ConverseTrace, Document, Message, PerformanceConfiguration, ServiceTier, StopReason,
    TokenUsage, ToolUseBlock, structure, union,
};
use crate::wire::ResponseHead;

structure! {
    /// The response to a Converse call.
    ConverseResponse {
        required {
            /// The model's message.
            output: ConverseOutput,
            /// Why the message ended.
            stop_reason: StopReason,
            /// Token usage.
            usage: TokenUsage,
            /// Latency.
            metrics: ConverseMetrics,
        }
        optional {
            /// The model's own fields that were requested.
            additional_model_response_fields: Document,
            /// The guardrail's assessments and the prompt router's choice: [`read_trace`](Self::read_trace).
            trace: Document,
            /// The latency class that served the call.
            performance_config: PerformanceConfiguration,
            /// The service tier that served the call.
            service_tier: ServiceTier,
        }
        received
    }
}

union! {
    /// The output of a model.
    ConverseOutput {
        /// A message, for the next request of the conversation.
        Message(Message) = "message",
    }
}

impl ConverseResponse {
    /// Reads an HTTP response: a success, or the service error it contains.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the response is an error of the service, [`ResponseError::Json`] if the body of a
    /// success is not a JSON object. Invalid members are not errors but [`corrections`](Self::corrections).
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        Self::from_http_owned(status, headers, body.to_vec())
    }

    /// [`from_http`](Self::from_http) of a body that becomes [`raw`](Self::raw) without a copy, as a client has it.
    ///
    /// # Errors
    /// As [`from_http`](Self::from_http)'s.
    pub fn from_http_owned(
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Result<Self, ResponseError> {
        read("a Converse response", status, headers, body)
    }

    /// Deserializes `trace`. Separate, so that programs that do not read it do not link its types.
    ///
    /// # Errors
    /// If the trace does not have the shape of the service model; `trace` is unchanged.
    pub fn read_trace(&self) -> serde_json::Result<Option<ConverseTrace>> {
        self.trace.as_ref().map(Document::parse).transpose()
    }

    /// The message, if the output is one.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match &self.output {
            ConverseOutput::Message(message) => Some(message),
            ConverseOutput::Unknown(_) => None,
        }
    }

    /// Converts into the message, for the next request of the conversation.
    #[must_use]
    pub fn into_message(self) -> Option<Message> {
        match self.output {
            ConverseOutput::Message(message) => Some(message),
            ConverseOutput::Unknown(_) => None,
        }
    }

    /// The text of the message; other blocks are ignored.
    #[must_use]
    pub fn text(&self) -> String {
        self.message().map(Message::text).unwrap_or_default()
    }

    /// The tool uses of the message, in order.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.message().into_iter().flat_map(Message::tool_uses)
    }
}

/// True if the response to a ConverseStream call is an event stream; if not, [`ResponseError::of_stream`] reads the error from
/// its body.
#[must_use]
pub fn is_event_stream(status: StatusCode, headers: &HeaderMap) -> bool {
    ResponseHead::of(status, headers).is_event_stream()
}

/// A response that keeps the text it was read from.
pub(crate) trait Response: for<'a> FromJson<'a> {
    fn received(&mut self) -> &mut Received;
}

/// Reads an HTTP response: a success, or the service error it contains. The response keeps the body.
pub(crate) fn read<T: Response>(
    expected: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<T, ResponseError> {
    let head = ResponseHead::of(status, headers);
    let json = success(expected, &head, body)?;
    let (mut value, reader) = crate::json::read::<T>(&json, "", Mode::Response)
        .map_err(|fault| unexpected(expected, &head, json.as_bytes(), fault.to_string()))?;
    let mut received = Received::new(reader);
    received.keep(json);
    received.call_mut().request_id = head.request_id.map(str::to_owned);
    *value.received() = received;
    Ok(value)
}

/// The text of the body of a success, which may be a JSON object.
fn success(expected: &'static str, head: &ResponseHead<'_>, body: Vec<u8>) -> Result<String, ResponseError> {
    if !head.is_ok() || is_unknown_operation(&body) {
        return Err(ResponseError::Service(Box::new(ServiceError::from_head(head, &body))));
    }
    let mut json = String::from_utf8(body)
        .map_err(|error| unexpected(expected, head, error.as_bytes(), error.utf8_error().to_string()))?;
    match object_text(&json).map(str::len) {
        Ok(length) => {
            let before = json.len().saturating_sub(length);
            if before > 0 {
                json.drain(..before);
            }
            Ok(json)
        }
        Err(error) => Err(unexpected(expected, head, json.as_bytes(), error)),
    }
}

fn unexpected(expected: &'static str, head: &ResponseHead<'_>, body: &[u8], error: String) -> ResponseError {
    let content_type = head.content_type.map(str::to_owned);
    ResponseError::Json { expected, content_type, lookalike: looks_like(body), error }
}

/// The text of a body that may be a JSON object, without a byte order mark.
#[cfg(feature = "drift")]
pub(crate) fn object(body: &[u8]) -> Result<&str, String> {
    core::str::from_utf8(body).map_err(|error| error.to_string()).and_then(object_text)
}

/// A text that may be a JSON object. A byte order mark before it is skipped: "implementations that parse JSON texts MAY
/// ignore the presence of a byte order mark" (RFC 8259, section 8.1).
fn object_text(json: &str) -> Result<&str, String> {
    let json = json.trim_start_matches('\u{feff}');
    if json.trim_ascii_start().starts_with('{') { Ok(json) } else { Err("not a JSON object".to_owned()) }
}

/// A path the service does not know gets status 200 and `{"Output":{"__type":…},"Version":"1.0"}`.
fn is_unknown_operation(body: &[u8]) -> bool {
    body.starts_with(br#"{"Output":{"__type""#)
}

/// Why an HTTP response is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// An error of the service.
    Service(Box<ServiceError>),
    /// A success whose body is not a JSON object.
    Json {
        /// What was expected, such as `a Converse response`.
        expected: &'static str,
        /// The header `content-type`.
        content_type: Option<String>,
        /// Apparent type of the body.
        lookalike: Option<Lookalike>,
        /// Description of the error.
        error: String,
    },
    /// A success of a streaming request whose body is not an event stream.
    NotAnEventStream {
        /// The header `content-type`.
        content_type: Option<String>,
        /// Apparent type of the body.
        lookalike: Option<Lookalike>,
        /// The beginning of the body.
        beginning: String,
    },
}

impl ResponseError {
    /// Reads the error from a response to a streaming request that is not an event stream ([`is_event_stream`]). The
    /// first MiB of the body is sufficient.
    #[must_use]
    pub fn of_stream(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::of_stream_head(&ResponseHead::of(status, headers), body)
    }

    /// [`of_stream`](Self::of_stream) for a head without the types of `http`.
    #[must_use]
    pub fn of_stream_head(head: &ResponseHead<'_>, body: &[u8]) -> Self {
        if !head.is_ok() || is_unknown_operation(body) {
            return Self::Service(Box::new(ServiceError::from_head(head, body)));
        }
        Self::NotAnEventStream {
            content_type: head.content_type.map(str::to_owned),
            lookalike: looks_like(body),
            beginning: beginning(body),
        }
    }

    /// Apparent type of the body, if it does not come from the service.
    #[must_use]
    pub fn lookalike(&self) -> Option<Lookalike> {
        match self {
            Self::Service(_) => None,
            Self::Json { lookalike, .. } | Self::NotAnEventStream { lookalike, .. } => *lookalike,
        }
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => error.fmt(f),
            Self::Json { expected, content_type, error, .. } => write!(
                f,
                "the response (content type {}) is not {expected}: {error}",
                content_type.as_deref().unwrap_or("unknown")
            ),
            Self::NotAnEventStream { content_type, lookalike, beginning } => {
                let content_type = content_type.as_deref().unwrap_or("unknown");
                write!(f, "the response (content type {content_type}) is not an event stream")?;
                // Binary content is not displayed.
                lookalike.map_or(Ok(()), |kind| write!(f, " but {kind}: {beginning}"))
            }
        }
    }
}

impl core::error::Error for ResponseError {}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &str) -> Result<ConverseResponse, ResponseError> {
        ConverseResponse::from_http(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn an_owned_body_is_kept_without_a_copy() {
        let json = r#"{"stopReason":"end_turn","output":{}}"#;
        let body = Vec::from(json);
        let at = body.as_ptr();
        let read = |body| ConverseResponse::from_http_owned(StatusCode::OK, &HeaderMap::new(), body);
        let response = read(body).unwrap();
        assert_eq!((response.raw(), response.raw().map(str::as_ptr)), (Some(json), Some(at)));
        let marked = read(format!("\u{feff}{json}").into_bytes()).unwrap();
        assert_eq!(marked.raw(), Some(json));
        assert_eq!(marked.to_document(), response.to_document());
    }

    #[test]
    fn text_is_found_behind_reasoning_and_tools_are_listed() {
        let body = json!({
            "metrics": {"latencyMs": 1},
            "output": {"message": {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"text": "Hello"},
                {"toolUse": {"toolUseId": "t", "name": "n", "input": {"b": 1, "a": 2}}},
                {"hologram": 7},
            ]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3, "serverToolUsage": {}},
            "novelty": true,
        });
        let response = read(200, &body.to_string()).unwrap();
        assert_eq!(response.text(), "Hello");
        assert_eq!(response.tool_uses().map(|tool| &*tool.name).collect::<Vec<_>>(), ["n"]);
        let message = serde_json::to_value(response.into_message().unwrap()).unwrap();
        assert_eq!(message, body["output"]["message"]);
    }

    #[test]
    fn errors_and_impostors() {
        let Err(ResponseError::Service(error)) = read(429, r#"{"message":"Too many tokens"}"#) else {
            panic!()
        };
        assert_eq!((error.status, &*error.message), (429, "Too many tokens"));
        let unknown =
            r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#;
        let Err(ResponseError::Service(error)) = read(200, unknown) else { panic!() };
        assert_eq!(error.code, "UnknownOperationException");
        let error = read(200, "<html>").unwrap_err().to_string();
        assert!(error.contains("is not a Converse response: not a JSON object"), "{error}");
    }

    #[test]
    fn what_is_no_stream_says_what_it_is() {
        let of_stream = |status: u16, content_type: &'static str, body: &[u8]| {
            let headers = [(CONTENT_TYPE, content_type.parse().unwrap())].into_iter().collect();
            ResponseError::of_stream(StatusCode::from_u16(status).unwrap(), &headers, body)
        };
        assert_eq!(
            of_stream(200, "text/html", b"<html>Log in").to_string(),
            "the response (content type text/html) is not an event stream but HTML: <html>Log in"
        );
        assert_eq!(
            of_stream(200, "a/b", &[0, 0, 0, 9, 0xff]).to_string(),
            "the response (content type a/b) is not an event stream"
        );
        let unknown = br#"{"Output":{"__type":"x#UnknownOperationException"},"Version":"1.0"}"#;
        for (status, body) in [(403, &b"<html>"[..]), (200, unknown)] {
            assert!(matches!(of_stream(status, "text/html", body), ResponseError::Service(_)));
        }
    }

    #[test]
    fn only_an_event_stream_is_one() {
        let headers = |value: &'static str| [(CONTENT_TYPE, value.parse().unwrap())].into_iter().collect();
        assert!(is_event_stream(StatusCode::OK, &headers("application/vnd.amazon.eventstream")));
        assert!(is_event_stream(StatusCode::OK, &headers("Application/Vnd.Amazon.EventStream; v=1")));
        assert!(!is_event_stream(StatusCode::OK, &headers("application/json")));
        assert!(!is_event_stream(StatusCode::BAD_REQUEST, &headers("application/vnd.amazon.eventstream")));
        assert!(!is_event_stream(StatusCode::OK, &HeaderMap::new()));
    }
}
