//! Configuration of the checks.

use crate::types::{string_enum, structure};

structure! {
    /// The checks to run. Unset checks do not run.
    GuardrailChecksConfig {
        required {}
        optional {
            /// Check for harmful content.
            content_filter: GuardrailChecksContentFilterConfig,
            /// Check for prompt attacks.
            prompt_attack: GuardrailChecksPromptAttackConfig,
            /// Check for personally identifiable information (PII).
            sensitive_information: GuardrailChecksSensitiveInformationConfig,
        }
    }
}

string_enum! {
    /// Category of harmful content.
    GuardrailChecksContentFilterCategory {
        Violence = "VIOLENCE", Hate = "HATE", Sexual = "SEXUAL", Misconduct = "MISCONDUCT", Insults = "INSULTS",
    }
}

structure! {
    /// A category of harmful content to check for.
    GuardrailChecksContentFilterCategoryConfig {
        required {
            /// The category.
            category: GuardrailChecksContentFilterCategory,
        }
        optional {}
    }
}

structure! {
    /// Configuration of the check for harmful content.
    GuardrailChecksContentFilterConfig {
        required {
            /// Categories to check for; 1 to 5.
            categories: Vec<GuardrailChecksContentFilterCategoryConfig>,
        }
        optional {}
    }
}

string_enum! {
    /// Category of prompt attacks.
    GuardrailChecksPromptAttackCategory {
        Jailbreak = "JAILBREAK", PromptInjection = "PROMPT_INJECTION", PromptLeakage = "PROMPT_LEAKAGE",
    }
}

structure! {
    /// A category of prompt attacks to check for.
    GuardrailChecksPromptAttackCategoryConfig {
        required {
            /// The category.
            category: GuardrailChecksPromptAttackCategory,
        }
        optional {}
    }
}

structure! {
    /// Configuration of the check for prompt attacks.
    GuardrailChecksPromptAttackConfig {
        required {
            /// Categories to check for; 1 to 3.
            categories: Vec<GuardrailChecksPromptAttackCategoryConfig>,
        }
        optional {}
    }
}

/// Type of PII. The service model has a second name for the same values as
/// [`GuardrailPiiEntityType`](crate::types::GuardrailPiiEntityType).
pub type GuardrailChecksSensitiveInformationEntityType = crate::types::GuardrailPiiEntityType;

structure! {
    /// A type of PII to check for.
    GuardrailChecksSensitiveInformationEntityConfig {
        required {
            /// The type.
            r#type: GuardrailChecksSensitiveInformationEntityType,
        }
        optional {}
    }
}

structure! {
    /// Configuration of the check for PII.
    GuardrailChecksSensitiveInformationConfig {
        required {
            /// Types to check for; 1 to 31.
            entities: Vec<GuardrailChecksSensitiveInformationEntityConfig>,
        }
        optional {}
    }
}

macro_rules! from_kinds {
    ($($config:ident of $entry:ident of $kind:ident;)*) => {$(
        impl<const N: usize> From<[$kind; N]> for $config {
            fn from(kinds: [$kind; N]) -> Self {
                kinds.into_iter().collect()
            }
        }

        impl FromIterator<$kind> for $config {
            fn from_iter<I: IntoIterator<Item = $kind>>(kinds: I) -> Self {
                Self::new(kinds.into_iter().map($entry::new).collect::<Vec<_>>())
            }
        }
    )*};
}
from_kinds! {
    GuardrailChecksContentFilterConfig
        of GuardrailChecksContentFilterCategoryConfig of GuardrailChecksContentFilterCategory;
    GuardrailChecksPromptAttackConfig
        of GuardrailChecksPromptAttackCategoryConfig of GuardrailChecksPromptAttackCategory;
    GuardrailChecksSensitiveInformationConfig
        of GuardrailChecksSensitiveInformationEntityConfig of GuardrailChecksSensitiveInformationEntityType;
}
