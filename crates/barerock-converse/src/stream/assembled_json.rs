//! The JSON of an assembled message.
#![allow(dead_code, unreachable_pub, reason = "a structure of the crate, of which only the reader is used")]

use std::collections::BTreeMap;

use super::assembled::UnknownDelta;
use super::malformed::MalformedToolInput;
use crate::json::Correction;
use crate::response::ConverseOutput;
use crate::types::{
    ConverseMetrics, Document, PerformanceConfiguration, ServiceTier, StopReason, TokenUsage, structure,
};

structure! {
    /// The JSON of an assembled message.
    Assembled {
        required {
            /// The message.
            output: ConverseOutput,
            /// Why the message ended.
            stop_reason: StopReason,
        }
        optional {
            /// Token usage.
            usage: TokenUsage,
            /// Latency.
            metrics: ConverseMetrics,
            /// The model's own fields.
            additional_model_response_fields: Document,
            /// The guardrail's assessments and the prompt router's choice.
            trace: Document,
            /// The latency class.
            performance_config: PerformanceConfiguration,
            /// The service tier.
            service_tier: ServiceTier,
            /// Tool inputs that are not JSON objects.
            malformed_tool_inputs: Vec<MalformedToolInput>,
            /// Unknown events.
            unknown_events: Vec<BTreeMap<String, Document>>,
            /// Unknown deltas.
            unknown_deltas: Vec<UnknownDelta>,
            /// Corrections.
            corrections: Vec<Correction>,
        }
    }
}
