//! What checks found, and what they cost.

use super::{
    GuardrailChecksContentFilterCategory, GuardrailChecksPromptAttackCategory,
    GuardrailChecksSensitiveInformationEntityType,
};
use crate::types::structure;

structure! {
    /// What the checks found: one member for each check that was asked for.
    GuardrailChecksResults {
        required {}
        optional {
            /// Harmful content.
            content_filter: GuardrailChecksContentFilterResult,
            /// Prompt attacks.
            prompt_attack: GuardrailChecksPromptAttackResult,
            /// Personal data.
            sensitive_information: GuardrailChecksSensitiveInformationResult,
        }
    }
}

structure! {
    /// How harmful the content is.
    GuardrailChecksContentFilterResult {
        required {}
        lists {
            /// A score for each category.
            results: Vec<GuardrailChecksContentFilterResultEntry>,
        }
        optional {}
    }
}

structure! {
    /// How harmful the content is in one category.
    GuardrailChecksContentFilterResultEntry {
        required {
            /// The category.
            category: GuardrailChecksContentFilterCategory,
            /// From 0, harmless, to 1.
            severity_score: f64,
        }
        optional {}
    }
}

structure! {
    /// How much of an attack the content is.
    GuardrailChecksPromptAttackResult {
        required {}
        lists {
            /// A score for each category.
            results: Vec<GuardrailChecksPromptAttackResultEntry>,
        }
        optional {}
    }
}

structure! {
    /// How much of an attack of one category the content is.
    GuardrailChecksPromptAttackResultEntry {
        required {
            /// The category.
            category: GuardrailChecksPromptAttackCategory,
            /// From 0, harmless, to 1.
            severity_score: f64,
        }
        optional {}
    }
}

structure! {
    /// The personal data in the content.
    GuardrailChecksSensitiveInformationResult {
        required {}
        lists {
            /// Each place where some was found.
            results: Vec<GuardrailChecksSensitiveInformationResultEntry>,
        }
        optional {
            /// Whether there is more than the service lists.
            truncated: bool,
        }
    }
}

structure! {
    /// A place with personal data.
    GuardrailChecksSensitiveInformationResultEntry {
        required {
            /// The kind.
            r#type: GuardrailChecksSensitiveInformationEntityType,
            /// How sure the service is, from 0 to 1.
            confidence_score: f64,
            /// Where it begins, in characters of its block.
            begin_offset: u64,
            /// Where it ends, in characters of its block.
            end_offset: u64,
            /// Which message it is in, counted from 0.
            message_index: u64,
            /// Which block of that message it is in, counted from 0.
            content_index: u64,
        }
        optional {}
    }
}

structure! {
    /// What the checks cost: one member for each check that was asked for.
    GuardrailChecksUsageResults {
        required {}
        optional {
            /// The check for harmful content.
            content_filter: GuardrailChecksUsage,
            /// The check for prompt attacks.
            prompt_attack: GuardrailChecksUsage,
            /// The check for personal data.
            sensitive_information: GuardrailChecksUsage,
        }
    }
}

structure! {
    /// What a check cost.
    GuardrailChecksUsage {
        required {
            /// The text units it is billed for.
            text_units: u64,
        }
        optional {}
    }
}
