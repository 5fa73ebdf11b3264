//! Messages: who says what.

use super::{
    CachePointBlock, ContentBlock, DocumentBlock, GuardrailConverseContentBlock, ImageBlock, ToolResultBlock,
    ToolUseBlock, string_enum, structure, union,
};

string_enum! {
    /// Who a message is from.
    ConversationRole {
        /// The caller, tool results included.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// Instructions in the middle of a conversation, on models that take them.
        System = "system",
    }
}

structure! {
    /// One turn of a conversation.
    Message {
        required {
            /// Who it is from.
            role: ConversationRole,
            /// What it says, in order.
            content: Vec<ContentBlock>,
        }
        optional {}
    }
}

impl Message {
    /// A message from the caller: text, or blocks (`[ContentBlock::from("What is this?"), image.into()]`).
    pub fn user(content: impl IntoContent) -> Self {
        Self::new(ConversationRole::User, content.into_content())
    }

    /// A message from the model, as when an earlier answer is put back into the conversation.
    pub fn assistant(content: impl IntoContent) -> Self {
        Self::new(ConversationRole::Assistant, content.into_content())
    }

    /// The caller's answer to a turn that ended in [`StopReason::ToolUse`](super::StopReason::ToolUse): a result for
    /// every tool use of it.
    pub fn tool_results(results: impl IntoIterator<Item = ToolResultBlock>) -> Self {
        Self::new(
            ConversationRole::User,
            results.into_iter().map(ContentBlock::ToolResult).collect::<Vec<_>>(),
        )
    }

    /// The text of all text blocks, one after the other. Reasoning is not part of it; cited text is.
    #[must_use]
    pub fn text(&self) -> String {
        self.content.iter().flat_map(ContentBlock::texts).collect()
    }

    /// The tools the model asks for, in order.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUseBlock> {
        self.content.iter().filter_map(|block| match block {
            ContentBlock::ToolUse(tool_use) => Some(tool_use),
            _ => None,
        })
    }
}

/// What can be said in a message: a text, a block, or several blocks.
pub trait IntoContent {
    /// The content blocks.
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
    /// A part of the system prompt.
    SystemContentBlock {
        /// Instructions, as text.
        Text(String) = "text",
        /// Content a guardrail looks at.
        GuardContent(GuardrailConverseContentBlock) = "guardContent",
        /// A mark up to which the prompt is cached.
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
