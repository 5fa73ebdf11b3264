//! What automated reasoning found: whether an answer follows from the rules of a policy.

use super::{string_enum, structure, union};

structure! {
    /// Whether the answer keeps to the rules of automated reasoning policies.
    GuardrailAutomatedReasoningPolicyAssessment {
        required {}
        optional {
            /// Finding by finding.
            findings: Vec<GuardrailAutomatedReasoningFinding>,
        }
    }
}

union! {
    /// What came of checking an answer against the rules.
    GuardrailAutomatedReasoningFinding {
        /// The claims follow from the rules.
        Valid(GuardrailAutomatedReasoningValidFinding) = "valid",
        /// The claims contradict the rules.
        Invalid(GuardrailAutomatedReasoningInvalidFinding) = "invalid",
        /// The claims may hold or not; what was said does not decide it.
        Satisfiable(GuardrailAutomatedReasoningSatisfiableFinding) = "satisfiable",
        /// The premises contradict each other or the rules.
        Impossible(GuardrailAutomatedReasoningImpossibleFinding) = "impossible",
        /// The text can be put into logic in more than one way.
        TranslationAmbiguous(GuardrailAutomatedReasoningTranslationAmbiguousFinding) = "translationAmbiguous",
        /// The text is too long or too intricate to check.
        TooComplex(GuardrailAutomatedReasoningTooComplexFinding) = "tooComplex",
        /// Nothing of the text could be put into logic.
        NoTranslations(GuardrailAutomatedReasoningNoTranslationsFinding) = "noTranslations",
    }
}

structure! {
    /// The claims follow from the rules.
    GuardrailAutomatedReasoningValidFinding {
        required {}
        optional {
            /// The text in logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// A case in which the claims hold.
            claims_true_scenario: GuardrailAutomatedReasoningScenario,
            /// The rules they follow from.
            supporting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// What is odd about the text's logic.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// The claims contradict the rules.
    GuardrailAutomatedReasoningInvalidFinding {
        required {}
        optional {
            /// The text in logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// The rules they contradict.
            contradicting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// What is odd about the text's logic.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// The claims may hold or not.
    GuardrailAutomatedReasoningSatisfiableFinding {
        required {}
        optional {
            /// The text in logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// A case in which the claims hold.
            claims_true_scenario: GuardrailAutomatedReasoningScenario,
            /// A case in which they do not.
            claims_false_scenario: GuardrailAutomatedReasoningScenario,
            /// What is odd about the text's logic.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// The premises contradict each other or the rules.
    GuardrailAutomatedReasoningImpossibleFinding {
        required {}
        optional {
            /// The text in logic.
            translation: GuardrailAutomatedReasoningTranslation,
            /// The rules they contradict.
            contradicting_rules: Vec<GuardrailAutomatedReasoningRule>,
            /// What is odd about the text's logic.
            logic_warning: GuardrailAutomatedReasoningLogicWarning,
        }
    }
}

structure! {
    /// The text can be put into logic in more than one way.
    GuardrailAutomatedReasoningTranslationAmbiguousFinding {
        required {}
        optional {
            /// The ways; at most 2.
            options: Vec<GuardrailAutomatedReasoningTranslationOption>,
            /// Cases in which they come out differently; at most 2.
            difference_scenarios: Vec<GuardrailAutomatedReasoningScenario>,
        }
    }
}

structure! {
    /// The text is too long or too intricate to check.
    GuardrailAutomatedReasoningTooComplexFinding { required {} optional {} }
}

structure! {
    /// Nothing of the text could be put into logic.
    GuardrailAutomatedReasoningNoTranslationsFinding { required {} optional {} }
}

structure! {
    /// The text in logic.
    GuardrailAutomatedReasoningTranslation {
        required {}
        optional {
            /// What it presumes.
            premises: Vec<GuardrailAutomatedReasoningStatement>,
            /// What it claims.
            claims: Vec<GuardrailAutomatedReasoningStatement>,
            /// What it presumes and could not be put into logic.
            untranslated_premises: Vec<GuardrailAutomatedReasoningInputTextReference>,
            /// What it claims and could not be put into logic.
            untranslated_claims: Vec<GuardrailAutomatedReasoningInputTextReference>,
            /// How sure the translation is, 0 to 1.
            confidence: f64,
        }
    }
}

structure! {
    /// One way to put the text into logic.
    GuardrailAutomatedReasoningTranslationOption {
        required {}
        optional {
            /// Its parts.
            translations: Vec<GuardrailAutomatedReasoningTranslation>,
        }
    }
}

structure! {
    /// A statement, twice.
    GuardrailAutomatedReasoningStatement {
        required {}
        optional {
            /// In logic, at most 1,000 characters.
            logic: String,
            /// In words, at most 1,000 characters.
            natural_language: String,
        }
    }
}

structure! {
    /// A piece of the text.
    GuardrailAutomatedReasoningInputTextReference {
        required {}
        optional {
            /// Its words, at most 1,000 characters.
            text: String,
        }
    }
}

structure! {
    /// A case: what holds in it.
    GuardrailAutomatedReasoningScenario {
        required {}
        optional {
            /// The statements that hold.
            statements: Vec<GuardrailAutomatedReasoningStatement>,
        }
    }
}

structure! {
    /// A rule of a policy.
    GuardrailAutomatedReasoningRule {
        required {}
        optional {
            /// Its id: 12 of `a-z0-9`.
            identifier: String,
            /// The ARN of the policy's version.
            policy_version_arn: String,
        }
    }
}

string_enum! {
    /// What is odd about a text's logic.
    GuardrailAutomatedReasoningLogicWarningType {
        /// It never holds, whatever the rules say.
        AlwaysFalse = "ALWAYS_FALSE",
        /// It always holds, whatever the rules say.
        AlwaysTrue = "ALWAYS_TRUE",
    }
}

structure! {
    /// What is odd about a text's logic.
    GuardrailAutomatedReasoningLogicWarning {
        required {}
        optional {
            /// Whether it always or never holds.
            r#type: GuardrailAutomatedReasoningLogicWarningType,
            /// The premises it is about.
            premises: Vec<GuardrailAutomatedReasoningStatement>,
            /// The claims it is about.
            claims: Vec<GuardrailAutomatedReasoningStatement>,
        }
    }
}
