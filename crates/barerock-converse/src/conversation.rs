//! Conversation history that the service accepts in later requests.
//!
//! The service rejects every request whose history contains a blank text, an assistant message with only reasoning, a
//! tool use whose input is not an object, or a tool use without a result. [`Conversation`] keeps a history without
//! them.
//!
//! ```
//! use barerock_converse::conversation::Conversation;
//! use barerock_converse::types::{Message, ToolConfiguration, ToolResultBlock, ToolUseBlock, Tool};
//! use barerock_converse::ConverseRequest;
//!
//! let mut request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []);
//! request.tool_config = Some(ToolConfiguration::new([Tool::new("weather", serde_json::json!({"type": "object"}))]));
//! let mut conversation = Conversation::new(request);
//! conversation.push_user("What's the weather in Oslo?");
//! // Send conversation.request(), and append the message of the response:
//! let call = ToolUseBlock::new("id-1", "weather", serde_json::json!({"city": "Oslo"}));
//! conversation.push_response(Message::assistant([" \n".into(), call.into()]))?;
//! assert_eq!(conversation.messages()[1].content.len(), 1); // without the blank text
//! let results: Vec<_> =
//!     conversation.pending().map(|call| ToolResultBlock::text(&call.tool_use_id, "54F")).collect();
//! conversation.push_tool_results(results);
//! # Ok::<(), barerock_converse::conversation::NotResendable>(())
//! ```

use core::fmt;
use std::collections::BTreeSet;

use crate::request::ConverseRequest;
use crate::types::{
    ContentBlock, ConversationRole, Document, IntoContent, Message, Tool, ToolConfiguration, ToolResultBlock,
    ToolUseBlock, ToolUseType,
};
use crate::validate::{is_tool_name, is_tool_use_id};

/// Longest part of an invalid tool input that is sent back, in bytes of its JSON.
const MAX_INVALID_INPUT: usize = 1024;

/// Member under which an invalid tool input is sent back.
const INVALID_INPUT: &str = "invalid_input";

/// A request with a growing message history that the service accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    request: ConverseRequest,
    /// Tool uses of the last message that need a result from the caller.
    unanswered: Vec<ToolUse>,
}

#[derive(Debug, Clone, PartialEq)]
struct ToolUse {
    block: ToolUseBlock,
    /// True if the input was not an object and was replaced.
    is_invalid: bool,
}

impl Conversation {
    /// Starts with the messages and settings of a request.
    #[must_use]
    pub fn new(request: ConverseRequest) -> Self {
        Self { request, unanswered: Vec::new() }
    }

    /// The request to send next.
    #[must_use]
    pub fn request(&self) -> &ConverseRequest {
        &self.request
    }

