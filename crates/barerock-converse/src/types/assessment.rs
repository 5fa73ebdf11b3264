//! What a guardrail found: one assessment, policy by policy.
//!
//! A list of findings that is missing reads as an empty one.

use super::{
    AppliedGuardrailDetails, GuardrailAutomatedReasoningPolicyAssessment, GuardrailInvocationMetrics,
    GuardrailPiiEntityType, string_enum, structure,
};

structure! {
    /// What one guardrail found in one text. A policy the guardrail has not, or that found nothing, may be unset.
    GuardrailAssessment {
        required {}
        optional {
            /// Denied topics.
            topic_policy: GuardrailTopicPolicyAssessment,
            /// Harmful content.
            content_policy: GuardrailContentPolicyAssessment,
            /// Words.
            word_policy: GuardrailWordPolicyAssessment,
            /// Personal data, and what the guardrail's own expressions match.
            sensitive_information_policy: GuardrailSensitiveInformationPolicyAssessment,
            /// Whether the answer keeps to the sources and the question.
            contextual_grounding_policy: GuardrailContextualGroundingPolicyAssessment,
            /// Whether the answer keeps to the rules of automated reasoning policies.
            automated_reasoning_policy: GuardrailAutomatedReasoningPolicyAssessment,
            /// What the assessment took and cost.
            invocation_metrics: GuardrailInvocationMetrics,
            /// Which guardrail it was, and on whose behalf.
            applied_guardrail_details: AppliedGuardrailDetails,
        }
    }
}

string_enum! {
    /// What a guardrail did about a finding. Each of the model's five policies has such an enum; this is all of them.
    GuardrailPolicyAction { Blocked = "BLOCKED", Anonymized = "ANONYMIZED", None = "NONE", }
}

structure! {
    /// The denied topics that came up.
    GuardrailTopicPolicyAssessment {
        required {}
        lists {
            /// The topics.
            topics: Vec<GuardrailTopic>,
        }
        optional {}
    }
}

string_enum! {
    /// The kind of a topic.
    GuardrailTopicType { Deny = "DENY", }
}

structure! {
    /// A topic that came up.
    GuardrailTopic {
        required {
            /// Its name in the guardrail.
            name: String,
            /// Its kind.
            r#type: GuardrailTopicType,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

structure! {
    /// The harmful content that was found.
    GuardrailContentPolicyAssessment {
        required {}
        lists {
            /// Finding by finding.
            filters: Vec<GuardrailContentFilter>,
        }
        optional {}
    }
}

string_enum! {
    /// A kind of harmful content.
    GuardrailContentFilterType {
        Insults = "INSULTS", Hate = "HATE", Sexual = "SEXUAL", Violence = "VIOLENCE", Misconduct = "MISCONDUCT",
        PromptAttack = "PROMPT_ATTACK",
    }
}

string_enum! {
    /// How sure the guardrail is of a finding.
    GuardrailContentFilterConfidence { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}

string_enum! {
    /// How much a filter lets pass.
    GuardrailContentFilterStrength { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}

structure! {
    /// Harmful content that was found.
    GuardrailContentFilter {
        required {
            /// Its kind.
            r#type: GuardrailContentFilterType,
            /// How sure the guardrail is.
            confidence: GuardrailContentFilterConfidence,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// How strong the filter is set.
            filter_strength: GuardrailContentFilterStrength,
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

structure! {
    /// The words that were found.
    GuardrailWordPolicyAssessment {
        required {}
        lists {
            /// Those of the guardrail's own list.
            custom_words: Vec<GuardrailCustomWord>,
            /// Those of lists the service keeps.
            managed_word_lists: Vec<GuardrailManagedWord>,
        }
        optional {}
    }
}

structure! {
    /// A word of the guardrail's own list.
    GuardrailCustomWord {
        required {
            /// The word as it stands in the text.
            r#match: String,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

string_enum! {
    /// A list of words the service keeps.
    GuardrailManagedWordType { Profanity = "PROFANITY", }
}

structure! {
    /// A word of a list the service keeps.
    GuardrailManagedWord {
        required {
            /// The word as it stands in the text.
            r#match: String,
            /// The list.
            r#type: GuardrailManagedWordType,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

structure! {
    /// The personal data that was found, and what the guardrail's own expressions match.
    GuardrailSensitiveInformationPolicyAssessment {
        required {}
        lists {
            /// Personal data.
            pii_entities: Vec<GuardrailPiiEntityFilter>,
            /// Matches of the guardrail's own expressions.
            regexes: Vec<GuardrailRegexFilter>,
        }
        optional {}
    }
}

structure! {
    /// Personal data that was found.
    GuardrailPiiEntityFilter {
        required {
            /// The data as it stands in the text.
            r#match: String,
            /// Its kind.
            r#type: GuardrailPiiEntityType,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

structure! {
    /// A match of one of the guardrail's own expressions.
    GuardrailRegexFilter {
        required {
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// The expression's name.
            name: String,
            /// What it matches in the text.
            r#match: String,
            /// The expression.
            regex: String,
            /// Whether it was found, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}

structure! {
    /// Whether the answer keeps to the sources and the question.
    GuardrailContextualGroundingPolicyAssessment {
        required {}
        optional {
            /// Measure by measure.
            filters: Vec<GuardrailContextualGroundingFilter>,
        }
    }
}

string_enum! {
    /// What is measured.
    GuardrailContextualGroundingFilterType {
        /// How well the answer keeps to the sources.
        Grounding = "GROUNDING",
        /// How well it keeps to the question.
        Relevance = "RELEVANCE",
    }
}

structure! {
    /// How well the answer keeps to the sources or the question.
    GuardrailContextualGroundingFilter {
        required {
            /// What is measured.
            r#type: GuardrailContextualGroundingFilterType,
            /// The least score that passes, 0 to 1.
            threshold: f64,
            /// The score, 0 to 1.
            score: f64,
            /// What the guardrail did.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the score is too low, where findings are reported that nothing was done about.
            detected: bool,
        }
    }
}
