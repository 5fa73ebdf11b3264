//! A content block that is being assembled.

use super::delta::{ContentBlockDelta, ReasoningContentBlockDelta, ToolResultBlockDelta};
use super::malformed::tool_use;
use super::payload::{ContentBlockStart, ImageBlockStart, ToolResultBlockStart, ToolUseBlockStart};
use super::{MalformedToolInput, UnknownDelta};
use crate::json::Object;
use crate::types::{
    Blob, Citation, CitationGeneratedContent, CitationsContentBlock, ContentBlock, Document, ErrorBlock,
    ImageBlock, ImageSource, ReasoningContentBlock, ReasoningTextBlock, ToolResultBlock,
    ToolResultContentBlock, UnknownMember,
};

#[derive(Debug, Clone)]
pub(super) enum OpenBlock {
    /// Only empty or unknown starts and deltas so far.
    Undecided(Vec<UnknownMember>),
    Text(String),
    /// Text and citations under one block index.
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
        bytes: Vec<Blob>,
        elsewhere: Option<ImageSource>,
        error: Option<ErrorBlock>,
    },
    Reasoning {
        text: String,
        signature: Option<String>,
    },
    Redacted(Vec<Blob>),
}

impl OpenBlock {
    /// Creates the block for a known start; returns an unknown start.
    pub(super) fn start(start: ContentBlockStart) -> Result<Self, UnknownMember> {
        Ok(match start {
            ContentBlockStart::ToolUse(start) => Self::ToolUse { start, input: String::new() },
            ContentBlockStart::ToolResult(start) => Self::ToolResult { start, content: Vec::new() },
            ContentBlockStart::Image(start) => Self::image(start),
            ContentBlockStart::Unknown(member) => return Err(member),
        })
    }

    fn image(start: ImageBlockStart) -> Self {
        Self::Image { start, bytes: Vec::new(), elsewhere: None, error: None }
    }

    /// Creates the empty block for a delta without a start, and names the member that the missing start would have had.
    pub(super) fn of(delta: &ContentBlockDelta<'_>) -> (Self, Option<&'static str>) {
        use ReasoningContentBlockDelta as Reasoning;
        match delta {
            ContentBlockDelta::Text(_) => (Self::Text(String::new()), None),
            ContentBlockDelta::Citation(_) => {
                (Self::Cited { text: String::new(), citations: Vec::new() }, None)
            }
            ContentBlockDelta::ReasoningContent(Reasoning::RedactedContent(_)) => {
                (Self::Redacted(Vec::new()), None)
            }
            ContentBlockDelta::ReasoningContent(_) => {
                (Self::Reasoning { text: String::new(), signature: None }, None)
            }
            ContentBlockDelta::ToolUse(_) => (
                Self::ToolUse { start: ToolUseBlockStart::new("", ""), input: String::new() },
                Some("toolUse.toolUseId"),
            ),
            ContentBlockDelta::ToolResult(_) => (
                Self::ToolResult { start: ToolResultBlockStart::new(""), content: Vec::new() },
                Some("toolResult.toolUseId"),
            ),
            ContentBlockDelta::Image(_) => (Self::image(ImageBlockStart::new("")), Some("image.format")),
            ContentBlockDelta::Unknown(_) => (Self::Undecided(Vec::new()), None),
        }
    }

