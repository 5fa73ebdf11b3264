//! Results and usage of the checks.

use super::{
    GuardrailChecksContentFilterCategory, GuardrailChecksPromptAttackCategory,
    GuardrailChecksSensitiveInformationEntityType,
};
use crate::types::structure;

structure! {
    /// Results of the requested checks, one member for each.
    GuardrailChecksResults {
        required {}
        optional {
            /// Result of the check for harmful content.
            content_filter: GuardrailChecksContentFilterResult,
            /// Result of the check for prompt attacks.
            prompt_attack: GuardrailChecksPromptAttackResult,
            /// Result of the check for personally identifiable information (PII).
            sensitive_information: GuardrailChecksSensitiveInformationResult,
        }
    }
}

structure! {
    /// Result of the check for harmful content.
    GuardrailChecksContentFilterResult {
        required {}
        lists {
            /// One score for each category.
            results: Vec<GuardrailChecksContentFilterResultEntry>,
        }
        optional {}
    }
}

structure! {
    /// Score of one category of harmful content.
    GuardrailChecksContentFilterResultEntry {
        required {
            /// The category.
            category: GuardrailChecksContentFilterCategory,
            /// Severity, from 0 (harmless) to 1.
            severity_score: f64,
        }
        optional {}
    }
}

structure! {
    /// Result of the check for prompt attacks.
    GuardrailChecksPromptAttackResult {
        required {}
        lists {
            /// One score for each category.
            results: Vec<GuardrailChecksPromptAttackResultEntry>,
        }
        optional {}
    }
}

structure! {
    /// Score of one category of prompt attacks.
    GuardrailChecksPromptAttackResultEntry {
        required {
            /// The category.
            category: GuardrailChecksPromptAttackCategory,
            /// Severity, from 0 (harmless) to 1.
            severity_score: f64,
        }
        optional {}
    }
}

structure! {
    /// Result of the check for PII.
    GuardrailChecksSensitiveInformationResult {
        required {}
        lists {
            /// Each occurrence of PII.
            results: Vec<GuardrailChecksSensitiveInformationResultEntry>,
        }
        optional {
            /// True if the service found more occurrences than it lists.
            truncated: bool,
        }
    }
}

structure! {
    /// One occurrence of PII.
    GuardrailChecksSensitiveInformationResultEntry {
        required {
            /// Type of the PII.
            r#type: GuardrailChecksSensitiveInformationEntityType,
            /// Confidence, 0 to 1.
            confidence_score: f64,
            /// Offset of the first character in the content block.
            begin_offset: u64,
            /// Offset of the end in the content block, in characters.
            end_offset: u64,
            /// Index of the message, from 0.
            message_index: u64,
            /// Index of the content block in the message, from 0.
            content_index: u64,
        }
        optional {}
    }
}

structure! {
    /// Usage of the requested checks, one member for each.
    GuardrailChecksUsageResults {
        required {}
        optional {
            /// Usage of the check for harmful content.
            content_filter: GuardrailChecksUsage,
            /// Usage of the check for prompt attacks.
            prompt_attack: GuardrailChecksUsage,
            /// Usage of the check for PII.
            sensitive_information: GuardrailChecksUsage,
        }
    }
}

structure! {
    /// Usage of one check.
    GuardrailChecksUsage {
        required {
            /// Billed text units.
            text_units: u64,
        }
        optional {}
    }
}
