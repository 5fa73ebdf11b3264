//! Guardrails: which one, and what it looks at.

use super::{Blob, string_enum, structure, union};

string_enum! {
    /// Whether the response says what the guardrail found.
    GuardrailTrace { Enabled = "enabled", Disabled = "disabled", EnabledFull = "enabled_full", }
}

string_enum! {
    /// Whether a stream waits for the guardrail.
    GuardrailStreamProcessingMode { Sync = "sync", Async = "async", }
}

structure! {
    /// The guardrail a call goes through.
    GuardrailConfiguration {
        required {}
        optional {
            /// Its id or ARN.
            guardrail_identifier: String,
            /// Its version: a number or `DRAFT`.
            guardrail_version: String,
            /// Whether the response says what it found.
            trace: GuardrailTrace,
            /// Whether a stream waits for it. Only a stream has this member; a unary request leaves it out.
            stream_processing_mode: GuardrailStreamProcessingMode,
        }
    }
}

union! {
    /// Content a guardrail looks at.
    GuardrailConverseContentBlock {
        /// Text.
        Text(GuardrailConverseTextBlock) = "text",
        /// A picture.
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

/// What ApplyGuardrail looks at: the same as a message's `guardContent`, under the model's other name.
pub type GuardrailContentBlock = GuardrailConverseContentBlock;

string_enum! {
    /// What a text is to the guardrail.
    GuardrailContentQualifier {
        GroundingSource = "grounding_source", Query = "query", GuardContent = "guard_content",
    }
}

structure! {
    /// Text a guardrail looks at.
    GuardrailConverseTextBlock {
        required {
            /// The text.
            text: String,
        }
        optional {
            /// What it is to the guardrail.
            qualifiers: Vec<GuardrailContentQualifier>,
        }
    }
}

string_enum! {
    /// The format of a picture a guardrail looks at.
    GuardrailConverseImageFormat { Png = "png", Jpeg = "jpeg", }
}

structure! {
    /// A picture a guardrail looks at.
    GuardrailConverseImageBlock {
        required {
            /// Its format.
            format: GuardrailConverseImageFormat,
            /// The picture.
            source: GuardrailConverseImageSource,
        }
        optional {}
    }
}

union! {
    /// Where a picture a guardrail looks at is.
    GuardrailConverseImageSource {
        /// Here.
        Bytes(Blob) = "bytes",
    }
}
