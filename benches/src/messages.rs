//! Tasks of reading whole responses: with barerock, and with serde's derive into types of the same shape.

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

/// Reads a response with barerock as its client does: the response keeps the body. The copy of the body, which a client has
/// from its connection, is part of the task; serde's derive reads from `body` itself.
///
/// # Panics
/// If it is not a Converse response.
#[must_use]
pub fn read(body: &[u8]) -> ConverseResponse {
    ConverseResponse::from_http_owned(http::StatusCode::OK, &http::HeaderMap::new(), body.to_vec())
        .expect("a response")
}

/// Members of the generated response, for serde's derive, which corrects and keeps nothing and checks only the types.
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
