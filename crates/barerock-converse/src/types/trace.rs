//! The trace of a request: guardrail assessments and the model a prompt router invoked.

use std::collections::BTreeMap;

use super::{GuardrailAssessment, structure};

structure! {
    /// The trace of a request. Also used for streams: the model's `ConverseStreamTrace` has the same members.
    ConverseTrace {
        required {}
        optional {
            /// Assessments of the guardrails.
            guardrail: GuardrailTraceAssessment,
            /// The model that the prompt router invoked.
            prompt_router: PromptRouterTrace,
        }
    }
}

structure! {
    /// Guardrail assessments of the input and the output, by guardrail ID.
    GuardrailTraceAssessment {
        required {}
        optional {
            /// Output of the model before the guardrails changed it.
            model_output: Vec<String>,
            /// Assessment of the input, by guardrail ID.
            input_assessment: BTreeMap<String, GuardrailAssessment>,
            /// Assessments of the output, by guardrail ID.
            output_assessments: BTreeMap<String, Vec<GuardrailAssessment>>,
            /// Reason for the action of the guardrails, as text.
            action_reason: String,
        }
    }
}

structure! {
    /// The model that a prompt router invoked.
    PromptRouterTrace {
        required {}
        optional {
            /// ARN of the invoked model or inference profile.
            invoked_model_id: String,
        }
    }
}
