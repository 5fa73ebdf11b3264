//! The trace of a call: what a guardrail found and which model a prompt router chose.

use std::collections::BTreeMap;

use super::{GuardrailAssessment, structure};

structure! {
    /// The trace of a call. The model's `ConverseStreamTrace` has the same members, so a stream's is one of these too.
    ConverseTrace {
        required {}
        optional {
            /// What the guardrails found.
            guardrail: GuardrailTraceAssessment,
            /// Which model the prompt router chose.
            prompt_router: PromptRouterTrace,
        }
    }
}

structure! {
    /// What the guardrails found, by guardrail id.
    GuardrailTraceAssessment {
        required {}
        optional {
            /// What the model had answered.
            model_output: Vec<String>,
            /// In the input.
            input_assessment: BTreeMap<String, GuardrailAssessment>,
            /// In the output.
            output_assessments: BTreeMap<String, Vec<GuardrailAssessment>>,
            /// Why the guardrails did what they did, in words.
            action_reason: String,
        }
    }
}

structure! {
    /// Which model a prompt router chose.
    PromptRouterTrace {
        required {}
        optional {
            /// Its ARN, or its inference profile's.
            invoked_model_id: String,
        }
    }
}
