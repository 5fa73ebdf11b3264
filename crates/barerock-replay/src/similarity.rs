//! Similarity of two Converse requests: the structure of the conversation counts before its settings.

use core::cmp::Reverse;

use barerock_audit::json;
use serde_json::Value;

use crate::fixture::Fixture;
use crate::request_body::RequestBody;

/// Similarity of a fixture's request to a received Converse request. Greater is more similar; earlier fields take precedence.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Similarity {
    /// False if only the fixture's request has tools: its response may call a tool that the received request lacks.
    may_call_tools: bool,
    /// Both or neither end with a tool result.
    same_ending: bool,
    /// The last texts of the last messages are equal.
    same_last_text: bool,
    /// Difference in the number of messages; smaller is more similar.
    messages: Reverse<usize>,
    /// Number of equal messages, counted from the first until one differs.
    equal_messages: usize,
    same_tools: bool,
    same_system: bool,
    same_additional_fields: bool,
}

/// Compares the fixture's request with one of this body; `None`, which sorts lowest, if either is not JSON.
pub(crate) fn similarity(fixture: &Fixture, body: &RequestBody) -> Option<Similarity> {
    let (RequestBody::Json(request), RequestBody::Json(recorded)) = (body, fixture.request_body()) else {
        return None;
    };
    let both = |member: &str| has(request, member) == has(recorded, member);
    let (asked, answered) = (messages(request), messages(recorded));
    let equal = asked.iter().zip(answered).take_while(|(a, b)| json::equal(a, b)).count();
    Some(Similarity {
        may_call_tools: has(request, "toolConfig") || !has(recorded, "toolConfig"),
        same_ending: ends_with_tool_result(request) == ends_with_tool_result(recorded),
        same_last_text: last_text(request).is_some() && last_text(request) == last_text(recorded),
        messages: Reverse(asked.len().abs_diff(answered.len())),
        equal_messages: equal,
        same_tools: both("toolConfig"),
        same_system: both("system"),
        same_additional_fields: both("additionalModelRequestFields"),
    })
}

fn messages(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn has(body: &Value, member: &str) -> bool {
    body.get(member).is_some_and(|value| !value.is_null())
}

/// Returns the content blocks of the last message.
fn last_content(body: &Value) -> &[Value] {
    messages(body)
        .last()
        .and_then(|message| message.get("content"))
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn ends_with_tool_result(body: &Value) -> bool {
    last_content(body).iter().any(|block| block.get("toolResult").is_some())
}

/// Returns the last text of the last message.
fn last_text(body: &Value) -> Option<&str> {
    last_content(body).iter().rev().find_map(|block| block.get("text")?.as_str())
}
