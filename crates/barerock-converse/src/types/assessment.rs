//! Guardrail assessments, by policy.
//!
//! A missing list of findings is read as an empty list.

use super::{
    AppliedGuardrailDetails, GuardrailAutomatedReasoningPolicyAssessment, GuardrailInvocationMetrics,
    GuardrailPiiEntityType, string_enum, structure,
};

structure! {
    /// Assessment of content by one guardrail. A policy that is not configured or has no findings may be unset.
    GuardrailAssessment {
        required {}
        optional {
            /// Assessment by the denied topics policy.
            topic_policy: GuardrailTopicPolicyAssessment,
            /// Assessment by the content filters.
            content_policy: GuardrailContentPolicyAssessment,
            /// Assessment by the word filters.
            word_policy: GuardrailWordPolicyAssessment,
            /// Assessment by the sensitive information policy.
            sensitive_information_policy: GuardrailSensitiveInformationPolicyAssessment,
            /// Assessment by the contextual grounding policy.
            contextual_grounding_policy: GuardrailContextualGroundingPolicyAssessment,
            /// Assessment by the automated reasoning policies.
            automated_reasoning_policy: GuardrailAutomatedReasoningPolicyAssessment,
            /// Latency, usage and coverage of the assessment.
            invocation_metrics: GuardrailInvocationMetrics,
            /// Identity of the guardrail, and what caused it to be applied.
            applied_guardrail_details: AppliedGuardrailDetails,
        }
    }
}

string_enum! {
    /// Action of a guardrail on a finding. Covers the five per-policy enums of the service model.
    GuardrailPolicyAction { Blocked = "BLOCKED", Anonymized = "ANONYMIZED", None = "NONE", }
}

structure! {
    /// Findings of the denied topics policy.
    GuardrailTopicPolicyAssessment {
        required {}
        lists {
            /// Topics that were found.
            topics: Vec<GuardrailTopic>,
        }
        optional {}
    }
}

string_enum! {
    /// Type of a topic.
    GuardrailTopicType { Deny = "DENY", }
}

structure! {
    /// A topic that was found.
    GuardrailTopic {
        required {
            /// Name of the topic in the guardrail.
            name: String,
            /// Type of the topic.
            r#type: GuardrailTopicType,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

structure! {
    /// Findings of the content filters.
    GuardrailContentPolicyAssessment {
        required {}
        lists {
            /// The findings, by category.
            filters: Vec<GuardrailContentFilter>,
        }
        optional {}
    }
}

string_enum! {
    /// Category of harmful content.
    GuardrailContentFilterType {
        Insults = "INSULTS", Hate = "HATE", Sexual = "SEXUAL", Violence = "VIOLENCE", Misconduct = "MISCONDUCT",
        PromptAttack = "PROMPT_ATTACK",
    }
}

string_enum! {
    /// Confidence of a content filter finding.
    GuardrailContentFilterConfidence { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}

string_enum! {
    /// Configured strength of a content filter.
    GuardrailContentFilterStrength { None = "NONE", Low = "LOW", Medium = "MEDIUM", High = "HIGH", }
}

structure! {
    /// A finding of a content filter.
    GuardrailContentFilter {
        required {
            /// Category of the content.
            r#type: GuardrailContentFilterType,
            /// Confidence of the finding.
            confidence: GuardrailContentFilterConfidence,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Configured strength of the filter.
            filter_strength: GuardrailContentFilterStrength,
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

structure! {
    /// Findings of the word filters.
    GuardrailWordPolicyAssessment {
        required {}
        lists {
            /// Matches of custom words.
            custom_words: Vec<GuardrailCustomWord>,
            /// Matches of managed word lists.
            managed_word_lists: Vec<GuardrailManagedWord>,
        }
        optional {}
    }
}

structure! {
    /// A match of a custom word of the guardrail.
    GuardrailCustomWord {
        required {
            /// The matched text.
            r#match: String,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

string_enum! {
    /// Type of a managed word list.
    GuardrailManagedWordType { Profanity = "PROFANITY", }
}

structure! {
    /// A match of a word in a managed word list.
    GuardrailManagedWord {
        required {
            /// The matched text.
            r#match: String,
            /// Type of the list.
            r#type: GuardrailManagedWordType,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

structure! {
    /// Findings of the sensitive information policy.
    GuardrailSensitiveInformationPolicyAssessment {
        required {}
        lists {
            /// PII that was found.
            pii_entities: Vec<GuardrailPiiEntityFilter>,
            /// Matches of the regular expressions of the guardrail.
            regexes: Vec<GuardrailRegexFilter>,
        }
        optional {}
    }
}

structure! {
    /// A finding of personally identifiable information (PII).
    GuardrailPiiEntityFilter {
        required {
            /// The matched text.
            r#match: String,
            /// Type of the PII.
            r#type: GuardrailPiiEntityType,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

structure! {
    /// A match of a regular expression of the guardrail.
    GuardrailRegexFilter {
        required {
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Name of the regular expression.
            name: String,
            /// The matched text.
            r#match: String,
            /// The regular expression.
            regex: String,
            /// Whether the policy detected the content. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}

structure! {
    /// Findings of the contextual grounding policy.
    GuardrailContextualGroundingPolicyAssessment {
        required {}
        optional {
            /// The findings, by type.
            filters: Vec<GuardrailContextualGroundingFilter>,
        }
    }
}

string_enum! {
    /// Type of a contextual grounding check.
    GuardrailContextualGroundingFilterType {
        /// Whether the response is grounded in the sources.
        Grounding = "GROUNDING",
        /// Whether the response is relevant to the query.
        Relevance = "RELEVANCE",
    }
}

structure! {
    /// A finding of a contextual grounding check.
    GuardrailContextualGroundingFilter {
        required {
            /// Type of the check.
            r#type: GuardrailContextualGroundingFilterType,
            /// Minimum score that passes, 0 to 1.
            threshold: f64,
            /// Score of the response, 0 to 1.
            score: f64,
            /// Action of the guardrail.
            action: GuardrailPolicyAction,
        }
        optional {
            /// Whether the score is below the threshold. Set if the response includes findings without an action.
            detected: bool,
        }
    }
}
