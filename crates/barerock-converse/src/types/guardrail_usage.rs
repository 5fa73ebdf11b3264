//! Metrics of a guardrail assessment: latency, billed units, coverage, and the guardrail's identity.

use super::{string_enum, structure};

structure! {
    /// Latency, usage and coverage of one guardrail assessment.
    GuardrailInvocationMetrics {
        required {}
        optional {
            /// Latency of the guardrail, in milliseconds.
            guardrail_processing_latency: u64,
            /// Billed units, by policy.
            usage: GuardrailUsage,
            /// Share of the content that the guardrail evaluated.
            guardrail_coverage: GuardrailCoverage,
        }
    }
}

structure! {
    /// Usage of one guardrail assessment, in the units each policy is billed in.
    GuardrailUsage {
        required {
            /// Text units of the denied topics policy.
            topic_policy_units: u64,
            /// Text units of the content filters.
            content_policy_units: u64,
            /// Text units of the word filters.
            word_policy_units: u64,
            /// Text units of the sensitive information policy.
            sensitive_information_policy_units: u64,
            /// Text units of the sensitive information policy that are free of charge.
            sensitive_information_policy_free_units: u64,
            /// Text units of the contextual grounding policy.
            contextual_grounding_policy_units: u64,
        }
        optional {
            /// Image units of the content filters.
            content_policy_image_units: u64,
            /// Text units of the automated reasoning policies.
            automated_reasoning_policy_units: u64,
            /// Number of automated reasoning policies that were applied.
            automated_reasoning_policies: u64,
        }
    }
}

structure! {
    /// Coverage of the content by a guardrail.
    GuardrailCoverage {
        required {}
        optional {
            /// Coverage of the text, in characters.
            text_characters: GuardrailPartCoverage,
            /// Coverage of the images, in images.
            images: GuardrailPartCoverage,
        }
    }
}

structure! {
    /// Evaluated and total amount, in characters or images depending on the containing member. The model's
    /// `GuardrailTextCharactersCoverage` and `GuardrailImageCoverage`.
    GuardrailPartCoverage {
        required {}
        optional {
            /// Amount the guardrail evaluated.
            guarded: u64,
            /// Total amount.
            total: u64,
        }
    }
}

string_enum! {
    /// What caused a guardrail to be applied.
    GuardrailOrigin {
        /// The request names the guardrail.
        Request = "REQUEST",
        /// The account enforces the guardrail.
        AccountEnforced = "ACCOUNT_ENFORCED",
        /// The organization enforces the guardrail.
        OrganizationEnforced = "ORGANIZATION_ENFORCED",
    }
}

string_enum! {
    /// Owner of a guardrail.
    GuardrailOwnership {
        /// The calling account.
        OwnAccount = "SELF",
        /// Another account.
        CrossAccount = "CROSS_ACCOUNT",
    }
}

structure! {
    /// Identity of the guardrail that was applied.
    AppliedGuardrailDetails {
        required {}
        optional {
            /// ID of the guardrail, at most 2,048 characters of `a-z0-9`.
            guardrail_id: String,
            /// Version of the guardrail: a number or `DRAFT`.
            guardrail_version: String,
            /// ARN of the guardrail.
            guardrail_arn: String,
            /// What caused the guardrail to be applied.
            guardrail_origin: Vec<GuardrailOrigin>,
            /// Owner of the guardrail.
            guardrail_ownership: GuardrailOwnership,
        }
    }
}
