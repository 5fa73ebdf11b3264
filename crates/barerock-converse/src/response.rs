//! The answer to a Converse call.

use core::fmt;

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::{ServiceError, beginning};
use crate::lookalike::{Lookalike, looks_like};
use crate::types::{
    ConverseMetrics, ConverseTrace, Document, Message, PerformanceConfiguration, ServiceTier, StopReason,
    TokenUsage, ToolUseBlock, structure, union,
};
use crate::wire::ResponseHead;

structure! {
    /// The answer to a Converse call.
    ConverseResponse {
        required {
            /// What the model answered.
            output: ConverseOutput,
            /// Why it stopped.
            stop_reason: StopReason,
            /// What it cost.
            usage: TokenUsage,
            /// What it took.
            metrics: ConverseMetrics,
        }
        optional {
            /// The model's own fields that were asked for.
            additional_model_response_fields: Document,
            /// What the guardrail found and which model a prompt router chose: [`read_trace`](Self::read_trace).
            trace: Document,
            /// The latency class that served the call.
            performance_config: PerformanceConfiguration,
            /// The capacity that served the call.
            service_tier: ServiceTier,
        }
    }
}

union! {
    /// What the model answered.
    ConverseOutput {
        /// A message, to be put back into the conversation as it is.
        Message(Message) = "message",
    }
}

impl ConverseResponse {
    /// Reads an answer: a success, or the error it holds.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the service says what went wrong, [`ResponseError::Json`] if a success is not a
    /// Converse response.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("a Converse response", status, headers, body)
    }

    /// What the guardrail found and which model a prompt router chose: `trace`, read. It is read only here, so that who
    /// does not look at it does not pay for it.
    ///
    /// # Errors
    /// If the trace has not the shape the model gives it; `trace` still holds it as it came.
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

    /// The message, to be put back into the conversation.
    #[must_use]
    pub fn into_message(self) -> Option<Message> {
        match self.output {
            ConverseOutput::Message(message) => Some(message),
            ConverseOutput::Unknown(_) => None,
        }
    }

    /// The text of the answer, whatever blocks stand before it.
    #[must_use]
    pub fn text(&self) -> String {
        self.message().map(Message::text).unwrap_or_default()
    }

    /// The tools the model asks for, in order.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.message().into_iter().flat_map(Message::tool_uses)
    }
}

/// Whether the answer to a ConverseStream call is a stream; if not, its whole body says why: [`ResponseError::of_stream`].
#[must_use]
pub fn is_event_stream(status: StatusCode, headers: &HeaderMap) -> bool {
    ResponseHead::of(status, headers).is_event_stream()
}

/// Reads an answer: a success, or the error it holds.
pub(crate) fn read<T: DeserializeOwned>(
    expected: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<T, ResponseError> {
    let head = ResponseHead::of(status, headers);
    if !head.is_ok() || is_unknown_operation(body) {
        return Err(ResponseError::Service(Box::new(ServiceError::from_head(&head, body))));
    }
    serde_json::from_slice(body).map_err(|error| ResponseError::Json {
        expected,
        content_type: head.content_type.map(str::to_owned),
        error: error.to_string(),
    })
}

/// A path the service does not know gets status 200 and `{"Output":{"__type":…},"Version":"1.0"}`.
fn is_unknown_operation(body: &[u8]) -> bool {
    body.starts_with(br#"{"Output":{"__type""#)
}

/// Why an HTTP answer is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The service says what went wrong.
    Service(Box<ServiceError>),
    /// A success whose body is not what it should be.
    Json {
        /// What it should be, such as `a Converse response`.
        expected: &'static str,
        /// The content type it was sent with.
        content_type: Option<String>,
        /// What the parser says, with line and column.
        error: String,
    },
    /// A success of a streaming call that is no event stream: it comes from somebody else than Bedrock.
    NotAnEventStream {
        /// The content type it was sent with.
        content_type: Option<String>,
        /// What its body looks like.
        lookalike: Option<Lookalike>,
        /// The beginning of its body.
        beginning: String,
    },
}

impl ResponseError {
    /// Why the answer to a streaming call is no stream ([`is_event_stream`]). Of the body, as much as is needed: 1 MiB does.
    #[must_use]
    pub fn of_stream(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::of_stream_head(&ResponseHead::of(status, headers), body)
    }

    /// [`of_stream`](Self::of_stream) for a head in plain words.
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
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => error.fmt(f),
            Self::Json { expected, content_type, error } => write!(
                f,
                "the answer (content type {}) is not {expected}: {error}; is a proxy in between?",
                content_type.as_deref().unwrap_or("unknown")
            ),
            Self::NotAnEventStream { content_type, lookalike, beginning } => {
                let content_type = content_type.as_deref().unwrap_or("unknown");
                write!(f, "the answer (content type {content_type}) is not an event stream")?;
                // Bytes that are no text show nothing.
                lookalike.map_or(Ok(()), |kind| write!(f, " but {kind}: {beginning}"))?;
                f.write_str("; is a proxy in between?")
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
        assert!(error.contains("is not a Converse response") && error.contains("proxy"), "{error}");
    }

    #[test]
    fn what_is_no_stream_says_what_it_is() {
        let of_stream = |status: u16, content_type: &'static str, body: &[u8]| {
            let headers = [(CONTENT_TYPE, content_type.parse().unwrap())].into_iter().collect();
            ResponseError::of_stream(StatusCode::from_u16(status).unwrap(), &headers, body)
        };
        assert_eq!(
            of_stream(200, "text/html", b"<html>Log in").to_string(),
            "the answer (content type text/html) is not an event stream but HTML: <html>Log in; is a proxy in between?"
        );
        assert_eq!(
            of_stream(200, "a/b", &[0, 0, 0, 9, 0xff]).to_string(),
            "the answer (content type a/b) is not an event stream; is a proxy in between?"
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
