//! What models take and refuse in a request, as far as it is known.
//!
//! Sources: "Get validated JSON results from models" of the Bedrock user guide (models with structured outputs), the API
//! reference of `ToolChoice`, and litellm 1.110.2, langchain-aws 1.9.1 and ai-sdk bedrock 5.0.101 for what newer models
//! refuse; as of 2026-11-28.

use core::fmt;

use crate::model_id::AwsModelId;

/// Something in a request that a model refuses with a ValidationException.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// `toolChoice` `any` or `tool`.
    ForcedToolChoice,
    /// Reasoning that is switched off.
    DisabledThinking,
    /// Tools with `strict`.
    StrictTools,
    /// `outputConfig.textFormat` of type `json_schema`.
    JsonSchemaOutput,
    /// `temperature`, `topP` and `top_k`.
    SamplingParameters,
    /// An assistant message at the end, which the model would continue.
    Prefill,
}

impl Refusal {
    /// What is refused, in the words of the request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForcedToolChoice => "toolChoice any or tool",
            Self::DisabledThinking => "disabled thinking",
            Self::StrictTools => "strict tools",
            Self::JsonSchemaOutput => "outputConfig.textFormat json_schema",
            Self::SamplingParameters => "temperature, topP, top_k",
            Self::Prefill => "prefill of the assistant's message",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const SAMPLING_PREFILL: &[Refusal] = &[Refusal::SamplingParameters, Refusal::Prefill];
const STRICT_SAMPLING_PREFILL: &[Refusal] =
    &[Refusal::StrictTools, Refusal::JsonSchemaOutput, Refusal::SamplingParameters, Refusal::Prefill];
const FORCED_THINKING_SAMPLING_PREFILL: &[Refusal] =
    &[Refusal::ForcedToolChoice, Refusal::DisabledThinking, Refusal::SamplingParameters, Refusal::Prefill];

/// Foundation models and what they refuse. The id is the whole one, or is followed by a version (`-v1`, `:0`).
const REFUSALS: [(&str, &[Refusal]); 11] = [
    ("anthropic.claude-haiku-5-5", SAMPLING_PREFILL),
    ("anthropic.claude-sonnet-5-5", FORCED_THINKING_SAMPLING_PREFILL),
    ("anthropic.claude-sonnet-5", STRICT_SAMPLING_PREFILL),
    ("anthropic.claude-opus-5-5", SAMPLING_PREFILL),
    ("anthropic.claude-opus-5", STRICT_SAMPLING_PREFILL),
    ("anthropic.claude-fable-5-1", SAMPLING_PREFILL),
    ("anthropic.claude-fable-5", STRICT_SAMPLING_PREFILL),
    ("anthropic.claude-mythos-5-1", SAMPLING_PREFILL),
    ("anthropic.claude-mythos-5", SAMPLING_PREFILL),
    ("anthropic.claude-opus-4-8", STRICT_SAMPLING_PREFILL),
    ("anthropic.claude-opus-4-7", STRICT_SAMPLING_PREFILL),
];

/// What the model with this id refuses; empty if nothing is known of it. The id is that of a foundation model or an inference
/// profile, or an ARN of one.
///
/// ```
/// use barerock_converse::model_features::{Refusal, refusals};
///
/// assert!(refusals("us.anthropic.claude-sonnet-5-5").contains(&Refusal::ForcedToolChoice));
/// assert!(refusals("us.anthropic.claude-sonnet-4-6").is_empty());
/// ```
#[must_use]
pub fn refusals(model_id: &str) -> &'static [Refusal] {
    let model = foundation_model(model_id);
    REFUSALS.iter().find(|(id, _)| is_model(model, id)).map_or(&[], |(_, refusals)| refusals)
}

/// Prefixes of models that return JSON by a schema.
const JSON_SCHEMA: [&str; 20] = [
    "anthropic.claude-haiku-4-5",
    "anthropic.claude-sonnet-4-5",
    "anthropic.claude-sonnet-4-6",
    "anthropic.claude-opus-4-5",
    "anthropic.claude-opus-4-6",
    "anthropic.claude-haiku-5",
    "anthropic.claude-sonnet-5",
    "anthropic.claude-opus-5",
    "anthropic.claude-fable-5",
    "anthropic.claude-mythos-5",
    "deepseek.v3",
    "google.gemma-3",
    "minimax.minimax-m2",
    "mistral.magistral",
    "mistral.ministral",
    "mistral.mistral-large-3",
    "moonshot.kimi-k2",
    "nvidia.nemotron",
    "openai.gpt-oss",
    "qwen.qwen3",
];