    /// Adds a delta; returns a delta of another kind of block.
    pub(super) fn push<'a>(&mut self, delta: ContentBlockDelta<'a>) -> Option<ContentBlockDelta<'a>> {
        use ReasoningContentBlockDelta as Reasoning;
        match (&mut *self, delta) {
            (Self::Text(text) | Self::Cited { text, .. }, ContentBlockDelta::Text(piece)) => {
                text.push_str(&piece);
            }
            (Self::Text(text), ContentBlockDelta::Citation(citation)) => {
                *self = Self::Cited { text: core::mem::take(text), citations: vec![(*citation).into()] };
            }
            (Self::Cited { citations, .. }, ContentBlockDelta::Citation(citation)) => {
                citations.push((*citation).into());
            }
            (Self::ToolUse { input, .. }, ContentBlockDelta::ToolUse(piece)) => input.push_str(&piece.input),
            (Self::ToolResult { content, .. }, ContentBlockDelta::ToolResult(pieces)) => {
                pieces.into_iter().for_each(|piece| push_tool_result(content, piece));
            }
            (Self::Image { bytes, elsewhere, error, .. }, ContentBlockDelta::Image(piece)) => {
                match piece.source {
                    Some(ImageSource::Bytes(more)) => bytes.push(more),
                    Some(source) => *elsewhere = Some(source),
                    None => {}
                }
                *error = piece.error.or(error.take());
            }
            (Self::Reasoning { text, .. }, ContentBlockDelta::ReasoningContent(Reasoning::Text(piece))) => {
                text.push_str(&piece);
            }
            (
                Self::Reasoning { signature, .. },
                ContentBlockDelta::ReasoningContent(Reasoning::Signature(piece)),
            ) => signature.get_or_insert_default().push_str(&piece),
            (
                Self::Redacted(bytes),
                ContentBlockDelta::ReasoningContent(Reasoning::RedactedContent(more)),
            ) => bytes.push(more),
            (_, delta) => return Some(delta),
        }
        None
    }

    /// True if both blocks have the same start.
    pub(super) fn is_start_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ToolUse { start, .. }, Self::ToolUse { start: other, .. }) => start == other,
            (Self::ToolResult { start, .. }, Self::ToolResult { start: other, .. }) => start == other,
            (Self::Image { start, .. }, Self::Image { start: other, .. }) => start == other,
            _ => false,
        }
    }

    /// Converts into the block assembled so far, if any; content that is not part of it is added to `rest`.
    pub(super) fn into_block(self, index: u64, rest: &mut Rest) -> Option<ContentBlock> {
        Some(match self {
            Self::Undecided(members) => return undecided(members, index, rest),
            Self::Text(text) => ContentBlock::Text(text),
            Self::Cited { text, citations } => {
                let mut block = CitationsContentBlock::new().citations(citations);
                if !text.is_empty() {
                    block.content = Some(vec![CitationGeneratedContent::Text(text)]);
                }
                ContentBlock::CitationsContent(block)
            }
            Self::ToolUse { start, input } => {
                let (block, malformed) = tool_use(start, input, index);
                rest.malformed_tool_inputs.extend(malformed);
                ContentBlock::ToolUse(block)
            }
            Self::ToolResult { start, content } => {
                let extra = start.extra_members().to_vec();
                let mut block = ToolResultBlock::new(start.tool_use_id, content);
                (block.status, block.r#type) = (start.status, start.r#type);
                let more =
                    |block: ToolResultBlock, member: UnknownMember| block.extra(member.name, member.value);
                ContentBlock::ToolResult(extra.into_iter().fold(block, more))
            }
            Self::Image { start, bytes, elsewhere, error } => {
                let source = elsewhere.unwrap_or_else(|| ImageSource::Bytes(Blob::concat(&bytes)));
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
                ContentBlock::ReasoningContent(ReasoningContentBlock::RedactedContent(Blob::concat(&bytes)))
            }
        })
    }
}

/// Content of a stream that is not part of the message.
#[derive(Debug, Clone, Default)]
pub(super) struct Rest {
    pub(super) malformed_tool_inputs: Vec<MalformedToolInput>,
    pub(super) unknown_deltas: Vec<UnknownDelta>,
}

impl Rest {
    /// Adds the unknown members of a block whose kind is known.
    pub(super) fn add(&mut self, index: u64, members: impl IntoIterator<Item = UnknownMember>) {
        self.unknown_deltas.extend(members.into_iter().map(|member| UnknownDelta::new(member, index)));
    }
}

/// True if a start or delta has no member that is not null.
pub(super) fn is_empty(member: &UnknownMember) -> bool {
    let json = member.value.as_json();
    let has_members = || Object::read(json).members().any(|(_, value)| value != "null");
    member.name.is_empty() && (json == "null" || (member.value.is_object() && !has_members()))
}

/// Builds a block of unknown members: the single member, or a list of the members.
fn undecided(members: Vec<UnknownMember>, index: u64, rest: &mut Rest) -> Option<ContentBlock> {
    let name = members.first()?.name.clone();
    let (block, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.name == name);
    rest.add(index, others);
    let mut pieces: Vec<_> = block.into_iter().map(|member| member.value).collect();
    let value = if pieces.len() == 1 { pieces.pop()? } else { Document::of(&pieces) };
    Some(ContentBlock::Unknown(UnknownMember { name, value }))
}

/// Adds a delta to a tool result; consecutive text deltas are concatenated.
fn push_tool_result(content: &mut Vec<ToolResultContentBlock>, piece: ToolResultBlockDelta) {
    match (content.last_mut(), piece) {
        (Some(ToolResultContentBlock::Text(text)), ToolResultBlockDelta::Text(more)) => text.push_str(&more),
        (_, ToolResultBlockDelta::Text(text)) => content.push(ToolResultContentBlock::Text(text)),
        (_, ToolResultBlockDelta::Json(json)) => content.push(ToolResultContentBlock::Json(json)),
        (_, ToolResultBlockDelta::Unknown(member)) => content.push(ToolResultContentBlock::Unknown(member)),
    }
}
