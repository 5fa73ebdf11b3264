//! The events of a ConverseStream answer.

use serde::Serialize;
use serde::ser::SerializeMap as _;

use super::fast::{PlainDelta, PlainKind, plain_delta};
use crate::json::from_json;
use crate::types::{
    Blob, Citation, ConversationRole, ConverseMetrics, ConverseTrace, Document, ErrorBlock, ImageFormat,
    ImageSource, PerformanceConfiguration, ServiceTier, StopReason, Text, TokenUsage, ToolResultStatus,
    ToolUseType, structure, union,
};

/// One event. What can be large borrows from the frame it was read from; [`into_owned`](Self::into_owned) when it must
/// live longer.
///
/// Serialized, it is `{"contentBlockDelta":{…}}`, the shape boto3 hands out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StreamEvent<'a> {
    /// The answer begins.
    MessageStart(MessageStartEvent),
    /// A block begins. Text, reasoning and citations begin without one.
    ContentBlockStart(ContentBlockStartEvent),
    /// A piece of a block.
    ContentBlockDelta(ContentBlockDeltaEvent<'a>),
    /// A block is whole.
    ContentBlockStop(ContentBlockStopEvent),
    /// The answer is whole. Only now is it complete.
    MessageStop(MessageStopEvent),
    /// What the answer cost. Usually the last event, but not a sign of completeness.
    Metadata(MetadataEvent),
    /// An event this crate does not know.
    Unknown(UnknownEvent<'a>),
}

/// By far the most frequent event.
const CONTENT_BLOCK_DELTA: &str = "contentBlockDelta";

/// An event this crate does not know, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownEvent<'a> {
    /// Its `:event-type`.
    pub event_type: Text<'a>,
    /// Its payload; `null` if the payload is not JSON.
    pub payload: Document,
}

impl<'a> StreamEvent<'a> {
    /// Reads the payload of the event named `event_type`.
    pub(crate) fn parse(event_type: &'a str, payload: &'a [u8]) -> Result<Self, String> {
        if cfg!(feature = "fast-crc")
            && event_type == CONTENT_BLOCK_DELTA
            && let Some(plain) = plain_delta(payload)
        {
            return Ok(Self::ContentBlockDelta(plain.into()));
        }
        let json = core::str::from_utf8(payload).map_err(|error| error.to_string());
        Ok(match event_type {
            CONTENT_BLOCK_DELTA => Self::ContentBlockDelta(from_json(json?)?),
            "messageStart" => Self::MessageStart(from_json(json?)?),
            "contentBlockStart" => Self::ContentBlockStart(from_json(json?)?),
            "contentBlockStop" => Self::ContentBlockStop(from_json(json?)?),
            "messageStop" => Self::MessageStop(from_json(json?)?),
            "metadata" => Self::Metadata(from_json(json?)?),
            other => {
                let payload = json.ok().and_then(|json| Document::checked(json).ok());
                let payload = payload.unwrap_or_else(Document::null);
                Self::Unknown(UnknownEvent { event_type: other.into(), payload })
            }
        })
    }

    /// The piece of answer text, if the event is one: what to print.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::ContentBlockDelta(ContentBlockDeltaEvent {
                delta: ContentBlockDelta::Text(text), ..
            }) => Some(text),
            _ => None,
        }
    }

    /// The event's name on the wire.
    #[must_use]
    pub fn event_type(&self) -> &str {
        match self {
            Self::MessageStart(_) => "messageStart",
            Self::ContentBlockStart(_) => "contentBlockStart",
            Self::ContentBlockDelta(_) => CONTENT_BLOCK_DELTA,
            Self::ContentBlockStop(_) => "contentBlockStop",
            Self::MessageStop(_) => "messageStop",
            Self::Metadata(_) => "metadata",
            Self::Unknown(event) => &event.event_type,
        }
    }

    /// The same event, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> StreamEvent<'static> {
        match self {
            Self::MessageStart(event) => StreamEvent::MessageStart(event),
            Self::ContentBlockStart(event) => StreamEvent::ContentBlockStart(event),
            Self::ContentBlockDelta(event) => StreamEvent::ContentBlockDelta(ContentBlockDeltaEvent {
                delta: event.delta.into_owned(),
                content_block_index: event.content_block_index,
            }),
            Self::ContentBlockStop(event) => StreamEvent::ContentBlockStop(event),
            Self::MessageStop(event) => StreamEvent::MessageStop(event),
            Self::Metadata(event) => StreamEvent::Metadata(event),
            Self::Unknown(event) => StreamEvent::Unknown(UnknownEvent {
                event_type: event.event_type.into_owned(),
                payload: event.payload,
            }),
        }
    }
}

