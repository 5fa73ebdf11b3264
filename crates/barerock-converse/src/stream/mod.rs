//! Streamed answers: events, the decoder that makes them of bytes, the assembler that makes a message of them.

mod assemble;
mod decode;
mod error;
mod event;
mod open_block;

pub use assemble::{
    AssembleError, AssembledMessage, IncompleteMessage, MalformedToolInput, MessageAssembler,
};
pub use decode::EventDecoder;
pub use error::{StreamError, Verdict};
pub use event::{
    ContentBlockDelta, ContentBlockDeltaEvent, ContentBlockStart, ContentBlockStartEvent,
    ContentBlockStopEvent, ImageBlockDelta, ImageBlockStart, MessageStartEvent, MessageStopEvent,
    MetadataEvent, ReasoningContentBlockDelta, StreamEvent, ToolResultBlockDelta, ToolResultBlockStart,
    ToolUseBlockDelta, ToolUseBlockStart, UnknownEvent,
};
