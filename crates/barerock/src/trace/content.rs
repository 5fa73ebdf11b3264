//! Prompts and responses in the JSON of the conventions (`gen-ai-input-messages.json`, `gen-ai-output-messages.json`).

use barerock_converse::types::{
    ContentBlock, ConversationRole, Document, Message, ReasoningContentBlock, StopReason, SystemContentBlock,
    ToolResultContentBlock,
};
use serde::Serialize;

#[derive(Serialize)]
struct JsonMessage<'a> {
    role: &'a str,
    parts: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text {
        content: &'a str,
    },
    Reasoning {
        content: &'a str,
    },
    ToolCall {
        id: &'a str,
        name: &'a str,
        arguments: &'a Document,
    },
    ToolCallResponse {
        id: &'a str,
        response: Vec<Part<'a>>,
    },
    Json {
        content: &'a Document,
    },
    /// Content that is named by its kind.
    #[serde(untagged)]
    Other {
        r#type: &'a str,
    },
}

/// Messages of a request.
pub(super) fn input_messages(messages: &[Message]) -> String {
    let messages: Vec<_> = messages.iter().map(|message| json_message(message, None)).collect();
    json(&messages)
}

/// The message of a response, in an array of one.
pub(super) fn output_message(message: &Message, stop_reason: Option<&StopReason>) -> String {
    json(&[json_message(message, stop_reason)])
}

/// The system prompt.
pub(super) fn system_instructions(blocks: &[SystemContentBlock]) -> String {
    let parts: Vec<_> = blocks
        .iter()
        .map(|block| match block {
            SystemContentBlock::Text(content) => Part::Text { content },
            SystemContentBlock::GuardContent(_) => Part::Other { r#type: "guard_content" },
            SystemContentBlock::CachePoint(_) => Part::Other { r#type: "cache_point" },
            _ => Part::Other { r#type: "unknown" },
        })
        .collect();
    json(&parts)
}

fn json_message<'a>(message: &'a Message, stop_reason: Option<&'a StopReason>) -> JsonMessage<'a> {
    let has_results = message.content.iter().any(|block| matches!(block, ContentBlock::ToolResult(_)));
    let role = match &message.role {
        // The conventions give results of tools a role of their own.
        ConversationRole::User if has_results => "tool",
        role => role.as_str(),
    };
    let parts = message.content.iter().flat_map(parts).collect();
    JsonMessage { role, parts, finish_reason: stop_reason.map(StopReason::as_str) }
}

fn parts(block: &ContentBlock) -> Vec<Part<'_>> {
    vec![match block {
        ContentBlock::Text(content) => Part::Text { content },
        ContentBlock::CitationsContent(block) => {
            let cited = block.content.iter().flatten();
            return cited.filter_map(|text| Some(Part::Text { content: text.as_text()? })).collect();
        }
        ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(reasoning)) => {
            Part::Reasoning { content: &reasoning.text }
        }
        ContentBlock::ToolUse(call) => {
            Part::ToolCall { id: &call.tool_use_id, name: &call.name, arguments: &call.input }
        }
        ContentBlock::ToolResult(result) => {
            let response = result.content.iter().map(result_part).collect();
            Part::ToolCallResponse { id: &result.tool_use_id, response }
        }
        ContentBlock::ReasoningContent(_) => Part::Other { r#type: "reasoning" },
        ContentBlock::Image(_) => Part::Other { r#type: "image" },
        ContentBlock::Document(_) => Part::Other { r#type: "document" },
        ContentBlock::Video(_) => Part::Other { r#type: "video" },
        ContentBlock::Audio(_) => Part::Other { r#type: "audio" },
        ContentBlock::SearchResult(_) => Part::Other { r#type: "search_result" },
        ContentBlock::GuardContent(_) => Part::Other { r#type: "guard_content" },
        ContentBlock::CachePoint(_) => Part::Other { r#type: "cache_point" },
        _ => Part::Other { r#type: "unknown" },
    }]
}

fn result_part(block: &ToolResultContentBlock) -> Part<'_> {
    match block {
        ToolResultContentBlock::Text(content) => Part::Text { content },
        ToolResultContentBlock::Json(content) => Part::Json { content },
        ToolResultContentBlock::Image(_) => Part::Other { r#type: "image" },
        ToolResultContentBlock::Document(_) => Part::Other { r#type: "document" },
        ToolResultContentBlock::Video(_) => Part::Other { r#type: "video" },
        ToolResultContentBlock::SearchResult(_) => Part::Other { r#type: "search_result" },
        _ => Part::Other { r#type: "unknown" },
    }
}

/// Every value here is JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    Document::from_serialize(value).map(|json| json.as_json().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use barerock_converse::types::{ToolResultBlock, ToolUseBlock};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn messages_have_the_conventions_shape() {
        let call = ToolUseBlock::new("t1", "weather", json!({"city": "Oslo"}));
        let messages = [
            Message::user("Weather?"),
            Message::assistant([ContentBlock::from("Looking."), ContentBlock::ToolUse(call)]),
            Message::tool_results([ToolResultBlock::json("t1", json!({"t": 7}))]),
            Message::user([ContentBlock::image_png(b"SQUIRREL".to_vec())]),
        ];
        let input: Value = serde_json::from_str(&input_messages(&messages)).unwrap();
        assert_eq!(
            input,
            json!([
                {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
                {"role": "assistant", "parts": [
                    {"type": "text", "content": "Looking."},
                    {"type": "tool_call", "id": "t1", "name": "weather", "arguments": {"city": "Oslo"}},
                ]},
                {"role": "tool", "parts": [
                    {"type": "tool_call_response", "id": "t1", "response": [{"type": "json", "content": {"t": 7}}]},
                ]},
                {"role": "user", "parts": [{"type": "image"}]},
            ])
        );
        let output = output_message(&Message::assistant("Hi"), Some(&StopReason::EndTurn));
        assert_eq!(
            serde_json::from_str::<Value>(&output).unwrap(),
            json!([{"role": "assistant", "parts": [{"type": "text", "content": "Hi"}], "finish_reason": "end_turn"}])
        );
        let system =
            system_instructions(&["Be brief.".into(), SystemContentBlock::CachePoint(Default::default())]);
        assert_eq!(
            serde_json::from_str::<Value>(&system).unwrap(),
            json!([{"type": "text", "content": "Be brief."}, {"type": "cache_point"}])
        );
    }
}
