//! Payloads of stream events.

use super::delta::ContentBlockDelta;
use crate::types::{
    ConversationRole, ConverseMetrics, ConverseTrace, Document, ImageFormat, PerformanceConfiguration,
    ServiceTier, StopReason, Text, TokenUsage, ToolResultStatus, ToolUseType, structure, union,
};

structure! {
    /// An event this crate does not know.
    UnknownEvent<'a> {
        required {
            /// The header `:event-type`.
            event_type: Text<'a>,
            /// The payload; one that is not JSON as a JSON string.
            payload: Document,
        }
        optional {}
    }
}

impl UnknownEvent<'_> {
    pub(super) fn into_owned(self) -> UnknownEvent<'static> {
        UnknownEvent { event_type: self.event_type.into_owned(), payload: self.payload, extra: self.extra }
    }
}

structure! {
    /// The message begins.
    MessageStartEvent {
        required {
            /// Role of the message: `assistant`.
            role: ConversationRole,
        }
        optional {}
    }
}

structure! {
    /// A block begins.
    ContentBlockStartEvent {
        required {
            /// The kind of the block.
            start: ContentBlockStart,
            /// The block's index in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

union! {
    /// The kind of a block that begins.
    ContentBlockStart {
        /// A tool use.
        ToolUse(ToolUseBlockStart) = "toolUse",
        /// The result of a tool the service ran.
        ToolResult(ToolResultBlockStart) = "toolResult",
        /// An image.
        Image(ImageBlockStart) = "image",
    }
}

structure! {
    /// Start of a tool use; its input follows in deltas.
    ToolUseBlockStart {
        required {
            /// ID of the tool use, which the tool result must repeat.
            tool_use_id: String,
            /// The tool's name.
            name: String,
        }
        optional {
            /// Set if the service runs the tool.
            r#type: ToolUseType,
        }
    }
}

structure! {
    /// Start of the result of a tool the service ran; its content follows in deltas.
    ToolResultBlockStart {
        required {
            /// ID of the tool use.
            tool_use_id: String,
        }
        optional {
            /// The kind of tool.
            r#type: String,
            /// Whether the tool succeeded.
            status: ToolResultStatus,
        }
    }
}

structure! {
    /// Start of an image; its bytes follow in deltas.
    ImageBlockStart {
        required {
            /// The format.
            format: ImageFormat,
        }
        optional {}
    }
}

structure! {
    /// A delta of a content block.
    ContentBlockDeltaEvent<'a> {
        required {
            /// The delta.
            delta: ContentBlockDelta<'a>,
            /// The block's index in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

impl<'a> ContentBlockDeltaEvent<'a> {
    pub(super) fn into_owned(self) -> ContentBlockDeltaEvent<'static> {
        ContentBlockDeltaEvent {
            delta: self.delta.into_owned(),
            content_block_index: self.content_block_index,
            extra: self.extra,
        }
    }
}

structure! {
    /// A block is complete.
    ContentBlockStopEvent {
        required {
            /// The block's index in the message, from 0.
            content_block_index: u64,
        }
        optional {}
    }
}

structure! {
    /// The message is complete.
    MessageStopEvent {
        required {
            /// Why the message ended.
            stop_reason: StopReason,
        }
        optional {
            /// The model's own fields that were requested; some models send them unrequested.
            additional_model_response_fields: Document,
        }
    }
}

structure! {
    /// Token usage and latency. The model requires `usage` and `metrics`, but gateways send one without the other.
    MetadataEvent {
        required {}
        optional {
            /// Token usage.
            usage: TokenUsage,
            /// Latency of the call.
            metrics: ConverseMetrics,
            /// The guardrail's assessments and the prompt router's choice: [`read_trace`](Self::read_trace).
            trace: Document,
            /// The latency class that served the call.
            performance_config: PerformanceConfiguration,
            /// The service tier that served the call.
            service_tier: ServiceTier,
        }
    }
}

impl MetadataEvent {
    /// Deserializes `trace`. Separate, so that programs that do not read it do not link its types.
    ///
    /// # Errors
    /// If the trace does not have the shape of the service model; `trace` is unchanged.
    pub fn read_trace(&self) -> serde_json::Result<Option<ConverseTrace>> {
        self.trace.as_ref().map(Document::parse).transpose()
    }

    /// Merges a later event, whose members replace the earlier ones.
    pub(super) fn add(&mut self, later: Self) {
        match (&mut self.usage, later.usage) {
            (Some(usage), Some(later)) => usage.merge(later),
            (usage, Some(later)) => *usage = Some(later),
            (_, None) => {}
        }
        macro_rules! replace {
            ($($member:ident),*) => {$(
                if later.$member.is_some() {
                    self.$member = later.$member;
                }
            )*};
        }
        replace!(metrics, trace, performance_config, service_tier);
        later.extra.as_slice().iter().for_each(|member| self.extra.set(member.clone()));
    }
}
