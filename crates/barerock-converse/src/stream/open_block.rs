//! A content block while it grows.

use super::event::{
    ContentBlockDelta, ContentBlockStart, ImageBlockStart, ReasoningContentBlockDelta, ToolResultBlockDelta,
    ToolResultBlockStart, ToolUseBlockStart,
};
use crate::types::{
    Blob, Citation, CitationGeneratedContent, CitationsContentBlock, ContentBlock, Document, ErrorBlock,
    ImageBlock, ImageSource, ReasoningContentBlock, ReasoningTextBlock, ToolResultBlock,
    ToolResultContentBlock, ToolUseBlock, UnknownMember,
};

#[derive(Debug, Clone)]
pub(super) enum OpenBlock {
    Text(String),
    /// Text and its sources come mixed under one index.
    Cited {
        text: String,
        citations: Vec<Citation>,
    },
    ToolUse {
        start: ToolUseBlockStart,
        input: String,
    },
    ToolResult {
        start: ToolResultBlockStart,
        content: Vec<ToolResultContentBlock>,
    },
    Image {
        start: ImageBlockStart,
        bytes: Vec<u8>,
        elsewhere: Option<ImageSource>,
        error: Option<ErrorBlock>,
    },
    Reasoning {
        text: String,
        signature: Option<String>,
    },
    Redacted(Vec<u8>),
    /// A kind this crate does not know: its pieces as they came.
    Unknown {
        name: String,
        pieces: Vec<Document>,
        /// Whether a start said what it is; else its first delta did.
        is_started: bool,
    },
}

/// A tool's input whose text, all pieces together, is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MalformedToolInput {
    /// The block's place in the message.
    pub content_block_index: u64,
    /// The tool use's id.
    pub tool_use_id: String,
    /// The tool's name.
    pub name: String,
    /// The text as it came; the block's `input` is this text as a JSON string.
    pub raw: String,
    /// What the JSON parser says.
    pub error: String,
}

impl OpenBlock {
    pub(super) fn start(start: ContentBlockStart) -> Self {
        match start {
            ContentBlockStart::ToolUse(start) => Self::ToolUse { start, input: String::new() },
            ContentBlockStart::ToolResult(start) => Self::ToolResult { start, content: Vec::new() },
            ContentBlockStart::Image(start) => {
                Self::Image { start, bytes: Vec::new(), elsewhere: None, error: None }
            }
            ContentBlockStart::Unknown(member) => {
                Self::Unknown { name: member.name, pieces: vec![member.value], is_started: true }
            }
        }
    }

