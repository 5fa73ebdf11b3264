//! Conversation history that the service accepts in later requests: kept, counted and trimmed by tokens, saved and resumed,
//! with cache points on request.
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

mod cache;
mod resend;
mod saved;
mod tokens;

pub use cache::{CachePointError, CachePoints};
pub use resend::NotResendable;

use resend::{ToolUse, open_tool_uses, reopened_tool_uses, resendable};
use tokens::Counts;

use crate::request::ConverseRequest;
use crate::types::{
    ContentBlock, ConversationRole, IntoContent, Message, Tool, ToolConfiguration, ToolResultBlock,
    ToolUseBlock,
};

/// A request with a growing message history that the service accepts.
#[doc(alias = "chat_history")]
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    request: ConverseRequest,
    /// Tool uses of the last message that need a result from the caller.
    unanswered: Vec<ToolUse>,
    counts: Counts,
}

impl Conversation {
    /// Starts with the messages and settings of a request. If its last message is a response with tool uses, these are
    /// pending.
    #[must_use]
    pub fn new(request: ConverseRequest) -> Self {
        let mut conversation = Self { request, unanswered: Vec::new(), counts: Counts::default() };
        conversation.reopen();
        conversation
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
        let mut message = resendable(message, self.request.tool_config.is_some())?;
        self.unanswered = open_tool_uses(&mut message);
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
        // spec: bedrock#tool-result-id "The ID of the tool request that this is the result for."
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
            self.counts.truncate(len, &self.sizes());
            self.request.messages.truncate(len);
            self.reopen();
        }
    }

    /// Finds the tool uses without a result again.
    fn reopen(&mut self) {
        let last = self.request.messages.last_mut();
        let response = last.filter(|last| last.role == ConversationRole::Assistant);
        self.unanswered = response.map(reopened_tool_uses).unwrap_or_default();
    }

    /// Roles alternate: content after a user's message joins it.
    fn extend_user(&mut self, content: Vec<ContentBlock>) {
        if content.is_empty() {
            return;
        }
        let before = self.request.messages.len();
        match self.request.messages.last_mut() {
            Some(last) if last.role == ConversationRole::User => {
                last.content.extend(content);
                self.counts.forget_from(before);
            }
            _ => self.request.messages.push(Message::user(content)),
        }
    }
}

#[cfg(test)]
mod tests;
