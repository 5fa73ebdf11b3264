//! Tool inputs assembled from deltas, and those that are not JSON objects.

use super::payload::ToolUseBlockStart;
use crate::types::{Document, ToolUseBlock, structure};

structure! {
    /// A tool input whose concatenated deltas are not a JSON object.
    MalformedToolInput {
        required {
            /// The block's index in the stream.
            content_block_index: u64,
            /// ID of the tool use.
            tool_use_id: String,
            /// The tool's name.
            name: String,
            /// The text. The `input` of the block is the same JSON, or this text as a JSON string if it is not JSON.
            raw: String,
            /// Description of the error.
            error: String,
        }
        optional {}
    }
}

/// Builds the tool use block, and the error if its input is malformed.
pub(super) fn tool_use(
    start: ToolUseBlockStart,
    input: String,
    index: u64,
) -> (ToolUseBlock, Option<MalformedToolInput>) {
    // A tool use without arguments may have no deltas.
    let (document, error) = match Document::checked(&input) {
        _ if input.is_empty() => (Document::default(), None),
        Ok(document) if document.is_object() => (document, None),
        Ok(document) => (document, Some("not a JSON object".to_owned())),
        Err(fault) => (Document::of(&input), Some(fault.to_string())),
    };
    let (tool_use_id, name) = (&*start.tool_use_id, &*start.name);
    let malformed = error.map(|error| MalformedToolInput::new(index, tool_use_id, name, input, error));
    let mut block = ToolUseBlock::new(tool_use_id, name, document);
    block.r#type.clone_from(&start.r#type);
    let block = start
        .extra_members()
        .iter()
        .fold(block, |block, member| block.extra(member.name.clone(), member.value.clone()));
    (block, malformed)
}
