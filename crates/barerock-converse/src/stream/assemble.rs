//! Events in, a message out.

use core::fmt;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;

use super::event::{MessageStopEvent, MetadataEvent, StreamEvent, UnknownEvent};
pub use super::open_block::MalformedToolInput;
use super::open_block::{OpenBlock, delta_name};
use crate::response::{ConverseOutput, ConverseResponse};
use crate::types::{ContentBlock, ConversationRole, Message, StopReason, TokenUsage};

/// Puts the events of a stream together into the message Converse would have answered with.
///
/// Blocks may come in any order and interleaved; text, reasoning and citations need no start. Until
/// [`finish`](Self::finish) the message can be looked at as far as it has come ([`partial`](Self::partial)).
#[derive(Debug, Clone, Default)]
pub struct MessageAssembler {
    role: Option<ConversationRole>,
    blocks: BTreeMap<u64, (OpenBlock, BlockState)>,
    stop: Option<MessageStopEvent>,
    metadata: Option<MetadataEvent>,
    unknown_events: Vec<UnknownEvent<'static>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockState {
    Open,
    Stopped,
}

impl MessageAssembler {
    /// An assembler without a message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// If the event cannot follow those before it. The event is then not part of the message; the message so far is
    /// untouched.
    pub fn push(&mut self, event: StreamEvent<'_>) -> Result<(), AssembleError> {
        if self.stop.is_some() && !matches!(event, StreamEvent::Metadata(_) | StreamEvent::Unknown(_)) {
            return Err(AssembleError::AfterMessageStop { event_type: event.event_type().to_owned() });
        }
        match event {
            StreamEvent::MessageStart(start) => {
                if self.role.is_some() || !self.blocks.is_empty() {
                    return Err(AssembleError::SecondMessageStart);
                }
                self.role = Some(start.role);
            }
            StreamEvent::ContentBlockStart(event) => {
                let content_block_index = event.content_block_index;
                match self.blocks.entry(content_block_index) {
                    Entry::Vacant(vacant) => vacant.insert((OpenBlock::start(event.start), BlockState::Open)),
                    Entry::Occupied(_) => return Err(AssembleError::SecondStart { content_block_index }),
                };
            }
            StreamEvent::ContentBlockDelta(event) => {
                let content_block_index = event.content_block_index;
                let delta = delta_name(&event.delta).to_owned();
                let (block, state) = match self.blocks.entry(content_block_index) {
                    Entry::Occupied(occupied) => occupied.into_mut(),
                    Entry::Vacant(vacant) => match OpenBlock::for_delta(&event.delta) {
                        Some(block) => vacant.insert((block, BlockState::Open)),
                        None => return Err(AssembleError::NoStart { content_block_index, delta }),
                    },
                };
                if *state == BlockState::Stopped {
                    return Err(AssembleError::AfterBlockStop { content_block_index, delta });
                }
                if !block.push(event.delta) {
                    let block = block.name().to_owned();
                    return Err(AssembleError::WrongDelta { content_block_index, block, delta });
                }
            }
            StreamEvent::ContentBlockStop(event) => {
                // A block nothing was said of holds nothing.
                if let Some((_, state)) = self.blocks.get_mut(&event.content_block_index) {
                    *state = BlockState::Stopped;
                }
            }
            StreamEvent::MessageStop(stop) => self.stop = Some(stop),
            StreamEvent::Metadata(metadata) => self.metadata = Some(metadata),
            unknown @ StreamEvent::Unknown(_) => {
                if let StreamEvent::Unknown(event) = unknown.into_owned() {
                    self.unknown_events.push(event);
                }
            }
        }
        Ok(())
    }

    /// The message as far as it has come. A tool input that is cut off stands in it as a JSON string.
    #[must_use]
    pub fn partial(&self) -> Message {
        self.clone().into_parts().0
    }

    /// Whether messageStop came.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    /// The whole message.
    ///
    /// # Errors
    /// If messageStop never came: the error holds what did.
    pub fn finish(mut self) -> Result<AssembledMessage, IncompleteMessage> {
        let Some(stop) = self.stop.take() else {
            return Err(IncompleteMessage { partial: Box::new(self.partial()) });
        };
        let (metadata, unknown_events) = (self.metadata.take(), core::mem::take(&mut self.unknown_events));
        let (message, malformed_tool_inputs) = self.into_parts();
        Ok(AssembledMessage { message, stop, metadata, malformed_tool_inputs, unknown_events })
    }

