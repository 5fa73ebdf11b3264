//! Deltas of content blocks.

use super::fast::{PlainDelta, PlainKind};
use super::payload::ContentBlockDeltaEvent;
use crate::types::{
    Blob, Citation, CitationLocation, CitationSourceContent, Document, ErrorBlock, ImageSource, Text,
    structure, union,
};

impl<'a> From<PlainDelta<'a>> for ContentBlockDeltaEvent<'a> {
    fn from(plain: PlainDelta<'a>) -> Self {
        let text = plain.text;
        let delta = match plain.kind {
            PlainKind::Text => ContentBlockDelta::Text(text),
            PlainKind::ToolUseInput => ContentBlockDelta::ToolUse(ToolUseBlockDelta::new(text)),
            PlainKind::ReasoningText => {
                ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text))
            }
        };
        Self::new(delta, plain.content_block_index)
    }
}

union! {
    /// A delta of a content block.
    ContentBlockDelta<'a> {
        /// Text.
        Text(Text<'a>) = "text",
        /// Part of the JSON text of a tool input.
        ToolUse(ToolUseBlockDelta<'a>) = "toolUse",
        /// Deltas of a tool result.
        ToolResult(Vec<ToolResultBlockDelta>) = "toolResult",
        /// Reasoning.
        ReasoningContent(ReasoningContentBlockDelta<'a>) = "reasoningContent",
        /// A citation for the text. Boxed, so that the frequent deltas are small to move.
        Citation(Box<CitationsDelta>) = "citation",
        /// A delta of an image. Boxed for the same reason.
        Image(Box<ImageBlockDelta>) = "image",
    }
}

impl ContentBlockDelta<'_> {
    pub(super) fn into_owned(self) -> ContentBlockDelta<'static> {
        match self {
            Self::Text(text) => ContentBlockDelta::Text(text.into_owned()),
            Self::ToolUse(delta) => ContentBlockDelta::ToolUse(delta.into_owned()),
            Self::ToolResult(delta) => ContentBlockDelta::ToolResult(delta),
            Self::ReasoningContent(delta) => ContentBlockDelta::ReasoningContent(delta.into_owned()),
            Self::Citation(delta) => ContentBlockDelta::Citation(delta),
            Self::Image(delta) => ContentBlockDelta::Image(delta),
            Self::Unknown(member) => ContentBlockDelta::Unknown(member),
        }
    }
}

structure! {
    /// A delta of a tool input: part of its JSON text. Only the concatenated deltas are valid JSON; without deltas the
    /// input is `{}`.
    ToolUseBlockDelta<'a> {
        required {
            /// The part of the JSON text.
            input: Text<'a>,
        }
        optional {}
    }
}

impl ToolUseBlockDelta<'_> {
    fn into_owned(self) -> ToolUseBlockDelta<'static> {
        ToolUseBlockDelta { input: self.input.into_owned(), extra: self.extra }
    }
}

union! {
    /// A delta of a tool result.
    ToolResultBlockDelta {
        /// Text.
        Text(String) = "text",
        /// JSON.
        Json(Document) = "json",
    }
}

union! {
    /// A delta of reasoning.
    ReasoningContentBlockDelta<'a> {
        /// Text.
        Text(Text<'a>) = "text",
        /// Encrypted reasoning.
        RedactedContent(Blob) = "redactedContent",
        /// Part of the signature of the text.
        Signature(Text<'a>) = "signature",
    }
}

impl ReasoningContentBlockDelta<'_> {
    fn into_owned(self) -> ReasoningContentBlockDelta<'static> {
        match self {
            Self::Text(text) => ReasoningContentBlockDelta::Text(text.into_owned()),
            Self::Signature(text) => ReasoningContentBlockDelta::Signature(text.into_owned()),
            Self::RedactedContent(blob) => ReasoningContentBlockDelta::RedactedContent(blob),
            Self::Unknown(member) => ReasoningContentBlockDelta::Unknown(member),
        }
    }
}

structure! {
    /// A citation for the text of the block.
    CitationsDelta {
        required {}
        optional {
            /// The source's title.
            title: String,
            /// The source's origin, such as a URL.
            source: String,
            /// The cited text.
            source_content: Vec<CitationSourceContentDelta>,
            /// Where the cited text is in the source.
            location: CitationLocation,
        }
    }
}

structure! {
    /// A delta of cited text. A structure, unlike the union [`CitationSourceContent`] of a complete message.
    CitationSourceContentDelta {
        required {}
        optional {
            /// The text.
            text: String,
        }
    }
}

impl From<CitationsDelta> for Citation {
    fn from(delta: CitationsDelta) -> Self {
        let content = |content: CitationSourceContentDelta| match content.text {
            Some(text) => Some(CitationSourceContent::Text(text)),
            None => content.extra.as_slice().first().cloned().map(CitationSourceContent::Unknown),
        };
        let mut citation = Self::new();
        citation.title = delta.title;
        citation.source = delta.source;
        citation.source_content =
            delta.source_content.map(|pieces| pieces.into_iter().filter_map(content).collect());
        citation.location = delta.location;
        delta
            .extra
            .as_slice()
            .iter()
            .fold(citation, |citation, member| citation.extra(member.name.clone(), member.value.clone()))
    }
}

structure! {
    /// A delta of an image, or the reason why there is no image.
    ImageBlockDelta {
        required {}
        optional {
            /// Bytes or S3 location of the image.
            source: ImageSource,
            /// Why there is no image.
            error: ErrorBlock,
        }
    }
}
