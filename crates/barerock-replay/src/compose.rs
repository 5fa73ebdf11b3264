//! Construction of fixtures in code, for tests of programs that call Converse.

use barerock_converse::types::ContentBlock;
use barerock_converse::wire::header_name::X_AMZN_ERROR_TYPE;
use barerock_eventstream::MEDIA_TYPE;
use bytes::Bytes;
use core::fmt;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::fixture::{Fixture, JSON, Response};
use crate::frames;
use crate::operation::Operation;
use crate::request_body::RequestBody;

/// Input tokens of every composed response.
const INPUT_TOKENS: usize = 10;
/// Latency of every composed response, in milliseconds.
const LATENCY_MS: u32 = 1;

/// Composed fixtures. Each serves every request for its model, whatever the request's body and in every
/// [`MatchMode`](crate::MatchMode); several for one model are served in turn. A fixture recorded for exactly this request
/// takes precedence.
impl Fixture {
    /// Composes a message of this text, for Converse and, split into one delta per word, for ConverseStream. The stop reason
    /// is `end_turn`.
    pub fn text(model_id: &str, text: &str) -> Self {
        Self::of_content(model_id, &[json!({"text": text})])
    }

    /// Composes a message that calls the tool `name` with this input, for Converse and ConverseStream. The stop reason is
    /// `tool_use`; the tool use id is `tooluse_` followed by the tool's name.
    pub fn tool_use(model_id: &str, name: &str, input: Value) -> Self {
        let id = format!("tooluse_{name}");
        Self::of_content(model_id, &[json!({"toolUse": {"toolUseId": id, "name": name, "input": input}})])
    }

    /// Composes a message of these blocks, for Converse and, if each is text, reasoning text or a tool call, for
    /// ConverseStream. The stop reason is `tool_use` if one of them is a tool call, else `end_turn`.
    pub fn message(model_id: &str, content: impl IntoIterator<Item = ContentBlock>) -> Self {
        let blocks: Vec<Value> =
            content.into_iter().filter_map(|block| serde_json::to_value(block).ok()).collect();
        Self::of_content(model_id, &blocks)
    }

    /// Composes a stream of these events, for ConverseStream. Each is a `StreamEvent`, or JSON in boto3's shape such as
    /// `{"messageStart": {"role": "assistant"}}`. No event is added: without `messageStop` the stream ends early.
    ///
    /// # Errors
    /// [`ComposeError`] if an event is not a JSON object with one member, or does not fit into a frame.
    pub fn stream<E: Serialize>(
        model_id: &str,
        events: impl IntoIterator<Item = E>,
    ) -> Result<Self, ComposeError> {
        let mut body = Vec::new();
        for (index, event) in events.into_iter().enumerate() {
            body.extend_from_slice(&frame_of(&event).ok_or(ComposeError { index })?);
        }
        Ok(Self::composed_stream(model_id, body.into()))
    }

    /// Composes an error response, for Converse and ConverseStream: the status, the code in `x-amzn-ErrorType`, and the
    /// message. An invalid status becomes 500.
    pub fn error(model_id: &str, status: u16, code: &str, message: &str) -> Self {
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static(JSON))];
        if let Ok(code) = HeaderValue::from_str(code) {
            headers.push((HeaderName::from_static(X_AMZN_ERROR_TYPE), code));
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Bytes::from(json!({"message": message}).to_string());
        let response = Response { status, headers, body, event_stream: false };
        let streamed = Self::composed(model_id, "converse-stream", response.clone());
        Self::composed(model_id, "converse", response).or_streamed(Some(streamed))
    }

    fn of_content(model_id: &str, content: &[Value]) -> Self {
        let calls = content.iter().any(|block| block.get("toolUse").is_some());
        let stop_reason = if calls { "tool_use" } else { "end_turn" };
        let deltas: Option<Vec<Vec<Value>>> =
            content.iter().enumerate().map(|(index, block)| block_events(index, block)).collect();
        let output_tokens = deltas.iter().flatten().map(Vec::len).sum::<usize>().max(1);
        let usage = json!({
            "inputTokens": INPUT_TOKENS,
            "outputTokens": output_tokens,
            "totalTokens": INPUT_TOKENS.saturating_add(output_tokens),
        });
        let metrics = json!({"latencyMs": LATENCY_MS});
        let whole = json!({
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop_reason,
            "usage": usage,
            "metrics": metrics,
        });
        let streamed = deltas.and_then(|deltas| {
            let start = json!({"messageStart": {"role": "assistant"}});
            let stop = json!({"messageStop": {"stopReason": stop_reason}});
            let metadata = json!({"metadata": {"usage": usage, "metrics": metrics}});
            let events = [start].into_iter().chain(deltas.into_iter().flatten()).chain([stop, metadata]);
            Self::stream(model_id, events).ok()
        });
        let response = Response {
            status: StatusCode::OK,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static(JSON))],
            body: whole.to_string().into(),
            event_stream: false,
        };
        Self::composed(model_id, "converse", response).or_streamed(streamed)
    }

    fn composed_stream(model_id: &str, body: Bytes) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))];
        let response = Response { status: StatusCode::OK, headers, body, event_stream: true };
        Self::composed(model_id, "converse-stream", response)
    }

    fn composed(model_id: &str, operation: &str, response: Response) -> Self {
        let operation = Operation::of_model(Method::POST, model_id, operation);
        Self::assemble(format!("composed for {model_id}"), operation, RequestBody::Any, response)
    }
}

