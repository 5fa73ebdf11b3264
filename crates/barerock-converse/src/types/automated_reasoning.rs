//! Findings of automated reasoning policies.

use super::{string_enum, structure, union};

structure! {
    /// Assessment of content by automated reasoning policies.
    GuardrailAutomatedReasoningPolicyAssessment {
        required {}
        optional {
            /// The findings.
            findings: Vec<GuardrailAutomatedReasoningFinding>,
        }
    }
}

union! {
    /// One result of checking content against the rules of a policy.
    GuardrailAutomatedReasoningFinding {
        /// The claims are implied by the premises and the rules.
        Valid(GuardrailAutomatedReasoningValidFinding) = "valid",
        /// The claims contradict the premises or the rules.
        Invalid(GuardrailAutomatedReasoningInvalidFinding) = "invalid",
        /// The claims can be true or false under the premises and the rules.
        Satisfiable(GuardrailAutomatedReasoningSatisfiableFinding) = "satisfiable",
        /// The premises contradict each other or the rules.
        Impossible(GuardrailAutomatedReasoningImpossibleFinding) = "impossible",
        /// The text has more than one translation into logic.
        TranslationAmbiguous(GuardrailAutomatedReasoningTranslationAmbiguousFinding) = "translationAmbiguous",
        /// The text is too long or too complex to check.
        TooComplex(GuardrailAutomatedReasoningTooComplexFinding) = "tooComplex",
        /// No part of the text could be translated into logic.
        NoTranslations(GuardrailAutomatedReasoningNoTranslationsFinding) = "noTranslations",
    }
}

structure! {
    /// Finding: the claims are implied by the premises and the rules.
    GuardrailAutomatedReasoningValidFinding {
        required {}
        optional {
            /// Translation of the text into logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// A scenario in which the claims are true.
            claims_true_scenario: GuardrailAutomatedReasoningScenario,
            /// Rules that support the claims.
            supporting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// Logical issue of the translation, independent of the rules.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// Finding: the claims contradict the premises or the rules.
    GuardrailAutomatedReasoningInvalidFinding {
        required {}
        optional {
            /// Translation of the text into logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// Rules that are contradicted.
            contradicting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// Logical issue of the translation, independent of the rules.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// Finding: the claims can be true or false under the premises and the rules.
    GuardrailAutomatedReasoningSatisfiableFinding {
        required {}
        optional {
            /// Translation of the text into logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// A scenario in which the claims are true.
            claims_true_scenario: GuardrailAutomatedReasoningScenario,
            /// A scenario in which the claims are false.
            claims_false_scenario: GuardrailAutomatedReasoningScenario,
            /// Logical issue of the translation, independent of the rules.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// Finding: the premises contradict each other or the rules.
    GuardrailAutomatedReasoningImpossibleFinding {
        required {}
        optional {
            /// Translation of the text into logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// Rules that are contradicted.
            contradicting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// Logical issue of the translation, independent of the rules.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// Finding: the text has more than one translation into logic.
    GuardrailAutomatedReasoningTranslationAmbiguousFinding {
        required {}
        optional {
            /// Alternative translations; at most 2.
            options: Vec<GuardrailAutomatedReasoningTranslationOption>,
            /// Scenarios in which the alternatives differ; at most 2.
            difference_scenarios: Vec<GuardrailAutomatedReasoningScenario>,
        }
    }
}

structure! {
    /// Finding: the text is too long or too complex to check.
    GuardrailAutomatedReasoningTooComplexFinding { required {} optional {} }
}

structure! {
    /// Finding: no part of the text could be translated into logic.
    GuardrailAutomatedReasoningNoTranslationsFinding { required {} optional {} }
}

structure! {
    /// Translation of the text into logic.
    GuardrailAutomatedReasoningTranslation {
        required {}
        optional {
            /// Premises of the text.
            premises: Vec<GuardrailAutomatedReasoningStatement>,
            /// Claims of the text.
            claims: Vec<GuardrailAutomatedReasoningStatement>,
            /// Premises that could not be translated.
            untranslated_premises: Vec<GuardrailAutomatedReasoningInputTextReference>,
            /// Claims that could not be translated.
            untranslated_claims: Vec<GuardrailAutomatedReasoningInputTextReference>,
            /// Confidence of the translation, 0 to 1.
            confidence: f64,
        }
    }
}

structure! {
    /// One alternative translation of the text.
    GuardrailAutomatedReasoningTranslationOption {
        required {}
        optional {
            /// Translations of the parts of the text.
            translations: Vec<GuardrailAutomatedReasoningTranslation>,
        }
    }
}

structure! {
    /// A statement, in logic and in natural language.
    GuardrailAutomatedReasoningStatement {
        required {}
        optional {
            /// The statement in logic, at most 1,000 characters.
            logic: String,
            /// The statement in natural language, at most 1,000 characters.
            natural_language: String,
        }
    }
}

structure! {
    /// A passage of the text.
    GuardrailAutomatedReasoningInputTextReference {
        required {}
        optional {
            /// Text of the passage, at most 1,000 characters.
            text: String,
        }
    }
}

structure! {
    /// A scenario: a set of statements that are true in it.
    GuardrailAutomatedReasoningScenario {
        required {}
        optional {
            /// Statements that are true in the scenario.
            statements: Vec<GuardrailAutomatedReasoningStatement>,
        }
    }
}

structure! {
    /// A rule of an automated reasoning policy.
    GuardrailAutomatedReasoningRule {
        required {}
        optional {
            /// ID of the rule: 12 characters of `a-z0-9`.
            identifier: String,
            /// ARN of the policy version.
            policy_version_arn: String,
        }
    }
}

string_enum! {
    /// Type of a logic warning.
    GuardrailAutomatedReasoningLogicWarningType {
        /// Always false, independent of the rules.
        AlwaysFalse = "ALWAYS_FALSE",
        /// Always true, independent of the rules.
        AlwaysTrue = "ALWAYS_TRUE",
    }
}

structure! {
    /// Warning that the translated statements are always true or always false, independent of the rules.
    GuardrailAutomatedReasoningLogicWarning {
        required {}
        optional {
            /// Type of the warning.
            r#type: GuardrailAutomatedReasoningLogicWarningType,
            /// Premises that the warning refers to.
            premises: Vec<GuardrailAutomatedReasoningStatement>,
            /// Claims that the warning refers to.
            claims: Vec<GuardrailAutomatedReasoningStatement>,
        }
    }
}
