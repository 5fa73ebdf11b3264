//! How alike two Converse requests are: the shape of the conversation counts before its settings.

use core::cmp::Reverse;

use barerock_audit::json;
use serde_json::Value;

use crate::fixture::Fixture;
use crate::request_body::RequestBody;

/// How like a fixture's request is to a request for a Converse operation. The greater is the more alike; earlier members decide.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Likeness {
    /// The request has tools if the fixture's has: a tool call in response to a request without tools makes no sense.
    may_call_tools: bool,
    /// Both or neither end with a tool result.
    same_ending: bool,
    /// The last texts of the last messages are equal.
    same_last_text: bool,
    /// The difference in the number of messages.
    messages: Reverse<usize>,
    /// The number of equal messages from the first on.
    equal_messages: usize,
    same_tools: bool,
    same_system: bool,
    same_additional_fields: bool,
}

/// How like the fixture's request is to one with this body; the least of all if either is not JSON.
pub(crate) fn likeness(fixture: &Fixture, body: &RequestBody) -> Option<Likeness> {
    let (RequestBody::Json(request), RequestBody::Json(recorded)) = (body, fixture.request_body()) else {
        return None;
    };
    let both = |member: &str| has(request, member) == has(recorded, member);
    let (asked, answered) = (messages(request), messages(recorded));
    let equal = asked.iter().zip(answered).take_while(|(a, b)| json::equal(a, b)).count();
    Some(Likeness {
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

/// The content blocks of the last message.
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

/// The last text of the last message.
fn last_text(body: &Value) -> Option<&str> {
    last_content(body).iter().rev().find_map(|block| block.get("text")?.as_str())
}
