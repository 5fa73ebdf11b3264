//! Content blocks of messages.

use super::{
    AudioBlock, Blob, CitationsContentBlock, DocumentBlock, GuardrailConverseContentBlock, ImageBlock,
    ImageFormat, SearchResultBlock, ToolReferenceBlock, ToolResultBlock, ToolUseBlock, VideoBlock,
    string_enum, structure, union,
};

union! {
    /// One content block of a message.
    ///
    /// ```
    /// # use barerock_converse::types::ContentBlock;
    /// let block: ContentBlock = serde_json::from_str(r#"{"text":"Hello."}"#)?;
    /// match &block {
    ///     ContentBlock::Text(text) => assert_eq!(text, "Hello."),
    ///     ContentBlock::ToolUse(call) => println!("{} is called", call.name),
    ///     other => println!("{other:?}"), // also blocks that a later model adds
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ContentBlock {
        /// Text.
        Text(String) = "text",
        /// An image.
        Image(ImageBlock) = "image",
        /// A document.
        Document(DocumentBlock) = "document",
        /// A video.
        Video(VideoBlock) = "video",
        /// Audio.
        Audio(AudioBlock) = "audio",
        /// A tool use: the model requests a tool.
        ToolUse(ToolUseBlock) = "toolUse",
        /// The result of a tool use.
        ToolResult(ToolResultBlock) = "toolResult",
        /// Content for guardrails to evaluate.
        GuardContent(GuardrailConverseContentBlock) = "guardContent",
        /// A cache point: everything before it is cached.
        CachePoint(CachePointBlock) = "cachePoint",
        /// Reasoning of the model.
        ReasoningContent(ReasoningContentBlock) = "reasoningContent",
        /// Text with citations.
        CitationsContent(CitationsContentBlock) = "citationsContent",
        /// A search result that the model may cite.
        SearchResult(SearchResultBlock) = "searchResult",
        /// A tool that is available from here on.
        ToolAddition(ToolReferenceBlock) = "toolAddition",
        /// A tool that is no longer available from here on.
        ToolRemoval(ToolReferenceBlock) = "toolRemoval",
    }
}

impl ContentBlock {
    /// The text, if this is a text block.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The parts of this block that belong to the text of the message: the text of a text block or a citations block.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let cited = match self {
            Self::CitationsContent(block) => block.content.as_deref().unwrap_or_default(),
            _ => &[],
        };
        self.as_text().into_iter().chain(cited.iter().filter_map(|content| content.as_text()))
    }

    /// Creates a PNG image block.
    pub fn image_png(bytes: impl Into<Blob>) -> Self {
        ImageBlock::from_bytes(ImageFormat::Png, bytes).into()
    }

    /// Creates a JPEG image block.
    pub fn image_jpeg(bytes: impl Into<Blob>) -> Self {
        ImageBlock::from_bytes(ImageFormat::Jpeg, bytes).into()
    }
}

macro_rules! from_blocks {
    ($($variant:ident($type:ty)),* $(,)?) => {$(
        impl From<$type> for ContentBlock {
            fn from(block: $type) -> Self {
                Self::$variant(block)
            }
        }
    )*};
}
from_blocks! {
    Text(String), Image(ImageBlock), Document(DocumentBlock), Video(VideoBlock), Audio(AudioBlock),
    ToolUse(ToolUseBlock), ToolResult(ToolResultBlock), GuardContent(GuardrailConverseContentBlock),
    CachePoint(CachePointBlock), ReasoningContent(ReasoningContentBlock),
    CitationsContent(CitationsContentBlock), SearchResult(SearchResultBlock),
}

impl From<&str> for ContentBlock {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

string_enum! {
    /// Type of a cache point.
    CachePointType {
        /// The default type; no other is defined.
        Default = "default",
    }
}

string_enum! {
    /// Time to live of a cached prefix.
    CacheTtl {
        /// Five minutes.
        FiveMinutes = "5m",
        /// One hour.
        OneHour = "1h",
    }
}

structure! {
    /// A cache point: the prompt before it is cached, and later requests with the same prefix are billed as cache reads
    /// until the cache entry expires.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, types::{CachePointBlock, CacheTtl}};
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [])
    ///     .system("A long system prompt")
    ///     .system(CachePointBlock::default().ttl(CacheTtl::OneHour));
    /// ```
    #[doc(alias = "prompt_caching")]
    #[doc(alias = "cache_control")]
    CachePointBlock {
        required {
            /// Type of the cache point.
            r#type: CachePointType,
        }
        optional {
            /// Time to live of the cache entry; the model's default if unset.
            ttl: CacheTtl,
        }
    }
}

impl Default for CachePointBlock {
    fn default() -> Self {
        Self::new(CachePointType::Default)
    }
}

union! {
    /// Reasoning of the model. Send it back unchanged in later requests of the conversation.
    ///
    /// ```
    /// # use barerock_converse::types::{ContentBlock, Message, ReasoningContentBlock};
    /// fn reasoning(message: &Message) -> impl Iterator<Item = &str> {
    ///     message.content.iter().filter_map(|block| match block {
    ///         ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(block)) => Some(&*block.text),
    ///         _ => None,
    ///     })
    /// }
    /// ```
    #[doc(alias = "thinking")]
    ReasoningContentBlock {
        /// Reasoning as text.
        ReasoningText(ReasoningTextBlock) = "reasoningText",
        /// Encrypted reasoning. Opaque: send it back unchanged.
        RedactedContent(Blob) = "redactedContent",
    }
}

structure! {
    /// Reasoning as text, with the signature by which the service verifies that the model generated it.
    ReasoningTextBlock {
        required {
            /// Text of the reasoning.
            text: String,
        }
        optional {
            /// Signature of the text.
            signature: String,
        }
    }
}
