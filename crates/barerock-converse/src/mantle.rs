//! bedrock-mantle: the endpoint of models that Converse does not serve. It speaks OpenAI's and Anthropic's APIs, so that this crate
//! has no types for it; requests to it are signed like any other.
//!
//! Which models these are is from third-party copies of AWS's tables (litellm 1.110.2, langchain-aws 1.9.1, ai-sdk bedrock
//! 5.0.101), as of 2026-11-28.

/// Service name in a signature of a request to bedrock-mantle.
pub const SIGNING_NAME: &str = "bedrock-mantle";

/// Prefixes of the IDs of models that are available on bedrock-mantle only.
pub const MANTLE_ONLY: [&str; 4] = ["openai.gpt-5.", "openai.gpt-6", "xai.grok-4.", "google.gemma-4-"];

/// True if a foundation model (its ID without the prefix of an inference profile) is available on bedrock-mantle only.
///
/// ```
/// use barerock_converse::mantle::is_mantle_only;
///
/// assert!(is_mantle_only("openai.gpt-5.1") && is_mantle_only("google.gemma-4-27b"));
/// assert!(!is_mantle_only("openai.gpt-oss-120b-1:0"));
/// ```
#[must_use]
pub fn is_mantle_only(foundation_model: &str) -> bool {
    MANTLE_ONLY.iter().any(|prefix| foundation_model.starts_with(prefix))
}

/// Host of bedrock-mantle in a region.
#[must_use]
pub fn host(region: &str) -> String {
    format!("bedrock-mantle.{region}.api.aws")
}

/// Base URL of the API that serves a foundation model on bedrock-mantle. The service responds with status 400 at the
/// URL of another model.
#[must_use]
pub fn base_url(region: &str, foundation_model: &str) -> String {
    let path = match foundation_model {
        model if is_mantle_only(model) => "/openai/v1",
        model if model.starts_with("anthropic.") => "/anthropic/v1",
        _ => "/v1",
    };
    format!("https://{}{path}", host(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_model_has_its_base() {
        for (model, base) in [
            ("openai.gpt-5.2-codex", "https://bedrock-mantle.eu-west-1.api.aws/openai/v1"),
            ("openai.gpt-6-mini", "https://bedrock-mantle.eu-west-1.api.aws/openai/v1"),
            ("xai.grok-4.1", "https://bedrock-mantle.eu-west-1.api.aws/openai/v1"),
            ("openai.gpt-oss-120b-1:0", "https://bedrock-mantle.eu-west-1.api.aws/v1"),
            ("anthropic.claude-opus-5", "https://bedrock-mantle.eu-west-1.api.aws/anthropic/v1"),
        ] {
            assert_eq!(base_url("eu-west-1", model), base);
        }
    }
}
