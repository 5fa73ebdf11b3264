//! The assembled message of a stream.

use core::fmt;

use super::assembled_json::Assembled;
use super::malformed::MalformedToolInput;
use super::payload::{MessageStopEvent, MetadataEvent, UnknownEvent};
use crate::json::{Correction, CorrectionKind, FromJson, Reader, Received, ToJson, Writer};
use crate::response::{ConverseOutput, ConverseResponse};
use crate::types::{
    ConverseMetrics, Message, StopReason, TokenUsage, UnknownMember, serde_facade, structure,
};

/// A streamed message, assembled.
///
/// Serializes to a Converse response, with the additional members `malformedToolInputs`, `unknownEvents`,
/// `unknownDeltas` and `corrections`, each omitted if empty.
///
/// ```
/// # use barerock_converse::{AssembledMessage, ConverseRequest, types::Message};
/// fn go_on(request: &mut ConverseRequest, response: AssembledMessage, prompt: &str) {
///     println!("{} ({})", response.text(), response.stop_reason());
///     request.messages.extend([response.message, Message::user(prompt)]);
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AssembledMessage {
    /// The message, for the next request of the conversation.
    pub message: Message,
    /// Why the message ended, and the model's own fields.
    pub stop: MessageStopEvent,
    /// Token usage and latency; `None` if the stream had no metadata. Later metadata events add to earlier ones.
    pub metadata: Option<MetadataEvent>,
    /// The tool uses whose input is not a JSON object, as when `max_tokens` cut it off.
    pub malformed_tool_inputs: Vec<MalformedToolInput>,
    /// Events this crate does not know.
    pub unknown_events: Vec<UnknownEvent<'static>>,
    /// Starts and deltas this crate does not know, of blocks that it does; they are no part of the message.
    pub unknown_deltas: Vec<UnknownDelta>,
    /// Corrections of the assembler, and of the decoder if they were added.
    pub corrections: Vec<Correction>,
    /// The call; no text and no corrections.
    pub(super) received: Received,
}

structure! {
    /// A start or delta this crate does not know, beside the known ones of its block.
    UnknownDelta {
        required {
            /// Its name and value.
            member: UnknownMember,
            /// The block's index in the stream.
            content_block_index: u64,
        }
        optional {}
    }
}

impl AssembledMessage {
    crate::types::call_accessors!(received);

    /// Time from the call to its first event; `None` if no client measured it.
    #[must_use]
    pub fn first_event(&self) -> Option<core::time::Duration> {
        self.call().first_event
    }

    /// The text of the message.
    #[must_use]
    pub fn text(&self) -> String {
        self.message.text()
    }

    /// Why the message ended.
    #[must_use]
    pub fn stop_reason(&self) -> &StopReason {
        &self.stop.stop_reason
    }

    /// The token usage, if the stream had it.
    #[must_use]
    pub fn usage(&self) -> Option<&TokenUsage> {
        self.metadata.as_ref()?.usage.as_ref()
    }

    /// The same as a Converse response. Usage and metrics that the stream did not have are 0, and are corrections.
    #[must_use]
    pub fn into_response(self) -> ConverseResponse {
        let metadata = self.metadata.unwrap_or_else(MetadataEvent::new);
        let mut corrections = self.corrections;
        let mut missing = |path: &str| corrections.push(Correction::new(path, CorrectionKind::Missing));
        let usage = metadata.usage.unwrap_or_else(|| {
            missing("usage");
            TokenUsage::new(0_u64, 0_u64, 0_u64)
        });
        let metrics = metadata.metrics.unwrap_or_else(|| {
            missing("metrics");
            ConverseMetrics::new(0_u64)
        });
        let output = ConverseOutput::Message(self.message);
        let mut response = ConverseResponse::new(output, self.stop.stop_reason, usage, metrics);
        response.additional_model_response_fields = self.stop.additional_model_response_fields;
        response.trace = metadata.trace;
        response.performance_config = metadata.performance_config;
        response.service_tier = metadata.service_tier;
        *crate::response::Response::received(&mut response) = self.received.corrected(corrections);
        response
    }
}

