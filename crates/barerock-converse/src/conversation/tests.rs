use serde_json::json;

use super::*;
use crate::types::{ReasoningContentBlock, ReasoningTextBlock, Tool, ToolConfiguration, ToolResultStatus};

fn conversation() -> Conversation {
    let mut request = ConverseRequest::new("m", []);
    request.tool_config = Some(ToolConfiguration::new([Tool::new("f", json!({"type": "object"}))]));
    let mut conversation = Conversation::new(request);
    conversation.push_user("go");
    conversation
}

fn tool(id: &str, input: serde_json::Value) -> ContentBlock {
    ToolUseBlock::new(id, "f", input).into()
}

fn reasoning() -> ContentBlock {
    ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(ReasoningTextBlock::new("hm")))
}

fn push(content: impl IntoContent) -> Result<Conversation, NotResendable> {
    let mut conversation = conversation();
    conversation.push_response(Message::assistant(content))?;
    Ok(conversation)
}

// spec-test: bedrock#reasoning
#[test]
fn blank_text_is_left_out_and_the_rest_stays_in_place() {
    for blank in ["", " ", "\n\t", "\u{a0}\u{2003}"] {
        let content = [reasoning(), blank.into(), "a ".into(), reasoning(), "b".into(), tool("1", json!({}))];
        let kept = push(content.clone()).unwrap();
        let expected: Vec<_> = content.into_iter().filter(|block| block.as_text() != Some(blank)).collect();
        assert_eq!(kept.messages()[1].content, expected);
        assert_eq!(push(blank), Err(NotResendable::Empty));
        assert_eq!(push([reasoning(), blank.into()]), Err(NotResendable::ReasoningOnly));
    }
    assert_eq!(push(Vec::new()), Err(NotResendable::Empty));
    assert_eq!(push([reasoning(), reasoning()]), Err(NotResendable::ReasoningOnly));
}

#[test]
fn a_tool_input_that_is_no_object_is_sent_back_in_one_with_an_error() {
    for input in
        [json!(["Oslo", "Rome"]), json!("Oslo"), json!(null), json!(7), json!(true), json!([]), json!("")]
    {
        let mut kept = push([tool("1", json!({"a": 1})), tool("2", input.clone())]).unwrap();
        assert_eq!(kept.pending().map(|call| &*call.tool_use_id).collect::<Vec<_>>(), ["1"]);
        assert_eq!(kept.invalid().count(), 1);
        let sent: Vec<serde_json::Value> =
            kept.messages()[1].tool_uses().map(|call| call.input.parse().unwrap()).collect();
        assert_eq!(sent, [json!({"a": 1}), json!({"invalid_input": input})]);
        kept.push_tool_results([ToolResultBlock::text("2", "not this"), ToolResultBlock::text("1", "54F")]);
        assert_eq!(
            kept.messages()[2],
            Message::tool_results([
                ToolResultBlock::text("1", "54F"),
                ToolResultBlock::error("2", "the input is not a JSON object"),
            ])
        );
        assert_eq!(kept.pending().count() + kept.invalid().count(), 0);
    }
}

#[test]
fn of_a_long_invalid_input_only_the_beginning_is_sent_back() {
    let kept = push(tool("1", json!("ä".repeat(1 << 20)))).unwrap();
    let input = kept.messages()[1].tool_uses().next().unwrap().input.as_json().to_owned();
    assert!(input.len() < 1_200 && input.starts_with(r#"{"invalid_input":"\"ää"#), "{}", &input[..40]);
}

/// A tool use without a result would make every later request fail.
// spec-test: bedrock#tool-result-id
#[test]
fn tool_uses_without_a_result_get_an_error_result() {
    let mut kept = push([tool("1", json!({})), tool("2", json!("cut"))]).unwrap();
    kept.push_user("never mind");
    let last = kept.messages().last().unwrap();
    assert_eq!(last.role, ConversationRole::User);
    let status = |block: &ContentBlock| match block {
        ContentBlock::ToolResult(result) => result.status.clone(),
        _ => None,
    };
    let statuses: Vec<_> = last.content.iter().map(status).collect();
    assert_eq!(statuses, [Some(ToolResultStatus::Error), Some(ToolResultStatus::Error), None]);
    assert_eq!(last.content[2].as_text(), Some("never mind"));
    kept.request().validate().unwrap();
    // Content after a user's message joins it.
    kept.push_user("really");
    assert_eq!(kept.messages().len(), 3);
    kept.truncate(1);
    assert_eq!(kept, conversation());
}

#[test]
fn what_the_service_would_refuse_changes_nothing() {
    let mut kept = conversation();
    let long = "x".repeat(65);
    for (id, name, refused) in [
        ("1", "functions.f", NotResendable::ToolName("functions.f".to_owned())),
        ("1", "", NotResendable::ToolName(String::new())),
        ("1", &*long, NotResendable::ToolName(long.clone())),
        ("", "f", NotResendable::ToolUseId(String::new())),
        ("a b", "f", NotResendable::ToolUseId("a b".to_owned())),
        (&*long, "f", NotResendable::ToolUseId(long.clone())),
    ] {
        let call = ToolUseBlock::new(id, name, json!({}));
        assert_eq!(kept.push_response(Message::assistant(ContentBlock::from(call))), Err(refused.clone()));
        assert_eq!(kept, conversation());
        assert!(refused.to_string().len() < 200);
    }
    let twice = [tool("1", json!({})), tool("1", json!({}))];
    assert_eq!(push(twice), Err(NotResendable::ToolUseId("1".to_owned())));
    let mut without = Conversation::new(ConverseRequest::new("m", [Message::user("go")]));
    let refused = without.push_response(Message::assistant(tool("1", json!({}))));
    assert_eq!(refused, Err(NotResendable::NoToolConfig("f".to_owned())));
}

/// `"type": "tool_use"` is common, and not the service's own tool.
#[test]
fn only_a_server_tool_is_the_services() {
    for (kind, pending) in [("tool_use", 1), ("server_tool_use", 0)] {
        let mut call = ToolUseBlock::new("1", "f", json!({}));
        call.r#type = Some(kind.into());
        assert_eq!(push(ContentBlock::from(call)).unwrap().pending().count(), pending, "{kind}");
    }
}
