//! What messages are checked for.

use crate::types::{string_enum, structure};

structure! {
    /// What messages are checked for: what is unset is not looked for.
    GuardrailChecksConfig {
        required {}
        optional {
            /// Harmful content, by category.
            content_filter: GuardrailChecksContentFilterConfig,
            /// Attempts to turn the model against its instructions, by category.
            prompt_attack: GuardrailChecksPromptAttackConfig,
            /// Personal data, by kind.
            sensitive_information: GuardrailChecksSensitiveInformationConfig,
        }
    }
}

string_enum! {
    /// A category of harmful content.
    GuardrailChecksContentFilterCategory {
        Violence = "VIOLENCE", Hate = "HATE", Sexual = "SEXUAL", Misconduct = "MISCONDUCT", Insults = "INSULTS",
    }
}

structure! {
    /// A category of harmful content to look for.
    GuardrailChecksContentFilterCategoryConfig {
        required {
            /// The category.
            category: GuardrailChecksContentFilterCategory,
        }
        optional {}
    }
}

structure! {
    /// The categories of harmful content to look for.
    GuardrailChecksContentFilterConfig {
        required {
            /// The categories: 1 to 5.
            categories: Vec<GuardrailChecksContentFilterCategoryConfig>,
        }
        optional {}
    }
}

string_enum! {
    /// A way to turn a model against its instructions.
    GuardrailChecksPromptAttackCategory {
        Jailbreak = "JAILBREAK", PromptInjection = "PROMPT_INJECTION", PromptLeakage = "PROMPT_LEAKAGE",
    }
}

structure! {
    /// A prompt attack to look for.
    GuardrailChecksPromptAttackCategoryConfig {
        required {
            /// Its category.
            category: GuardrailChecksPromptAttackCategory,
        }
        optional {}
    }
}

structure! {
    /// The prompt attacks to look for.
    GuardrailChecksPromptAttackConfig {
        required {
            /// The categories: 1 to 3.
            categories: Vec<GuardrailChecksPromptAttackCategoryConfig>,
        }
        optional {}
    }
}

/// A kind of personal data: those a guardrail knows, under the model's other name.
pub type GuardrailChecksSensitiveInformationEntityType = crate::types::GuardrailPiiEntityType;

structure! {
    /// A kind of personal data to look for.
    GuardrailChecksSensitiveInformationEntityConfig {
        required {
            /// The kind.
            r#type: GuardrailChecksSensitiveInformationEntityType,
        }
        optional {}
    }
}

structure! {
    /// The kinds of personal data to look for.
    GuardrailChecksSensitiveInformationConfig {
        required {
            /// The kinds: 1 to 31.
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