impl Serialize for StreamEvent<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_key(self.event_type())?;
        match self {
            Self::MessageStart(event) => map.serialize_value(event)?,
            Self::ContentBlockStart(event) => map.serialize_value(event)?,
            Self::ContentBlockDelta(event) => map.serialize_value(event)?,
            Self::ContentBlockStop(event) => map.serialize_value(event)?,
            Self::MessageStop(event) => map.serialize_value(event)?,
            Self::Metadata(event) => map.serialize_value(event)?,
            Self::Unknown(event) => map.serialize_value(&event.payload)?,
        }
        map.end()
    }
}

structure! {
    /// The answer begins.
    MessageStartEvent {
        required {
            /// Who speaks: the assistant.
            role: ConversationRole,
        }
        optional {}
    }
}

structure! {
    /// A block begins.
    ContentBlockStartEvent {
        required {
            /// What it is.
            start: ContentBlockStart,
            /// Its place in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

union! {
    /// What a block that begins is.
    ContentBlockStart {
        /// The model asks for a tool.
        ToolUse(ToolUseBlockStart) = "toolUse",
        /// A tool the service ran answered.
        ToolResult(ToolResultBlockStart) = "toolResult",
        /// A picture.
        Image(ImageBlockStart) = "image",
    }
}

structure! {
    /// The model asks for a tool; the input follows.
    ToolUseBlockStart {
        required {
            /// The id the result must carry.
            tool_use_id: String,
            /// The tool's name.
            name: String,
        }
        optional {
            /// Set when the service runs it itself.
            r#type: ToolUseType,
        }
    }
}

structure! {
    /// A tool the service ran answered; the answer follows.
    ToolResultBlockStart {
        required {
            /// The id of the tool use it answers.
            tool_use_id: String,
        }
        optional {
            /// The kind of tool.
            r#type: String,
            /// How it fared.
            status: ToolResultStatus,
        }
    }
}

structure! {
    /// A picture; its bytes follow.
    ImageBlockStart {
        required {
            /// Its format.
            format: ImageFormat,
        }
        optional {}
    }
}

structure! {
    /// A piece of a block.
    ContentBlockDeltaEvent<'a> {
        required {
            /// The piece.
            #[serde(borrow)]
            delta: ContentBlockDelta<'a>,
            /// The block's place in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

impl<'a> From<PlainDelta<'a>> for ContentBlockDeltaEvent<'a> {
    fn from(plain: PlainDelta<'a>) -> Self {
        let text = plain.text;
        let delta = match plain.kind {
            PlainKind::Text => ContentBlockDelta::Text(text),
            PlainKind::ToolUseInput => ContentBlockDelta::ToolUse(ToolUseBlockDelta { input: text }),
            PlainKind::ReasoningText => {
                ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text))
            }
        };
        Self { delta, content_block_index: plain.content_block_index }
    }
}

union! {
    /// A piece of a block.
    ContentBlockDelta<'a> {
        /// Text.
        Text(Text<'a>) = "text",
        /// A piece of the JSON text of a tool's input.
        ToolUse(ToolUseBlockDelta<'a>) = "toolUse",
        /// Pieces of a tool's answer.
        ToolResult(Vec<ToolResultBlockDelta>) = "toolResult",
        /// Reasoning.
        ReasoningContent(ReasoningContentBlockDelta<'a>) = "reasoningContent",
        /// A source of the text.
        Citation(Citation) = "citation",
        /// A picture's bytes.
        Image(ImageBlockDelta) = "image",
    }
}

impl ContentBlockDelta<'_> {
    fn into_owned(self) -> ContentBlockDelta<'static> {
        use ReasoningContentBlockDelta as Reasoning;
        match self {
            Self::Text(text) => ContentBlockDelta::Text(text.into_owned()),
            Self::ToolUse(delta) => {
                ContentBlockDelta::ToolUse(ToolUseBlockDelta { input: delta.input.into_owned() })
            }
            Self::ToolResult(delta) => ContentBlockDelta::ToolResult(delta),
            Self::ReasoningContent(delta) => ContentBlockDelta::ReasoningContent(match delta {
                Reasoning::Text(text) => Reasoning::Text(text.into_owned()),
                Reasoning::Signature(text) => Reasoning::Signature(text.into_owned()),
                Reasoning::RedactedContent(blob) => Reasoning::RedactedContent(blob),
                Reasoning::Unknown(member) => Reasoning::Unknown(member),
            }),
            Self::Citation(citation) => ContentBlockDelta::Citation(citation),
            Self::Image(delta) => ContentBlockDelta::Image(delta),
            Self::Unknown(member) => ContentBlockDelta::Unknown(member),
        }
    }
}

structure! {
    /// A piece of the JSON text of a tool's input. Only all pieces together are JSON; none at all means `{}`.
    ToolUseBlockDelta<'a> {
        required {
            /// The piece.
            #[serde(borrow)]
            input: Text<'a>,
        }
        optional {}
    }
}

union! {
    /// A piece of a tool's answer.
    ToolResultBlockDelta {
        /// Text.
        Text(String) = "text",
        /// JSON.
        Json(Document) = "json",
    }
}

union! {
    /// A piece of reasoning.
    ReasoningContentBlockDelta<'a> {
        /// Words.
        Text(Text<'a>) = "text",
        /// Reasoning that is kept from the reader.
        RedactedContent(Blob) = "redactedContent",
        /// The model's signature over the words.
        Signature(Text<'a>) = "signature",
    }
}

structure! {
    /// A picture's bytes, or why there are none.
    ImageBlockDelta {
        required {}
        optional {
            /// The bytes.
            source: ImageSource,
            /// Why there are none.
            error: ErrorBlock,
        }
    }
}

structure! {
    /// A block is whole.
    ContentBlockStopEvent {
        required {
            /// Its place in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

structure! {
    /// The answer is whole.
    MessageStopEvent {
        required {
            /// Why it ended.
            stop_reason: StopReason,
        }
        optional {
            /// The model's own fields that were asked for; some models send them unasked.
            additional_model_response_fields: Document,
        }
    }
}

structure! {
    /// What the answer cost.
    MetadataEvent {
        required {
            /// In tokens.
            usage: TokenUsage,
            /// In time.
            metrics: ConverseMetrics,
        }
        optional {
            /// What the guardrail found and which model a prompt router chose: [`read_trace`](Self::read_trace).
            trace: Document,
            /// The latency class that served the call.
            performance_config: PerformanceConfiguration,
            /// The capacity that served the call.
            service_tier: ServiceTier,
        }
    }
}

impl MetadataEvent {
    /// What the guardrail found and which model a prompt router chose: `trace`, read. It is read only here, so that who
    /// does not look at it does not pay for it.
    ///
    /// # Errors
    /// If the trace has not the shape the model gives it; `trace` still holds it as it came.
    pub fn read_trace(&self) -> serde_json::Result<Option<ConverseTrace>> {
        self.trace.as_ref().map(Document::parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_small_to_move() {
        // Deltas come by the thousand; what is large and rare must not make them large.
        assert!(size_of::<StreamEvent<'_>>() <= 160, "{}", size_of::<StreamEvent<'_>>());
    }
}
