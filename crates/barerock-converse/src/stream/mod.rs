//! Streamed answers: events, the decoder that makes them of bytes, the assembler that makes a message of them.

mod assemble;
mod assembled;
mod decode;
mod error;
mod event;
mod fast;
mod open_block;

pub use assemble::MessageAssembler;
pub use assembled::{AssembledMessage, IncompleteMessage, UnknownDelta};
pub use decode::EventDecoder;
pub use error::{AssembleError, StreamError, Verdict};
pub use event::{
    ContentBlockDelta, ContentBlockDeltaEvent, ContentBlockStart, ContentBlockStartEvent,
    ContentBlockStopEvent, ImageBlockDelta, ImageBlockStart, MessageStartEvent, MessageStopEvent,
    MetadataEvent, ReasoningContentBlockDelta, StreamEvent, ToolResultBlockDelta, ToolResultBlockStart,
    ToolUseBlockDelta, ToolUseBlockStart, UnknownEvent,
};
pub use open_block::MalformedToolInput;
