//! The rules by which a response can be part of a later request.

use core::fmt;
use std::collections::BTreeSet;

use crate::types::{ContentBlock, Document, Message, ToolUseBlock, ToolUseType};
use crate::validate::{is_tool_name, is_tool_use_id};

/// Longest part of an invalid tool input that is sent back, in bytes of its JSON.
const MAX_INVALID_INPUT: usize = 1024;

/// Member under which an invalid tool input is sent back.
const INVALID_INPUT: &str = "invalid_input";

/// A tool use that needs a result from the caller.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ToolUse {
    pub(super) block: ToolUseBlock,
    /// True if the input was not an object and was replaced.
    pub(super) is_invalid: bool,
}

/// Makes a response resendable, as [`push_response`](super::Conversation::push_response) describes.
pub(super) fn resendable(mut message: Message, has_tools: bool) -> Result<Message, NotResendable> {
    let mut ids = BTreeSet::new();
    for block in message.tool_uses() {
        if !is_tool_name(&block.name) {
            return Err(NotResendable::ToolName(block.name.clone()));
        }
        if !is_tool_use_id(&block.tool_use_id) || !ids.insert(&*block.tool_use_id) {
            return Err(NotResendable::ToolUseId(block.tool_use_id.clone()));
        }
        if !has_tools && is_of_caller(block) {
            return Err(NotResendable::NoToolConfig(block.name.clone()));
        }
    }
    // spec: bedrock#reasoning "include the text and its signature unmodified"
    message.content.retain(|block| block.as_text().is_none_or(|text| !text.trim().is_empty()));
    let is_reasoning = |block: &ContentBlock| matches!(block, ContentBlock::ReasoningContent(_));
    if message.content.is_empty() {
        return Err(NotResendable::Empty);
    }
    if message.content.iter().all(is_reasoning) {
        return Err(NotResendable::ReasoningOnly);
    }
    Ok(message)
}

/// Replaces the tool inputs that are not objects, and returns the tool uses that the caller answers.
pub(super) fn open_tool_uses(message: &mut Message) -> Vec<ToolUse> {
    let mut open = Vec::new();
    for block in &mut message.content {
        let ContentBlock::ToolUse(block) = block else { continue };
        let is_invalid = !block.input.is_object();
        if is_invalid {
            block.input = replacement(&block.input);
        }
        if is_of_caller(block) {
            open.push(ToolUse { block: block.clone(), is_invalid });
        }
    }
    open
}

/// [`open_tool_uses`] of a message that was part of a history before: its invalid inputs are replaced already.
pub(super) fn reopened_tool_uses(message: &mut Message) -> Vec<ToolUse> {
    let mut open = open_tool_uses(message);
    open.iter_mut().for_each(|tool| tool.is_invalid |= is_replacement(&tool.block.input));
    open
}

/// Error for a response that cannot be part of the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotResendable {
    /// The response has no content other than blank text.
    Empty,
    /// The response has only reasoning: newer models reject such a message as a prefill.
    ReasoningOnly,
    /// A tool's name is not 1 to 64 of `a-zA-Z0-9_-`.
    ToolName(String),
    /// The id of a tool use is not 1 to 64 of `a-zA-Z0-9_.:-`, or occurs twice.
    ToolUseId(String),
    /// It uses the tool of this name, and the request has no tools: the service then refuses tool uses in the history.
    NoToolConfig(String),
}

impl fmt::Display for NotResendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("response without content"),
            Self::ReasoningOnly => f.write_str("response of reasoning alone"),
            Self::ToolName(name) => write!(f, "response with the invalid tool name {:?}", gist(name)),
            Self::ToolUseId(id) => {
                write!(f, "response with the invalid or repeated toolUseId {:?}", gist(id))
            }
            Self::NoToolConfig(name) => {
                write!(f, "response that uses the tool {} without toolConfig", gist(name))
            }
        }
    }
}

impl core::error::Error for NotResendable {}

/// True if the caller runs the tool; the service runs the others and adds their results.
pub(super) fn is_of_caller(block: &ToolUseBlock) -> bool {
    block.r#type != Some(ToolUseType::ServerToolUse)
}

/// Builds the object that replaces an input that is not an object.
fn replacement(input: &Document) -> Document {
    let json = input.as_json();
    let value = match head(json, MAX_INVALID_INPUT) {
        whole if whole.len() == json.len() => input.clone(),
        cut => Document::from_serialize(&cut).unwrap_or_default(),
    };
    let members = std::collections::BTreeMap::from([(INVALID_INPUT, value)]);
    Document::from_serialize(&members).unwrap_or_default()
}

/// True for an object that [`replacement`] built.
fn is_replacement(input: &Document) -> bool {
    let members = input.to_members().unwrap_or_default();
    matches!(&*members, [member] if member.name == INVALID_INPUT)
}

/// Returns the beginning of a name of any length.
fn gist(text: &str) -> &str {
    head(text, 80)
}

/// Returns at most `most` bytes, in whole characters.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