    /// The messages so far.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.request.messages
    }

    /// Adds the tools that the request lacks, by name.
    pub fn add_tools<'a>(&mut self, tools: impl IntoIterator<Item = &'a Tool>) {
        for tool in tools {
            let Tool::ToolSpec(added) = tool else { continue };
            let config = self.request.tool_config.get_or_insert_with(|| ToolConfiguration::new([]));
            let is_known = |known: &Tool| matches!(known, Tool::ToolSpec(known) if known.name == added.name);
            if !config.tools.iter().any(is_known) {
                config.tools.push(tool.clone());
            }
        }
    }

    /// True if the last response has tool uses that need a result.
    #[must_use]
    pub fn has_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// Appends user content. Tool uses without a result get an error result before it: the service rejects any other
    /// continuation.
    pub fn push_user(&mut self, content: impl IntoContent) {
        self.push_tool_results([]);
        self.extend_user(content.into_content());
    }

    /// Appends the message of a response, as far as it can be sent again:
    ///
    /// - blank text blocks are left out; the others stay in their places, as signatures of reasoning may cover them;
    /// - a tool input that is not a JSON object, such as a truncated one, is replaced by an object that holds it (at
    ///   most 1,024 bytes of it), and the tool use gets an error result.
    ///
    /// # Errors
    /// If the message cannot be part of a later request. The history is then unchanged.
    pub fn push_response(&mut self, message: Message) -> Result<(), NotResendable> {
        let mut ids = BTreeSet::new();
        for block in message.tool_uses() {
            if !is_tool_name(&block.name) {
                return Err(NotResendable::ToolName(block.name.clone()));
            }
            if !is_tool_use_id(&block.tool_use_id) || !ids.insert(&*block.tool_use_id) {
                return Err(NotResendable::ToolUseId(block.tool_use_id.clone()));
            }
            if self.request.tool_config.is_none() && is_of_caller(block) {
                return Err(NotResendable::NoToolConfig(block.name.clone()));
            }
        }
        let mut message = message;
        message.content.retain(|block| block.as_text().is_none_or(|text| !text.trim().is_empty()));
        let is_reasoning = |block: &ContentBlock| matches!(block, ContentBlock::ReasoningContent(_));
        if message.content.is_empty() {
            return Err(NotResendable::Empty);
        }
        if message.content.iter().all(is_reasoning) {
            return Err(NotResendable::ReasoningOnly);
        }
        self.unanswered.clear();
        for block in &mut message.content {
            let ContentBlock::ToolUse(block) = block else { continue };
            let is_invalid = !is_object(&block.input);
            if is_invalid {
                block.input = replacement(&block.input);
            }
            if is_of_caller(block) {
                self.unanswered.push(ToolUse { block: block.clone(), is_invalid });
            }
        }
        self.request.messages.push(message);
        Ok(())
    }

    /// The tool uses of the last response that need a result from the caller and whose input is an object.
    pub fn pending(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.unanswered.iter().filter(|tool| !tool.is_invalid).map(|tool| &tool.block)
    }

    /// The tool uses of the last response whose input is not a JSON object; they get an error result.
    pub fn invalid(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.unanswered.iter().filter(|tool| tool.is_invalid).map(|tool| &tool.block)
    }

    /// Appends the results of tools, in the order of the tool uses, with an error result for each tool use without a
    /// result. Results without a tool use are omitted.
    pub fn push_tool_results(&mut self, results: impl IntoIterator<Item = ToolResultBlock>) {
        let results: Vec<_> = results.into_iter().collect();
        let unanswered = core::mem::take(&mut self.unanswered);
        let content = unanswered.into_iter().map(|tool| {
            let id = tool.block.tool_use_id;
            let given = results.iter().find(|result| result.tool_use_id == id).filter(|_| !tool.is_invalid);
            given.cloned().unwrap_or_else(|| {
                let why =
                    if tool.is_invalid { "the input is not a JSON object" } else { "the tool was not run" };
                ToolResultBlock::error(id, why)
            })
        });
        self.extend_user(content.map(ContentBlock::ToolResult).collect());
    }

    /// Drops the messages after the first `len`, as when a turn failed.
    pub fn truncate(&mut self, len: usize) {
        if len < self.request.messages.len() {
            self.unanswered.clear();
            self.request.messages.truncate(len);
        }
    }

    /// Roles alternate: content after a user's message joins it.
    fn extend_user(&mut self, content: Vec<ContentBlock>) {
        if content.is_empty() {
            return;
        }
        match self.request.messages.last_mut() {
            Some(last) if last.role == ConversationRole::User => last.content.extend(content),
            _ => self.request.messages.push(Message::user(content)),
        }
    }
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
fn is_of_caller(block: &ToolUseBlock) -> bool {
    block.r#type != Some(ToolUseType::ServerToolUse)
}

/// A document is one JSON value, so that its first character decides.
fn is_object(document: &Document) -> bool {
    document.as_json().trim_start().starts_with('{')
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

/// Returns the beginning of a name of any length.
fn gist(text: &str) -> &str {
    head(text, 80)
}

/// Returns at most `most` bytes, in whole characters.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
