//! How alike two Converse requests are: what a conversation is about counts, its settings hardly do.

use crate::fixture::Fixture;
use crate::request_body::RequestBody;
use serde_json::Value;

/// A number that grows with the likeness of a fixture's request to this one.
pub(crate) fn likeness(fixture: &Fixture, body: &RequestBody) -> i32 {
    let (RequestBody::Json(asked), RequestBody::Json(recorded)) = (body, fixture.request_body()) else {
        return 0;
    };
    let both = |member: &str| has(asked, member) == has(recorded, member);
    let points = [
        // A tool call in response to a request without tools would make no sense.
        (32, has(asked, "toolConfig") || !has(recorded, "toolConfig")),
        (16, ends_with_tool_result(asked) == ends_with_tool_result(recorded)),
        (8, last_text(asked).is_some() && last_text(asked) == last_text(recorded)),
        (4, both("toolConfig")),
        (2, both("system")),
        (1, both("additionalModelRequestFields")),
    ];
    points.iter().map(|(points, alike)| if *alike { *points } else { 0 }).sum()
}

fn has(body: &Value, member: &str) -> bool {
    body.get(member).is_some_and(|value| !value.is_null())
}

/// The content blocks of the last message.
fn last_content(body: &Value) -> &[Value] {
    let last = body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
    last.and_then(|message| message.get("content")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn ends_with_tool_result(body: &Value) -> bool {
    last_content(body).iter().any(|block| block.get("toolResult").is_some())
}

/// The last text of the last message.
fn last_text(body: &Value) -> Option<&str> {
    last_content(body).iter().rev().find_map(|block| block.get("text")?.as_str())
}
