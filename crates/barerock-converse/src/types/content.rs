//! Content blocks: what a message is made of.

use super::{
    AudioBlock, Blob, CitationsContentBlock, DocumentBlock, GuardrailConverseContentBlock, ImageBlock,
    ImageFormat, SearchResultBlock, ToolReferenceBlock, ToolResultBlock, ToolUseBlock, VideoBlock,
    string_enum, structure, union,
};

union! {
    /// One block of a message.
    ContentBlock {
        /// Text.
        Text(String) = "text",
        /// A picture.
        Image(ImageBlock) = "image",
        /// A document to read.
        Document(DocumentBlock) = "document",
        /// A video.
        Video(VideoBlock) = "video",
        /// Sound.
        Audio(AudioBlock) = "audio",
        /// The model asks for a tool.
        ToolUse(ToolUseBlock) = "toolUse",
        /// What a tool answered.
        ToolResult(ToolResultBlock) = "toolResult",
        /// Content a guardrail looks at.
        GuardContent(GuardrailConverseContentBlock) = "guardContent",
        /// A mark up to which the conversation is cached.
        CachePoint(CachePointBlock) = "cachePoint",
        /// What the model thought before it answered.
        ReasoningContent(ReasoningContentBlock) = "reasoningContent",
        /// Text with its sources.
        CitationsContent(CitationsContentBlock) = "citationsContent",
        /// A search result to cite from.
        SearchResult(SearchResultBlock) = "searchResult",
        /// A tool that joins the conversation here.
        ToolAddition(ToolReferenceBlock) = "toolAddition",
        /// A tool that leaves the conversation here.
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

    /// What of this block is the answer's text: a text block's, or a citations block's.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let cited = match self {
            Self::CitationsContent(block) => block.content.as_deref().unwrap_or_default(),
            _ => &[],
        };
        self.as_text().into_iter().chain(cited.iter().filter_map(|content| content.as_text()))
    }

    /// A PNG picture.
    pub fn image_png(bytes: impl Into<Blob>) -> Self {
        ImageBlock::from_bytes(ImageFormat::Png, bytes).into()
    }

    /// A JPEG picture.
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
    /// The kind of a cache point.
    CachePointType {
        /// The only kind there is.
        Default = "default",
    }
}

string_enum! {
    /// How long a cached prefix lives.
    CacheTtl {
        /// Five minutes.
        FiveMinutes = "5m",
        /// One hour.
        OneHour = "1h",
    }
}

structure! {
    /// Everything before this point is cached and need not be paid for again while it lives.
    CachePointBlock {
        required {
            /// The kind.
            r#type: CachePointType,
        }
        optional {
            /// How long it lives; the model's default if unset.
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
    /// What the model thought before it answered. Put it back unchanged when the conversation goes on.
    ReasoningContentBlock {
        /// Reasoning in words.
        ReasoningText(ReasoningTextBlock) = "reasoningText",
        /// Reasoning that is kept from the reader. Opaque: hand it back as it came.
        RedactedContent(Blob) = "redactedContent",
    }
}

structure! {
    /// Reasoning in words, and the signature that proves it is the model's own.
    ReasoningTextBlock {
        required {
            /// The words.
            text: String,
        }
        optional {
            /// The model's signature over them.
            signature: String,
        }
    }
}
