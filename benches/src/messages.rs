//! Whole responses: by barerock, and by serde's derive into types of the same shape.

use barerock_converse::ConverseResponse;
use serde::Deserialize;

/// Builds a response of Converse with about this many bytes of text.
#[must_use]
pub fn response(length: usize) -> Vec<u8> {
    const LINE: &str = r"All work and no play makes Jack a dull boy.\n";
    let text = LINE.repeat(length / LINE.len());
    format!(
        r#"{{"metrics":{{"latencyMs":1}},"output":{{"message":{{"content":[{{"text":"{text}"}}],"role":"assistant"}}}},"stopReason":"end_turn","usage":{{"inputTokens":1,"outputTokens":2,"totalTokens":3}}}}"#
    )
    .into_bytes()
}

/// Reads a response by barerock.
///
/// # Panics
/// If it is not one of Converse.
#[must_use]
pub fn read(body: &[u8]) -> ConverseResponse {
    ConverseResponse::from_http(http::StatusCode::OK, &http::HeaderMap::new(), body).expect("a response")
}

/// The members of a response that the generated one has, as serde's derive reads them: nothing is corrected, kept or
/// checked beyond the types.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedResponse {
    pub output: DerivedOutput,
    pub stop_reason: String,
    pub usage: DerivedUsage,
    pub metrics: DerivedMetrics,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, clippy::exhaustive_enums, reason = "the names are the service's")]
pub enum DerivedOutput {
    Message(DerivedMessage),
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedMessage {
    pub role: String,
    pub content: Vec<DerivedBlock>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, clippy::exhaustive_enums, reason = "the names are the service's")]
pub enum DerivedBlock {
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedUsage {
    pub input_tokens: u32,
    pub output_tokens: u32,
    pub total_tokens: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedMetrics {
    pub latency_ms: u64,
}

/// A text delta, read by serde's derive.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedEvent<'a> {
    #[serde(borrow)]
    pub delta: DerivedDelta<'a>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, clippy::exhaustive_structs, reason = "the names are the service's")]
pub struct DerivedDelta<'a> {
    #[serde(borrow)]
    pub text: std::borrow::Cow<'a, str>,
}
