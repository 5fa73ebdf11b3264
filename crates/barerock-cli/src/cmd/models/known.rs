//! Ids that are worth knowing.

/// When this list was made.
pub(super) const AS_OF: &str = "October 2026";

/// An id.
pub(super) struct Known {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Empty where there is nothing to beware of.
    note: &'static str,
}

impl Known {
    pub(super) fn note(&self) -> Option<&'static str> {
        Some(self.note).filter(|note| !note.is_empty())
    }
}

const fn known(id: &'static str, name: &'static str, note: &'static str) -> Known {
    Known { id, name, note }
}

const NO_VERSION: &str = "not an id: `-v1:0` is missing; the model ended its life on 2026-10-14";

/// First those in use, by provider; then those of older pages about Converse, with what has become of them. Which of them answer
/// was seen in recorded exchanges; the rest is of third-party copies of AWS's tables.
pub(super) const KNOWN: [Known; 26] = [
    known("us.anthropic.claude-opus-4-8", "Claude Opus 4.8", ""),
    known("us.anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", ""),
    known("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", ""),
    known("us.anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", ""),
    known("us.amazon.nova-2-lite-v1:0", "Nova 2 Lite", ""),
    known("us.amazon.nova-pro-v1:0", "Nova Pro", ""),
    known("us.amazon.nova-lite-v1:0", "Nova Lite", ""),
    known("us.amazon.nova-micro-v1:0", "Nova Micro", ""),
    known("mistral.devstral-2-123b", "Devstral 2 123B", ""),
    known("openai.gpt-oss-120b-1:0", "gpt-oss 120B", ""),
    known("qwen.qwen3-32b-v1:0", "Qwen3 32B", ""),
    known("us.deepseek.r1-v1:0", "DeepSeek R1", ""),
    known("us.anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4", "ended its life on 2026-10-14"),
    known(
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "Claude Sonnet 3.7",
        "older; may have been withdrawn",
    ),
    known("anthropic.claude-sonnet-4-20250514", "Claude Sonnet 4", NO_VERSION),
    known(
        "anthropic.claude-opus-4-20250514",
        "Claude Opus 4",
        "not an id: `-v1:0` is missing; and the model is gone from the regions' tables",
    ),
    known("anthropic.claude-3-5-haiku-20241022-v1:0", "Claude Haiku 3.5", "withdrawn"),
    known("us.meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "the way to it in us-east-1"),
    known("meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "on demand in us-west-2 only"),
    known("us.meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "the way to it in us-east-1"),
    known("meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "on demand in us-west-2 only"),
    known("meta.llama3-8b-instruct-v1:0", "Llama 3 8B Instruct", "older"),
    known("mistral.mistral-large-2407-v1:0", "Mistral Large (24.07)", "us-west-2 only"),
    known("mistral.mistral-small-2402-v1:0", "Mistral Small (24.02)", "us-east-1"),
    known("mistral.mistral-7b-instruct-v0:2", "Mistral 7B Instruct", "older"),
    known("ai21.jamba-1-5-mini-v1:0", "Jamba 1.5 Mini", "older"),
];
