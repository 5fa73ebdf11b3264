use serde_json::json;

use super::*;
use crate::request::ConverseRequest;
use crate::types::{Tool, ToolResultBlock, ToolUseBlock};

fn usage(input: u64, output: u64) -> TokenUsage {
    TokenUsage::new(input, output, input + output)
}

/// Five turns of 100 tokens each after 50 tokens of system prompt and tools; the second and fourth use a tool.
fn five_turns() -> Conversation {
    let request = ConverseRequest::new("m", []).system("s".repeat(200));
    let mut conversation = Conversation::new(request.tool(Tool::new("t", json!({"type": "object"}))));
    for turn in 0..5_u64 {
        conversation.push_user(format!("{turn}{}", "?".repeat(300)));
        if turn % 2 == 1 {
            let call = ToolUseBlock::new(format!("id-{turn}"), "t", json!({}));
            conversation.push_response(Message::assistant(ContentBlock::from(call))).unwrap();
            conversation.push_tool_results([ToolResultBlock::text(format!("id-{turn}"), "54F")]);
        }
        conversation.push_response(Message::assistant("!".repeat(100))).unwrap();
        conversation.record_usage(&usage(50 + 100 * turn + 90, 10));
    }
    conversation
}

/// The first characters of the user's texts.
fn kept(conversation: &Conversation) -> String {
    let prompts = conversation.messages().iter().filter(|message| message.role == ConversationRole::User);
    prompts.filter_map(|message| message.text().chars().next()).collect()
}

#[test]
fn whole_turns_go_from_the_front() {
    for (max, keep_first, expected, tokens) in [
        (550, 0, "01234", 550),
        (549, 0, "1234", 450),
        (480, 0, "1234", 450),
        (300, 0, "34", 250),
        (0, 0, "4", 150),
        (300, 1, "04", 250),
        (549, 2, "0134", 450),
        (0, 4, "01234", 550),
        (0, 99, "01234", 550),
    ] {
        let mut conversation = five_turns();
        let all = conversation.messages().to_vec();
        assert_eq!(conversation.tokens(), Some(550));
        let dropped = conversation.trim(max, keep_first).unwrap();
        assert_eq!(kept(&conversation), expected, "{max} {keep_first}");
        assert_eq!(dropped.len() + conversation.messages().len(), all.len());
        assert!(all.windows(dropped.len().max(1)).any(|part| part == dropped) || dropped.is_empty());
        // The first turn is counted together with the system prompt, and so estimated.
        let now = conversation.tokens().unwrap();
        assert!(now.abs_diff(tokens) <= 30, "{max} {keep_first}: {now}");
        assert_eq!(conversation.messages()[0].role, ConversationRole::User);
        // Every tool use still has its result.
        assert!(Conversation::from_json(conversation.to_document().as_json()).is_ok());
        assert_eq!(conversation.trim(now, keep_first), Some(Vec::new()));
    }
}

#[test]
fn nothing_is_dropped_without_a_count() {
    let mut conversation = Conversation::new(ConverseRequest::new("m", []));
    conversation.push_user("one");
    assert_eq!((conversation.tokens(), conversation.trim(0, 0)), (None, None));
    conversation.record_usage(&usage(0, 0));
    assert_eq!(conversation.tokens(), None);
    conversation.record_count(7);
    assert_eq!(conversation.tokens(), Some(7));
    // The message that was counted has changed.
    conversation.push_user("two");
    assert_eq!(conversation.tokens(), None);
}

#[test]
fn messages_since_the_last_count_are_estimated() {
    let mut conversation = five_turns();
    conversation.push_user("5".repeat(300));
    let estimate = conversation.tokens().unwrap();
    assert!((600..700).contains(&estimate), "{estimate}");
    conversation.record_count(640);
    assert_eq!(conversation.tokens(), Some(640));
    conversation.truncate(conversation.messages().len() - 1);
    assert_eq!(conversation.tokens(), Some(550));
    conversation.truncate(0);
    assert!(conversation.tokens().is_some_and(|tokens| tokens < 150), "{:?}", conversation.tokens());
}

#[test]
fn cached_tokens_count() {
    for total in [13_u64, 1_013] {
        let mut usage = TokenUsage::new(3_u64, 10_u64, total);
        usage.cache_read_input_tokens = Some(900);
        usage.cache_write_input_tokens = Some(100);
        let mut conversation = five_turns();
        conversation.record_usage(&usage);
        assert_eq!(conversation.tokens(), Some(1_013));
    }
}

#[test]
fn a_history_that_begins_with_a_response_begins_with_a_prompt_afterwards() {
    let texts = |conversation: &Conversation| -> Vec<_> {
        conversation.messages().iter().map(Message::text).collect()
    };
    for keep_first in [0, 1, 2] {
        let messages =
            [Message::assistant("hi"), Message::user("one"), Message::assistant("yes"), Message::user("two")];
        let mut conversation = Conversation::new(ConverseRequest::new("m", messages));
        conversation.record_count(100);
        let dropped = conversation.trim(10, keep_first).unwrap();
        let expected: &[&str] = if keep_first == 0 { &["two"] } else { &["one", "yes", "two"] };
        assert_eq!(texts(&conversation), expected);
        assert_eq!(dropped[0].text(), "hi");
    }
    // Without a prompt there is nothing to begin with.
    let mut conversation = Conversation::new(ConverseRequest::new("m", [Message::assistant("hi")]));
    conversation.record_count(100);
    assert_eq!(conversation.trim(10, 0), Some(Vec::new()));
}

/// An image is thousands of tokens, and millions of bytes.
#[test]
fn bytes_of_media_are_no_measure() {
    let mut conversation = Conversation::new(ConverseRequest::new("m", []));
    conversation.push_user([ContentBlock::image_png(vec![0; 1 << 20])]);
    conversation.push_response(Message::assistant("a cat")).unwrap();
    conversation.record_count(1_500);
    conversation.push_user("x".repeat(4_000));
    assert!(conversation.tokens().is_some_and(|tokens| tokens > 2_000), "{:?}", conversation.tokens());
}

/// Counts of the service may be of any size, and go down.
#[test]
fn no_count_overflows() {
    let mut conversation = five_turns();
    for tokens in [9, u64::MAX] {
        conversation.truncate(conversation.messages().len() - 2);
        conversation.record_count(tokens);
    }
    conversation.push_user("more");
    assert_eq!(conversation.tokens(), Some(u64::MAX));
    conversation.record_usage(&TokenUsage::new(u64::MAX, u64::MAX, u64::MAX));
    assert!(conversation.trim(1, 0).is_some());
}