    fn into_parts(self) -> (Message, Vec<MalformedToolInput>) {
        let (blocks, malformed): (Vec<ContentBlock>, Vec<_>) =
            self.blocks.into_iter().map(|(index, (block, _))| block.into_block(index)).unzip();
        let role = self.role.unwrap_or(ConversationRole::Assistant);
        (Message::new(role, blocks), malformed.into_iter().flatten().collect())
    }
}

/// A streamed answer, put together.
///
/// Serialized, it has the shape of a Converse response.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AssembledMessage {
    /// The message, to be put back into the conversation.
    pub message: Message,
    /// Why it ended, and the model's own fields.
    pub stop: MessageStopEvent,
    /// What it cost; `None` if the stream ended without saying so.
    pub metadata: Option<MetadataEvent>,
    /// The tool uses whose input is not JSON, as when `max_tokens` cut it off.
    pub malformed_tool_inputs: Vec<MalformedToolInput>,
    /// Events this crate does not know.
    pub unknown_events: Vec<UnknownEvent<'static>>,
}

impl AssembledMessage {
    /// The text of the answer.
    #[must_use]
    pub fn text(&self) -> String {
        self.message.text()
    }

    /// Why the answer ended.
    #[must_use]
    pub fn stop_reason(&self) -> &StopReason {
        &self.stop.stop_reason
    }

    /// What the answer cost, if the stream said so.
    #[must_use]
    pub fn usage(&self) -> Option<&TokenUsage> {
        self.metadata.as_ref().map(|metadata| &metadata.usage)
    }

    /// The same as a Converse response; `None` if the stream did not say what it cost.
    #[must_use]
    pub fn into_response(self) -> Option<ConverseResponse> {
        let metadata = self.metadata?;
        let output = ConverseOutput::Message(self.message);
        let mut response =
            ConverseResponse::new(output, self.stop.stop_reason, metadata.usage, metadata.metrics);
        response.additional_model_response_fields = self.stop.additional_model_response_fields;
        response.trace = metadata.trace;
        response.performance_config = metadata.performance_config;
        response.service_tier = metadata.service_tier;
        Some(response)
    }
}

impl Serialize for AssembledMessage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        if let Some(response) = self.clone().into_response() {
            return response.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("output", &ConverseOutput::Message(self.message.clone()))?;
        map.serialize_entry("stopReason", &self.stop.stop_reason)?;
        if let Some(fields) = &self.stop.additional_model_response_fields {
            map.serialize_entry("additionalModelResponseFields", fields)?;
        }
        map.end()
    }
}

/// A stream that ended before messageStop: what came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IncompleteMessage {
    /// The message as far as it came.
    pub partial: Box<Message>,
}

impl fmt::Display for IncompleteMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = self.partial.content.len();
        write!(f, "the stream ended without messageStop: the message of {blocks} blocks is not whole")
    }
}

impl core::error::Error for IncompleteMessage {}

/// Why an event cannot follow those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssembleError {
    /// A second messageStart, or one after a block.
    SecondMessageStart,
    /// A second contentBlockStart for a block.
    SecondStart {
        /// The block's place in the message.
        content_block_index: u64,
    },
    /// A delta of a kind that needs a contentBlockStart, and none came.
    NoStart {
        /// The block's place in the message.
        content_block_index: u64,
        /// The delta's kind.
        delta: String,
    },
    /// A delta of another kind than the block.
    WrongDelta {
        /// The block's place in the message.
        content_block_index: u64,
        /// The block's kind.
        block: String,
        /// The delta's kind.
        delta: String,
    },
    /// A delta after the block's contentBlockStop.
    AfterBlockStop {
        /// The block's place in the message.
        content_block_index: u64,
        /// The delta's kind.
        delta: String,
    },
    /// A part of the message after messageStop.
    AfterMessageStop {
        /// The event's type.
        event_type: String,
    },
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the events do not make a message: ")?;
        match self {
            Self::SecondMessageStart => f.write_str("messageStart came when the message had begun"),
            Self::SecondStart { content_block_index } => {
                write!(f, "contentBlockStart came when block {content_block_index} had begun")
            }
            Self::NoStart { content_block_index, delta } => {
                write!(
                    f,
                    "a {delta} delta came for block {content_block_index}, which no contentBlockStart began"
                )
            }
            Self::WrongDelta { content_block_index, block, delta } => {
                write!(f, "a {delta} delta came for block {content_block_index}, which is {block}")
            }
            Self::AfterBlockStop { content_block_index, delta } => {
                write!(f, "a {delta} delta came for block {content_block_index} after its contentBlockStop")
            }
            Self::AfterMessageStop { event_type } => write!(f, "{event_type} came after messageStop"),
        }
    }
}

impl core::error::Error for AssembleError {}
