//! The message that came of a stream.

use core::fmt;

use serde::Serialize;

use super::event::{MessageStopEvent, MetadataEvent, UnknownEvent};
use super::open_block::MalformedToolInput;
use crate::response::{ConverseOutput, ConverseResponse};
use crate::types::{Message, StopReason, TokenUsage, UnknownMember};

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
    /// Deltas this crate does not know, in blocks that it does; they are no part of the message.
    pub unknown_deltas: Vec<UnknownDelta>,
}

/// A delta this crate does not know, which came beside those of a block that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownDelta {
    /// The block's place in the message.
    pub content_block_index: u64,
    /// The delta's name and value.
    pub member: UnknownMember,
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