    /// The block that a delta begins which no start came before; `None` for a kind that cannot begin so.
    pub(super) fn for_delta(delta: &ContentBlockDelta<'_>) -> Option<Self> {
        match delta {
            ContentBlockDelta::Text(_) => Some(Self::Text(String::new())),
            ContentBlockDelta::Citation(_) => {
                Some(Self::Cited { text: String::new(), citations: Vec::new() })
            }
            ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::RedactedContent(_)) => {
                Some(Self::Redacted(Vec::new()))
            }
            ContentBlockDelta::ReasoningContent(_) => {
                Some(Self::Reasoning { text: String::new(), signature: None })
            }
            ContentBlockDelta::Unknown(member) => {
                Some(Self::Unknown { name: member.name.clone(), pieces: Vec::new(), is_started: false })
            }
            ContentBlockDelta::ToolUse(_)
            | ContentBlockDelta::ToolResult(_)
            | ContentBlockDelta::Image(_) => None,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// Name and pieces of a block that is taken for unknown only because no delta came yet that is known.
    pub(super) fn guessed(&mut self) -> Option<(String, Vec<Document>)> {
        match self {
            Self::Unknown { name, pieces, is_started: false } => {
                Some((core::mem::take(name), core::mem::take(pieces)))
            }
            _ => None,
        }
    }

    /// Adds a piece; `false` if a piece of this kind has no place in this block.
    pub(super) fn push(&mut self, delta: ContentBlockDelta<'_>) -> bool {
        use ReasoningContentBlockDelta as Reasoning;
        match (&mut *self, delta) {
            (Self::Text(text) | Self::Cited { text, .. }, ContentBlockDelta::Text(piece)) => {
                text.push_str(&piece)
            }
            (Self::Text(text), ContentBlockDelta::Citation(citation)) => {
                *self = Self::Cited { text: core::mem::take(text), citations: vec![citation] };
            }
            (Self::Cited { citations, .. }, ContentBlockDelta::Citation(citation)) => {
                citations.push(citation)
            }
            (Self::ToolUse { input, .. }, ContentBlockDelta::ToolUse(piece)) => input.push_str(&piece.input),
            (Self::ToolResult { content, .. }, ContentBlockDelta::ToolResult(pieces)) => {
                for piece in pieces {
                    push_tool_result(content, piece);
                }
            }
            (Self::Image { bytes, elsewhere, error, .. }, ContentBlockDelta::Image(piece)) => {
                match piece.source {
                    Some(ImageSource::Bytes(more)) => bytes.extend_from_slice(more.as_bytes()),
                    Some(source) => *elsewhere = Some(source),
                    None => {}
                }
                if piece.error.is_some() {
                    *error = piece.error;
                }
            }
            (Self::Reasoning { text, .. }, ContentBlockDelta::ReasoningContent(Reasoning::Text(piece))) => {
                text.push_str(&piece);
            }
            (
                Self::Reasoning { signature, .. },
                ContentBlockDelta::ReasoningContent(Reasoning::Signature(piece)),
            ) => {
                signature.get_or_insert_default().push_str(&piece);
            }
            (
                Self::Redacted(bytes),
                ContentBlockDelta::ReasoningContent(Reasoning::RedactedContent(more)),
            ) => {
                bytes.extend_from_slice(more.as_bytes());
            }
            (Self::Unknown { pieces, .. }, ContentBlockDelta::Unknown(member)) => pieces.push(member.value),
            _ => return false,
        }
        true
    }

    /// The block as it stands, and what is wrong with it if it is a tool use whose input is not JSON.
    pub(super) fn into_block(self, index: u64) -> (ContentBlock, Option<MalformedToolInput>) {
        let block = match self {
            Self::Text(text) => ContentBlock::Text(text),
            Self::Cited { text, citations } => {
                let mut block = CitationsContentBlock::new().citations(citations);
                if !text.is_empty() {
                    block.content = Some(vec![CitationGeneratedContent::Text(text)]);
                }
                ContentBlock::CitationsContent(block)
            }
            Self::ToolUse { start, input } => return tool_use(start, input, index),
            Self::ToolResult { start, content } => {
                let mut block = ToolResultBlock::new(start.tool_use_id, content);
                (block.status, block.r#type) = (start.status, start.r#type);
                ContentBlock::ToolResult(block)
            }
            Self::Image { start, bytes, elsewhere, error } => {
                let source = elsewhere.unwrap_or_else(|| ImageSource::Bytes(Blob::from(bytes)));
                let mut block = ImageBlock::new(start.format, source);
                block.error = error;
                ContentBlock::Image(block)
            }
            Self::Reasoning { text, signature } => {
                let mut block = ReasoningTextBlock::new(text);
                block.signature = signature;
                ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(block))
            }
            Self::Redacted(bytes) => {
                ContentBlock::ReasoningContent(ReasoningContentBlock::RedactedContent(Blob::from(bytes)))
            }
            Self::Unknown { name, mut pieces, .. } => {
                let value = match (pieces.len(), pieces.pop()) {
                    (1, Some(only)) => only,
                    (_, last) => {
                        pieces.extend(last);
                        array_of(pieces)
                    }
                };
                ContentBlock::Unknown(UnknownMember { name, value })
            }
        };
        (block, None)
    }

    /// What the block is, for an error message.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Cited { .. } => "citationsContent",
            Self::ToolUse { .. } => "toolUse",
            Self::ToolResult { .. } => "toolResult",
            Self::Image { .. } => "image",
            Self::Reasoning { .. } | Self::Redacted(_) => "reasoningContent",
            Self::Unknown { name, .. } => name,
        }
    }
}

/// What a delta is, for an error message.
pub(super) fn delta_name<'a>(delta: &'a ContentBlockDelta<'_>) -> &'a str {
    match delta {
        ContentBlockDelta::Text(_) => "text",
        ContentBlockDelta::ToolUse(_) => "toolUse",
        ContentBlockDelta::ToolResult(_) => "toolResult",
        ContentBlockDelta::ReasoningContent(_) => "reasoningContent",
        ContentBlockDelta::Citation(_) => "citation",
        ContentBlockDelta::Image(_) => "image",
        ContentBlockDelta::Unknown(member) => &member.name,
    }
}

fn tool_use(
    start: ToolUseBlockStart,
    input: String,
    index: u64,
) -> (ContentBlock, Option<MalformedToolInput>) {
    let whole = |input| {
        let mut block = ToolUseBlock::new(start.tool_use_id.clone(), start.name.clone(), input);
        block.r#type.clone_from(&start.r#type);
        ContentBlock::ToolUse(block)
    };
    // A tool without arguments may send no piece at all.
    if input.is_empty() {
        return (whole(Document::default()), None);
    }
    match Document::checked(&input) {
        Ok(input) => (whole(input), None),
        Err(error) => {
            let (tool_use_id, name) = (start.tool_use_id.clone(), start.name.clone());
            let block = whole(Document::of(&input));
            let error = error.to_string();
            (
                block,
                Some(MalformedToolInput { content_block_index: index, tool_use_id, name, raw: input, error }),
            )
        }
    }
}

/// Text that comes in pieces is one text.
fn push_tool_result(content: &mut Vec<ToolResultContentBlock>, piece: ToolResultBlockDelta) {
    match (content.last_mut(), piece) {
        (Some(ToolResultContentBlock::Text(text)), ToolResultBlockDelta::Text(more)) => text.push_str(&more),
        (_, ToolResultBlockDelta::Text(text)) => content.push(ToolResultContentBlock::Text(text)),
        (_, ToolResultBlockDelta::Json(json)) => content.push(ToolResultContentBlock::Json(json)),
        (_, ToolResultBlockDelta::Unknown(member)) => content.push(ToolResultContentBlock::Unknown(member)),
    }
}

fn array_of(pieces: Vec<Document>) -> Document {
    Document::of(&pieces)
}
