//! What a guardrail took and cost, how much it looked at, and which one it was.

use super::{string_enum, structure};

structure! {
    /// What an assessment took and cost.
    GuardrailInvocationMetrics {
        required {}
        optional {
            /// Milliseconds the guardrail took.
            guardrail_processing_latency: u64,
            /// What it cost.
            usage: GuardrailUsage,
            /// How much of the content it looked at.
            guardrail_coverage: GuardrailCoverage,
        }
    }
}

structure! {
    /// What an assessment cost, in the units each policy is billed in.
    GuardrailUsage {
        required {
            /// For denied topics.
            topic_policy_units: u64,
            /// For harmful content.
            content_policy_units: u64,
            /// For words.
            word_policy_units: u64,
            /// For sensitive information.
            sensitive_information_policy_units: u64,
            /// For sensitive information, free of charge.
            sensitive_information_policy_free_units: u64,
            /// For contextual grounding.
            contextual_grounding_policy_units: u64,
        }
        optional {
            /// For harmful content in pictures.
            content_policy_image_units: u64,
            /// For automated reasoning.
            automated_reasoning_policy_units: u64,
            /// How many automated reasoning policies there were.
            automated_reasoning_policies: u64,
        }
    }
}

structure! {
    /// How much of the content a guardrail looked at.
    GuardrailCoverage {
        required {}
        optional {
            /// Of its text, in characters.
            text_characters: GuardrailPartCoverage,
            /// Of its pictures.
            images: GuardrailPartCoverage,
        }
    }
}

structure! {
    /// How much a guardrail looked at, of how much: characters or pictures, as the member it stands in says.
    GuardrailPartCoverage {
        required {}
        optional {
            /// What it looked at.
            guarded: u64,
            /// What there is.
            total: u64,
        }
    }
}

string_enum! {
    /// On whose behalf a guardrail was applied.
    GuardrailOrigin {
        /// The request named it.
        Request = "REQUEST",
        /// The account enforces it.
        AccountEnforced = "ACCOUNT_ENFORCED",
        /// The organization enforces it.
        OrganizationEnforced = "ORGANIZATION_ENFORCED",
    }
}

string_enum! {
    /// Whose a guardrail is.
    GuardrailOwnership {
        /// The caller's account's.
        OwnAccount = "SELF",
        /// Another account's.
        CrossAccount = "CROSS_ACCOUNT",
    }
}

structure! {
    /// Which guardrail was applied.
    AppliedGuardrailDetails {
        required {}
        optional {
            /// Its id.
            guardrail_id: String,
            /// Its version: a number or `DRAFT`.
            guardrail_version: String,
            /// Its ARN.
            guardrail_arn: String,
            /// On whose behalf it was applied.
            guardrail_origin: Vec<GuardrailOrigin>,
            /// Whose it is.
            guardrail_ownership: GuardrailOwnership,
        }
    }
}
