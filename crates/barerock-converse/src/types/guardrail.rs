//! Guardrail settings of a request, and content for guardrails to evaluate.

use super::{Blob, string_enum, structure, union};

string_enum! {
    /// Whether the response contains the trace of the guardrail.
    GuardrailTrace { Enabled = "enabled", Disabled = "disabled", EnabledFull = "enabled_full", }
}

string_enum! {
    /// Whether a stream waits for the guardrail (`sync`) or is evaluated while it is sent (`async`).
    GuardrailStreamProcessingMode { Sync = "sync", Async = "async", }
}

structure! {
    /// The guardrail to apply to a request.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, types::{GuardrailConfiguration, GuardrailTrace}};
    /// let guardrail = GuardrailConfiguration::new()
    ///     .guardrail_identifier("gr0123456789")
    ///     .guardrail_version("1")
    ///     .trace(GuardrailTrace::Enabled);
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", []).guardrail_config(guardrail);
    /// ```
    GuardrailConfiguration {
        required {}
        optional {
            /// ID or ARN of the guardrail, at most 2,048 characters.
            guardrail_identifier: String,
            /// Version of the guardrail: a number or `DRAFT`.
            guardrail_version: String,
            /// Whether the response contains the trace.
            trace: GuardrailTrace,
            /// Whether a stream waits for the guardrail. Sent only with ConverseStream; omitted from Converse requests.
            stream_processing_mode: GuardrailStreamProcessingMode,
        }
    }
}

union! {
    /// Content for guardrails to evaluate.
    GuardrailConverseContentBlock {
        /// Text.
        Text(GuardrailConverseTextBlock) = "text",
        /// An image.
        Image(GuardrailConverseImageBlock) = "image",
    }
}

impl From<&str> for GuardrailConverseContentBlock {
    fn from(text: &str) -> Self {
        Self::Text(GuardrailConverseTextBlock::new(text))
    }
}

impl From<String> for GuardrailConverseContentBlock {
    fn from(text: String) -> Self {
        Self::Text(GuardrailConverseTextBlock::new(text))
    }
}

/// Content of an ApplyGuardrail request. The service model has a second name for the same shape as `guardContent` of a
/// message.
pub type GuardrailContentBlock = GuardrailConverseContentBlock;

string_enum! {
    /// Role of a text in guardrail evaluation.
    GuardrailContentQualifier {
        GroundingSource = "grounding_source", Query = "query", GuardContent = "guard_content",
    }
}

structure! {
    /// Text for guardrails to evaluate.
    GuardrailConverseTextBlock {
        required {
            /// The text.
            text: String,
        }
        optional {
            /// Roles of the text in the evaluation.
            qualifiers: Vec<GuardrailContentQualifier>,
        }
    }
}

string_enum! {
    /// Format of an image for guardrails to evaluate.
    GuardrailConverseImageFormat { Png = "png", Jpeg = "jpeg", }
}

structure! {
    /// An image for guardrails to evaluate.
    GuardrailConverseImageBlock {
        required {
            /// Format of the image.
            format: GuardrailConverseImageFormat,
            /// Bytes of the image.
            source: GuardrailConverseImageSource,
        }
        optional {}
    }
}

union! {
    /// Source of an image for guardrails to evaluate.
    GuardrailConverseImageSource {
        /// The bytes, base64 in JSON; at least 1 byte.
        Bytes(Blob) = "bytes",
    }
}
