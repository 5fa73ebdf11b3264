//! Rules for messages and content blocks.

use super::mistake::unknown;
use super::path::Path;
use super::rules::{
    BUCKET_OWNER, DOCUMENT_NAME_LENGTH, NON_EMPTY, S3_URI, TOOL_NAME, TOOL_REFERENCE_NAME,
    TOOL_REFERENCE_TYPE, TOOL_USE_ID, count, optional, text,
};
use super::{Checked, ValidationError, each};
use crate::types::{
    AudioBlock, AudioSource, Blob, ContentBlock, DocumentBlock, DocumentSource,
    GuardrailConverseContentBlock, GuardrailConverseImageSource, ImageBlock, ImageSource, Message,
    S3Location, SystemContentBlock, ToolReferenceBlock, ToolResultBlock, ToolResultContentBlock, VideoBlock,
    VideoSource,
};

pub(super) fn message(at: &Path<'_>, message: &Message) -> Checked {
    each(&at.member("content"), &message.content, content_block)
}

pub(super) fn system(at: &Path<'_>, block: &SystemContentBlock) -> Checked {
    match block {
        SystemContentBlock::Text(words) => text(&at.member("text"), words, &NON_EMPTY),
        SystemContentBlock::GuardContent(block) => guard_content(&at.member("guardContent"), block),
        SystemContentBlock::CachePoint(_) => Ok(()),
        SystemContentBlock::Unknown(member) => unknown(at, member, SystemContentBlock::MEMBERS),
    }
}

fn content_block(at: &Path<'_>, block: &ContentBlock) -> Checked {
    match block {
        ContentBlock::Image(block) => image(&at.member("image"), block),
        ContentBlock::Document(block) => document(&at.member("document"), block),
        ContentBlock::Video(block) => video(&at.member("video"), block),
        ContentBlock::Audio(block) => audio(&at.member("audio"), block),
        ContentBlock::ToolUse(block) => {
            let at = at.member("toolUse");
            text(&at.member("toolUseId"), &block.tool_use_id, &TOOL_USE_ID)?;
            text(&at.member("name"), &block.name, &TOOL_NAME)
        }
        ContentBlock::ToolResult(block) => tool_result(&at.member("toolResult"), block),
        ContentBlock::GuardContent(block) => guard_content(&at.member("guardContent"), block),
        ContentBlock::ToolAddition(block) => tool_reference(&at.member("toolAddition"), block),
        ContentBlock::ToolRemoval(block) => tool_reference(&at.member("toolRemoval"), block),
        ContentBlock::Text(_)
        | ContentBlock::CachePoint(_)
        | ContentBlock::ReasoningContent(_)
        | ContentBlock::CitationsContent(_)
        | ContentBlock::SearchResult(_) => Ok(()),
        ContentBlock::Unknown(member) => unknown(at, member, ContentBlock::MEMBERS),
    }
}

fn tool_result(at: &Path<'_>, block: &ToolResultBlock) -> Checked {
    text(&at.member("toolUseId"), &block.tool_use_id, &TOOL_USE_ID)?;
    each(&at.member("content"), &block.content, |at, content| match content {
        ToolResultContentBlock::Image(block) => image(&at.member("image"), block),
        ToolResultContentBlock::Document(block) => document(&at.member("document"), block),
        ToolResultContentBlock::Video(block) => video(&at.member("video"), block),
        ToolResultContentBlock::Json(_)
        | ToolResultContentBlock::Text(_)
        | ToolResultContentBlock::SearchResult(_) => Ok(()),
        ToolResultContentBlock::Unknown(member) => unknown(at, member, ToolResultContentBlock::MEMBERS),
    })
}

fn tool_reference(at: &Path<'_>, block: &ToolReferenceBlock) -> Checked {
    let (at, tool) = (at.member("tool"), &block.tool);
    optional(&at.member("type"), tool.r#type.as_ref(), &TOOL_REFERENCE_TYPE)?;
    optional(&at.member("name"), tool.name.as_ref(), &TOOL_REFERENCE_NAME)?;
    optional(&at.member("serverName"), tool.server_name.as_ref(), &TOOL_REFERENCE_NAME)
}

macro_rules! media {
    ($($name:ident: $block:ty, from $source:ident;)*) => {$(
        fn $name(at: &Path<'_>, block: &$block) -> Checked {
            let at = at.member("source");
            match &block.source {
                $source::Bytes(bytes) => blob(&at, bytes),
                $source::S3Location(location) => s3(&at, location),
                $source::Unknown(member) => unknown(&at, member, $source::MEMBERS),
            }
        }
    )*};
}
media! {
    image: ImageBlock, from ImageSource;
    video: VideoBlock, from VideoSource;
    audio: AudioBlock, from AudioSource;
}

fn document(at: &Path<'_>, block: &DocumentBlock) -> Checked {
    text(&at.member("name"), &block.name, &DOCUMENT_NAME_LENGTH)?;
    let at = at.member("source");
    match &block.source {
        DocumentSource::Bytes(bytes) => blob(&at, bytes),
        DocumentSource::S3Location(location) => s3(&at, location),
        DocumentSource::Text(_) | DocumentSource::Content(_) => Ok(()),
        DocumentSource::Unknown(member) => unknown(&at, member, DocumentSource::MEMBERS),
    }
}

pub(super) fn guard_content(at: &Path<'_>, block: &GuardrailConverseContentBlock) -> Checked {
    match block {
        GuardrailConverseContentBlock::Text(_) => Ok(()),
        GuardrailConverseContentBlock::Image(block) => {
            let at = at.member("image");
            let at = at.member("source");
            match &block.source {
                GuardrailConverseImageSource::Bytes(bytes) => blob(&at, bytes),
                GuardrailConverseImageSource::Unknown(member) => {
                    unknown(&at, member, GuardrailConverseImageSource::MEMBERS)
                }
            }
        }
        GuardrailConverseContentBlock::Unknown(member) => {
            unknown(at, member, GuardrailConverseContentBlock::MEMBERS)
        }
    }
}

/// Checks the `bytes` of a source: valid base64, at least 1 byte.
fn blob(source: &Path<'_>, bytes: &Blob) -> Checked {
    if bytes.invalid_base64().is_some() {
        return Err(ValidationError::new(
            &source.member("bytes"),
            "is invalid base64",
            "must be bytes in base64",
        ));
    }
    count(&source.member("bytes"), bytes.as_bytes().len(), (1, usize::MAX), "bytes")
}

fn s3(source: &Path<'_>, location: &S3Location) -> Checked {
    let at = source.member("s3Location");
    text(&at.member("uri"), &location.uri, &S3_URI)?;
    optional(&at.member("bucketOwner"), location.bucket_owner.as_ref(), &BUCKET_OWNER)
}
