//! Streamed responses: events, the decoder from bytes to events, the assembler from events to a message.

mod assemble;
mod assembled;
mod assembled_json;
mod decode;
mod delta;
mod error;
mod event;
mod fast;
mod malformed;
mod open_block;
mod padding;
mod payload;
mod raw;

pub use assemble::MessageAssembler;
pub use assembled::{AssembledMessage, IncompleteMessage, UnknownDelta};
pub use decode::EventDecoder;
pub use delta::{
    CitationSourceContentDelta, CitationsDelta, ContentBlockDelta, ImageBlockDelta,
    ReasoningContentBlockDelta, ToolResultBlockDelta, ToolUseBlockDelta,
};
pub use error::{StreamError, Verdict};
pub use event::StreamEvent;
pub use malformed::MalformedToolInput;
pub use payload::{
    ContentBlockDeltaEvent, ContentBlockStart, ContentBlockStartEvent, ContentBlockStopEvent,
    ImageBlockStart, MessageStartEvent, MessageStopEvent, MetadataEvent, ToolResultBlockStart,
    ToolUseBlockStart, UnknownEvent,
};