/// Returns the stream events of a content block; `None` for a block that cannot be streamed.
fn block_events(index: usize, block: &Value) -> Option<Vec<Value>> {
    let (kind, value) = block.as_object().and_then(|members| members.iter().next())?;
    let deltas: Vec<Value> = match kind.as_str() {
        "text" => words(value.as_str()?).map(|text| json!({"text": text})).collect(),
        "reasoningContent" => {
            let reasoning = value.get("reasoningText")?;
            let text = words(reasoning.get("text")?.as_str()?);
            let signature = reasoning.get("signature").map(|signature| json!({"signature": signature}));
            let deltas = text.map(|text| json!({"text": text})).chain(signature);
            deltas.map(|delta| json!({"reasoningContent": delta})).collect()
        }
        "toolUse" => {
            let input = value.get("input")?.to_string();
            words(&input).map(|input| json!({"toolUse": {"input": input}})).collect()
        }
        _ => return None,
    };
    let start = (kind == "toolUse").then(|| {
        let start = json!({"toolUseId": value.get("toolUseId"), "name": value.get("name")});
        json!({"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": start}}})
    });
    let deltas = deltas
        .into_iter()
        .map(|delta| json!({"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}));
    let stop = json!({"contentBlockStop": {"contentBlockIndex": index}});
    Some(start.into_iter().chain(deltas).chain([stop]).collect())
}

/// Splits a text after each space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

/// Encodes an event in boto3's shape as a frame.
fn frame_of(event: &impl Serialize) -> Option<Bytes> {
    let Value::Object(members) = serde_json::to_value(event).ok()? else { return None };
    let mut members = members.into_iter();
    let (Some((name, payload)), None) = (members.next(), members.next()) else { return None };
    frames::event(&name, payload.to_string().as_bytes())
}

/// An event that cannot be framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComposeError {
    /// Index of the event in the list, counted from 0.
    pub index: usize,
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}: not an object of one member that fits into a frame", self.index)
    }
}

impl core::error::Error for ComposeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use barerock_converse::{ConverseResponse, EventDecoder, MessageAssembler};

    fn assembled(fixture: &Fixture) -> barerock_converse::AssembledMessage {
        let (mut events, mut message) = (EventDecoder::new(), MessageAssembler::new());
        let mut body = &fixture.body()[..];
        while let Some(event) = events.next_event(&mut body).unwrap() {
            message.push(event);
        }
        events.finish().unwrap();
        message.finish().unwrap()
    }

    #[test]
    fn a_message_is_the_same_whole_and_streamed() {
        let blocks = [
            json!({"reasoningContent": {"reasoningText": {"text": "Let me see.", "signature": "c2ln"}}}),
            json!({"text": "It is\u{e9} 54 \"F\".\n"}),
            json!({"toolUse": {"toolUseId": "t", "name": "w", "input": {"city": "San Jose", "n": [1, 2.5]}}}),
        ];
        let blocks = blocks.map(|block| serde_json::from_value::<ContentBlock>(block).unwrap());
        let fixture = Fixture::message("m", blocks);
        let whole: ConverseResponse = serde_json::from_slice(fixture.body()).unwrap();
        let streamed = assembled(fixture.streamed().unwrap());
        assert_eq!(whole.message().unwrap(), &streamed.message);
        assert_eq!(whole.stop_reason, *streamed.stop_reason());
        assert_eq!(Some(&whole.usage), streamed.usage());
    }

    #[test]
    fn a_block_that_streams_do_not_have_is_for_converse_alone() {
        let image = json!({"image": {"format": "png", "source": {"bytes": "AAAA"}}});
        let fixture = Fixture::message("m", [serde_json::from_value::<ContentBlock>(image).unwrap()]);
        assert!(fixture.streamed().is_none() && !fixture.is_broken());
    }

    #[test]
    fn an_event_that_is_none_is_named() {
        for event in [json!([]), json!({}), json!({"a": {}, "b": {}}), json!({"x".repeat(40_000): {}})] {
            let events = [json!({"messageStart": {"role": "assistant"}}), event];
            assert_eq!(Fixture::stream("m", events).unwrap_err(), ComposeError { index: 1 });
        }
        let early = Fixture::stream("m", [json!({"messageStart": {"role": "assistant"}})]).unwrap();
        assert!(early.is_broken(), "no messageStop");
    }

    #[test]
    fn an_error_has_its_status_code_and_message() {
        let fixture = Fixture::error("m", 400, "ValidationException", "no \"such\" model");
        assert_eq!(fixture.status(), 400);
        assert_eq!(fixture.headers()[1].1, "ValidationException");
        assert_eq!(&fixture.body()[..], br#"{"message":"no \"such\" model"}"#);
        assert!(fixture.is_broken() && fixture.streamed().is_some());
        assert_eq!(Fixture::error("m", 7, "x", "y").status(), 500);
    }
}
