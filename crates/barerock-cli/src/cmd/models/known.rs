//! The list of models.

/// Date of the list.
pub(super) const AS_OF: &str = "2026-11-28";

/// Where the list is from.
pub(super) const SOURCES: &str =
    "recorded exchanges; litellm 1.110.2, langchain-aws 1.9.1, ai-sdk bedrock 5.0.101";

/// A model, by the id to call.
pub(super) struct Known {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Geographies of its inference profiles, as far as they are known.
    pub(super) profiles: &'static [&'static str],
    pub(super) end_of_life: Option<&'static str>,
    pub(super) note: Option<&'static str>,
}

const US_GLOBAL: &[&str] = &["us", "global"];

const NO_VERSION: &str = "not an id: `-v1:0` is missing";

const fn model(id: &'static str, name: &'static str) -> Known {
    Known { id, name, profiles: &[], end_of_life: None, note: None }
}

/// A Claude model with an inference profile.
const fn claude(id: &'static str, name: &'static str) -> Known {
    Known { profiles: US_GLOBAL, ..model(id, name) }
}

const fn noted(id: &'static str, name: &'static str, note: &'static str) -> Known {
    Known { note: Some(note), ..model(id, name) }
}

const fn ends(known: Known, date: &'static str) -> Known {
    Known { end_of_life: Some(date), ..known }
}

/// First the models in use, by provider; then those of older pages about Converse.
pub(super) const KNOWN: [Known; 37] = [
    claude("us.anthropic.claude-haiku-5-5", "Claude Haiku 5.5"),
    claude("us.anthropic.claude-sonnet-5-5", "Claude Sonnet 5.5"),
    claude("us.anthropic.claude-sonnet-5", "Claude Sonnet 5"),
    claude("us.anthropic.claude-opus-5-5", "Claude Opus 5.5"),
    claude("us.anthropic.claude-opus-5", "Claude Opus 5"),
    claude("us.anthropic.claude-fable-5-1", "Claude Fable 5.1"),
    claude("us.anthropic.claude-fable-5", "Claude Fable 5"),
    claude("us.anthropic.claude-mythos-5-1", "Claude Mythos 5.1"),
    Known { profiles: &["us"], ..model("us.anthropic.claude-mythos-5", "Claude Mythos 5") },
    claude("us.anthropic.claude-opus-4-8", "Claude Opus 4.8"),
    claude("us.anthropic.claude-opus-4-7", "Claude Opus 4.7"),
    claude("us.anthropic.claude-opus-4-6-v1", "Claude Opus 4.6"),
    claude("us.anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6"),
    ends(model("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5"), "2027-04-08"),
    model("us.anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5"),
    ends(model("us.anthropic.claude-opus-4-1-20250805-v1:0", "Claude Opus 4.1"), "2027-01-08"),
    model("us.amazon.nova-2-lite-v1:0", "Nova 2 Lite"),
    model("us.amazon.nova-pro-v1:0", "Nova Pro"),
    model("us.amazon.nova-lite-v1:0", "Nova Lite"),
    model("us.amazon.nova-micro-v1:0", "Nova Micro"),
    model("mistral.devstral-2-123b", "Devstral 2 123B"),
    model("openai.gpt-oss-120b-1:0", "gpt-oss 120B"),
    model("qwen.qwen3-32b-v1:0", "Qwen3 32B"),
    model("us.deepseek.r1-v1:0", "DeepSeek R1"),
    ends(model("us.anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4"), "2026-10-14"),
    noted("us.anthropic.claude-3-7-sonnet-20250219-v1:0", "Claude Sonnet 3.7", "may have been withdrawn"),
    ends(noted("anthropic.claude-sonnet-4-20250514", "Claude Sonnet 4", NO_VERSION), "2026-10-14"),
    noted("anthropic.claude-opus-4-20250514", "Claude Opus 4", "not an id: `-v1:0` is missing; withdrawn"),
    noted("anthropic.claude-3-5-haiku-20241022-v1:0", "Claude Haiku 3.5", "withdrawn"),
    noted("us.meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "for us-east-1"),
    noted("meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "on demand in us-west-2 only"),
    noted("us.meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "for us-east-1"),
    noted("meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", "on demand in us-west-2 only"),
    noted("mistral.mistral-large-2407-v1:0", "Mistral Large (24.07)", "us-west-2 only"),
    noted("mistral.mistral-small-2402-v1:0", "Mistral Small (24.02)", "us-east-1"),
    noted("mistral.mistral-7b-instruct-v0:2", "Mistral 7B Instruct", "older"),
    noted("ai21.jamba-1-5-mini-v1:0", "Jamba 1.5 Mini", "older"),
];
