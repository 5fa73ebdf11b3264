//! Messages and the system prompt.

use super::{
    CachePointBlock, ContentBlock, DocumentBlock, GuardrailConverseContentBlock, ImageBlock, ToolResultBlock,
    ToolUseBlock, string_enum, structure, union,
};

string_enum! {
    /// Role of the author of a message.
    ConversationRole {
        /// The user; also the role of messages with tool results.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// Instructions within the conversation, for models that support them.
        System = "system",
    }
}

structure! {
    /// One message of a conversation.
    ///
    /// ```
    /// # use barerock_converse::types::{ContentBlock, Message};
    /// let message = Message::user([ContentBlock::from("What is this?"), ContentBlock::image_png(&b"\x89PNG"[..])]);
    /// assert_eq!(serde_json::to_value(&message)?["content"][0]["text"], "What is this?");
    /// assert_eq!(message.text(), "What is this?");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Message {
        required {
            /// Role of the author.
            role: ConversationRole,
            /// Content blocks, in order.
            content: Vec<ContentBlock>,
        }
        optional {}
    }
}

impl Message {
    /// Creates a user message from text or content blocks (`[ContentBlock::from("What is this?"), image.into()]`).
    pub fn user(content: impl IntoContent) -> Self {
        Self::new(ConversationRole::User, content.into_content())
    }

    /// Creates an assistant message, such as an earlier response in the conversation.
    pub fn assistant(content: impl IntoContent) -> Self {
        Self::new(ConversationRole::Assistant, content.into_content())
    }

    /// Creates the user message that follows a response that stopped with
    /// [`StopReason::ToolUse`](super::StopReason::ToolUse). The service requires one result for each tool use of that
    /// response.
    pub fn tool_results(results: impl IntoIterator<Item = ToolResultBlock>) -> Self {
        Self::new(
            ConversationRole::User,
            results.into_iter().map(ContentBlock::ToolResult).collect::<Vec<_>>(),
        )
    }

    /// The concatenated text of all text blocks and citations blocks. Reasoning is not included.
    #[must_use]
    pub fn text(&self) -> String {
        self.content.iter().flat_map(ContentBlock::texts).collect()
    }

    /// The tool uses of the message, in order.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.content.iter().filter_map(|block| match block {
            ContentBlock::ToolUse(tool_use) => Some(tool_use),
            _ => None,
        })
    }
}

/// Conversion into message content: text, one content block, or several.
pub trait IntoContent {
    /// Converts the value into content blocks.
    fn into_content(self) -> Vec<ContentBlock>;
}

impl IntoContent for Vec<ContentBlock> {
    fn into_content(self) -> Vec<ContentBlock> {
        self
    }
}

impl<const N: usize> IntoContent for [ContentBlock; N] {
    fn into_content(self) -> Vec<ContentBlock> {
        self.into()
    }
}

macro_rules! one_block {
    ($($type:ty),*) => {$(
        impl IntoContent for $type {
            fn into_content(self) -> Vec<ContentBlock> {
                vec![self.into()]
            }
        }
    )*};
}
one_block!(&str, String, ContentBlock, ImageBlock, DocumentBlock, ToolResultBlock);

union! {
    /// A block of the system prompt.
    SystemContentBlock {
        /// Instructions, as text.
        Text(String) = "text",
        /// Content a guardrail looks at.
        GuardContent(GuardrailConverseContentBlock) = "guardContent",
        /// A cache point: the prompt before it is cached.
        CachePoint(CachePointBlock) = "cachePoint",
    }
}

impl From<&str> for SystemContentBlock {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SystemContentBlock {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<CachePointBlock> for SystemContentBlock {
    fn from(block: CachePointBlock) -> Self {
        Self::CachePoint(block)
    }
}