/// Prefixes of models that call the tool that `toolChoice` names.
const FORCED_TOOL: [&str; 2] = ["anthropic.claude-", "amazon.nova-"];

/// Prefixes of models whose features are known: what is not listed for them, they do not take.
const KNOWN: [&str; 10] = [
    "ai21.",
    "amazon.",
    "anthropic.claude-3",
    "anthropic.claude-haiku-4",
    "anthropic.claude-instant",
    "anthropic.claude-opus-4",
    "anthropic.claude-sonnet-4",
    "anthropic.claude-v2",
    "cohere.",
    "meta.llama",
];

/// Models of the known families that take tools, but not a forced one, or no tools at all.
const NO_FORCED_TOOL: [&str; 2] = ["anthropic.claude-instant", "anthropic.claude-v2"];

/// Whether a model takes `outputConfig.textFormat` of type `json_schema`; `None` if that is not known, as for an imported model
/// or an application inference profile.
#[must_use]
pub fn takes_json_schema(model_id: &str) -> Option<bool> {
    let model = foundation_model(model_id);
    if refusals(model_id).contains(&Refusal::JsonSchemaOutput) {
        return Some(false);
    }
    if has_prefix(model, &JSON_SCHEMA) { Some(true) } else { is_known(model).then_some(false) }
}

/// Whether a model takes a `toolChoice` that names a tool; `None` if that is not known.
#[must_use]
pub fn takes_forced_tool(model_id: &str) -> Option<bool> {
    let model = foundation_model(model_id);
    if refusals(model_id).contains(&Refusal::ForcedToolChoice) || has_prefix(model, &NO_FORCED_TOOL) {
        return Some(false);
    }
    if has_prefix(model, &FORCED_TOOL) { Some(true) } else { is_known(model).then_some(false) }
}

fn is_known(model: &str) -> bool {
    // Mistral's models of 2023 and 2024 have neither.
    let is_older_mistral =
        ["mistral.mistral-7b", "mistral.mistral-large-24", "mistral.mistral-small-24", "mistral.mixtral"];
    has_prefix(model, &KNOWN) || has_prefix(model, &JSON_SCHEMA) || has_prefix(model, &is_older_mistral)
}

fn foundation_model(model_id: &str) -> &str {
    AwsModelId::parse(model_id).map_or(model_id, |id| id.foundation_model())
}

/// True if an id is this model's, or this model's with a version.
fn is_model(id: &str, model: &str) -> bool {
    id.strip_prefix(model)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("-v") || rest.starts_with(':'))
}

fn has_prefix(model: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| model.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_compared_whole() {
        for (id, json_schema) in [
            ("us.anthropic.claude-sonnet-5", true),
            ("anthropic.claude-sonnet-5-v1:0", true),
            ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-8", true),
            ("us.anthropic.claude-sonnet-5-5", false),
            ("us.anthropic.claude-sonnet-5-6", false),
            ("us.anthropic.claude-fable-5-1", false),
            ("mistral.devstral-2-123b", false),
            ("", false),
        ] {
            assert_eq!(refusals(id).contains(&Refusal::JsonSchemaOutput), json_schema, "{id}");
        }
    }

    #[test]
    fn ways_to_typed_answers() {
        for (id, json_schema, forced_tool) in [
            ("us.anthropic.claude-sonnet-4-6", Some(true), Some(true)),
            ("us.anthropic.claude-sonnet-5-5", Some(true), Some(false)),
            ("us.anthropic.claude-opus-4-7", Some(false), Some(true)),
            ("us.anthropic.claude-sonnet-5", Some(false), Some(true)),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", Some(true), Some(true)),
            ("us.anthropic.claude-sonnet-4-20250514-v1:0", Some(false), Some(true)),
            ("anthropic.claude-3-haiku-20240307-v1:0", Some(false), Some(true)),
            ("anthropic.claude-v2:1", Some(false), Some(false)),
            ("us.amazon.nova-pro-v1:0", Some(false), Some(true)),
            ("amazon.titan-text-express-v1", Some(false), Some(false)),
            ("us.meta.llama3-1-70b-instruct-v1:0", Some(false), Some(false)),
            ("mistral.mistral-large-2407-v1:0", Some(false), Some(false)),
            ("openai.gpt-oss-120b-1:0", Some(true), Some(false)),
            ("us.deepseek.r1-v1:0", None, None),
            ("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", None, None),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl", None, None),
            ("prompt", None, None),
        ] {
            assert_eq!((takes_json_schema(id), takes_forced_tool(id)), (json_schema, forced_tool), "{id}");
        }
    }
}