serde_facade!(AssembledMessage);

impl ToJson for AssembledMessage {
    fn to_json(&self, out: &mut Writer) {
        fn member(out: &mut Writer, name: &str, value: Option<&impl ToJson>) {
            if let Some(value) = value {
                out.key(name);
                value.to_json(out);
            }
        }
        fn list(out: &mut Writer, name: &str, values: &Vec<impl ToJson>) {
            member(out, name, Some(values).filter(|values| !values.is_empty()));
        }
        let metadata = self.metadata.as_ref();
        out.begin_object();
        out.key("output");
        out.begin_union("message");
        self.message.to_json(out);
        out.end_object();
        member(out, "stopReason", Some(&self.stop.stop_reason));
        member(out, "usage", metadata.and_then(|metadata| metadata.usage.as_ref()));
        member(out, "metrics", metadata.and_then(|metadata| metadata.metrics.as_ref()));
        let fields = self.stop.additional_model_response_fields.as_ref();
        member(out, "additionalModelResponseFields", fields);
        member(out, "trace", metadata.and_then(|metadata| metadata.trace.as_ref()));
        let performance = metadata.and_then(|metadata| metadata.performance_config.as_ref());
        member(out, "performanceConfig", performance);
        member(out, "serviceTier", metadata.and_then(|metadata| metadata.service_tier.as_ref()));
        list(out, "malformedToolInputs", &self.malformed_tool_inputs);
        if !self.unknown_events.is_empty() {
            out.key("unknownEvents");
            out.begin_list();
            for event in &self.unknown_events {
                out.separate();
                out.begin_union(&event.event_type);
                event.payload.to_json(out);
                out.end_object();
            }
            out.end_list();
        }
        list(out, "unknownDeltas", &self.unknown_deltas);
        list(out, "corrections", &self.corrections);
        let more = metadata.map(MetadataEvent::extra_members).unwrap_or_default();
        self.stop.extra_members().iter().chain(more).for_each(|extra| out.member(extra));
        out.end_object();
    }
}

impl<'a> FromJson<'a> for AssembledMessage {
    fn empty() -> Self {
        Self {
            message: Message::empty(),
            stop: MessageStopEvent::empty(),
            metadata: None,
            malformed_tool_inputs: Vec::new(),
            unknown_events: Vec::new(),
            unknown_deltas: Vec::new(),
            corrections: Vec::new(),
            received: Received::default(),
        }
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let read = Assembled::from_json(reader);
        let extra = read.extra_members().to_vec();
        let message = match read.output {
            ConverseOutput::Message(message) => message,
            ConverseOutput::Unknown(_) => Message::empty(),
        };
        let mut stop = MessageStopEvent::new(read.stop_reason);
        stop.additional_model_response_fields = read.additional_model_response_fields;
        let mut metadata = MetadataEvent::new();
        metadata.usage = read.usage;
        metadata.metrics = read.metrics;
        metadata.trace = read.trace;
        metadata.performance_config = read.performance_config;
        metadata.service_tier = read.service_tier;
        let events = read.unknown_events.unwrap_or_default().into_iter().flatten();
        *self = Self {
            message,
            stop: extra.into_iter().fold(stop, |stop, member| stop.extra(member.name, member.value)),
            metadata: (metadata != MetadataEvent::new()).then_some(metadata),
            malformed_tool_inputs: read.malformed_tool_inputs.unwrap_or_default(),
            unknown_events: events.map(|(name, payload)| UnknownEvent::new(name, payload)).collect(),
            unknown_deltas: read.unknown_deltas.unwrap_or_default(),
            corrections: read.corrections.unwrap_or_default(),
            received: Received::default(),
        };
    }
}

/// A stream that ended before messageStop.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IncompleteMessage {
    /// The message so far.
    pub partial: Box<Message>,
}

impl fmt::Display for IncompleteMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = self.partial.content.len();
        write!(f, "the stream ended without messageStop: the message of {blocks} blocks is incomplete")
    }
}

impl core::error::Error for IncompleteMessage {}
