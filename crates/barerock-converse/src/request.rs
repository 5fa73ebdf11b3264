//! A Converse call as a value, and as an unsigned HTTP request.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;
use crate::json::{ToJson, Writer};
use crate::operation::{RequestError, post_to_model};
use crate::types::{
    Document, GuardrailConfiguration, InferenceConfiguration, Message, OutputConfig,
    PerformanceConfiguration, PromptVariableValues, ServiceTier, SystemContentBlock, Tool, ToolConfiguration,
    setters,
};
use crate::wire::WireRequest;

/// One call of Converse or ConverseStream: the two take the same members.
///
/// Serialized, it is the HTTP body, without `modelId`, which travels in the path. Deserialized, it takes `modelId` too,
/// as boto3's `converse(**kwargs)` does; a request without one cannot be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConverseRequest {
    /// The model, inference profile, prompt or router: an id or an ARN.
    #[serde(default, skip_serializing)]
    pub model_id: String,
    /// The conversation so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// The system prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<Vec<SystemContentBlock>>,
    /// The settings every model knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference_config: Option<InferenceConfiguration>,
    /// What the model may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_config: Option<ToolConfiguration>,
    /// The guardrail the call goes through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrail_config: Option<GuardrailConfiguration>,
    /// Settings only this model knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_model_request_fields: Option<Document>,
    /// Values for the variables of a managed prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_variables: Option<BTreeMap<String, PromptVariableValues>>,
    /// JSON pointers to what the response should carry of the model's own fields; at most 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_model_response_field_paths: Option<Vec<String>>,
    /// What the invocation log should say about the call; 1 to 16 pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_metadata: Option<BTreeMap<String, String>>,
    /// How fast the answer should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performance_config: Option<PerformanceConfiguration>,
    /// Which capacity serves the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// The form the answer should have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_config: Option<OutputConfig>,
}

impl ConverseRequest {
    /// A call of `model_id` with a conversation: `ConverseRequest::new(model, [Message::user("hello")])`.
    pub fn new(model_id: impl Into<String>, messages: impl Into<Vec<Message>>) -> Self {
        Self {
            model_id: model_id.into(),
            messages: messages.into(),
            system: None,
            inference_config: None,
            tool_config: None,
            guardrail_config: None,
            additional_model_request_fields: None,
            prompt_variables: None,
            additional_model_response_field_paths: None,
            request_metadata: None,
            performance_config: None,
            service_tier: None,
            output_config: None,
        }
    }

    /// Adds to the system prompt.
    #[must_use]
    pub fn system(mut self, block: impl Into<SystemContentBlock>) -> Self {
        self.system.get_or_insert_default().push(block.into());
        self
    }

    /// Sets the most tokens the answer may have; at least 1.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.inference().max_tokens = Some(max_tokens);
        self
    }

    /// Sets how freely the model chooses, 0 to 1.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.inference().temperature = Some(temperature);
        self
    }

    /// Sets how much of the likeliest the model chooses from, 0 to 1.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.inference().top_p = Some(top_p);
        self
    }

    /// Adds a text that ends the answer.
    #[must_use]
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.inference().stop_sequences.get_or_insert_default().push(text.into());
        self
    }

    /// Adds a tool the model may ask for.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.tool_config.get_or_insert_with(|| ToolConfiguration::new([])).tools.push(tool.into());
        self
    }

    setters! {
        /// Sets the tools the model may ask for, and whether it must.
        tool_config: ToolConfiguration,
        /// Sets the guardrail the call goes through.
        guardrail_config: GuardrailConfiguration,
        /// Sets what only this model knows: `json!({"top_k": 200})`.
        additional_model_request_fields: Document,
        /// Sets the values for the variables of a managed prompt.
        prompt_variables: BTreeMap<String, PromptVariableValues>,
        /// Sets which of the model's own fields the response should carry: at most 10 JSON pointers.
        additional_model_response_field_paths: Vec<String>,
        /// Sets what the invocation log should say about the call: 1 to 16 pairs.
        request_metadata: BTreeMap<String, String>,
        /// Sets how fast the answer should be.
        performance_config: PerformanceConfiguration,
        /// Sets which capacity serves the call.
        service_tier: ServiceTier,
        /// Sets the form the answer should have.
        output_config: OutputConfig,
    }

    fn inference(&mut self) -> &mut InferenceConfiguration {
        self.inference_config.get_or_insert_with(InferenceConfiguration::new)
    }

    /// The unsigned HTTP request of Converse.
    ///
    /// # Errors
    /// If the model id is empty, or the URI cannot be made of it.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        self.to_wire(endpoint)?.into_http()
    }

    /// The unsigned HTTP request of ConverseStream.
    ///
    /// # Errors
    /// If the model id is empty, or the URI cannot be made of it.
    pub fn to_http_stream(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        self.to_wire_stream(endpoint)?.into_http()
    }

    /// The unsigned HTTP request of Converse in plain words.
    ///
    /// # Errors
    /// If the model id is empty.
    pub fn to_wire<'a>(&self, endpoint: &'a Endpoint) -> Result<WireRequest<'a>, RequestError> {
        self.post(endpoint, "converse", false)
    }

    /// The unsigned HTTP request of ConverseStream in plain words.
    ///
    /// # Errors
    /// If the model id is empty.
    pub fn to_wire_stream<'a>(&self, endpoint: &'a Endpoint) -> Result<WireRequest<'a>, RequestError> {
        self.post(endpoint, "converse-stream", true)
    }

    fn post<'a>(
        &self,
        endpoint: &'a Endpoint,
        operation: &str,
        streams: bool,
    ) -> Result<WireRequest<'a>, RequestError> {
        post_to_model(endpoint, &self.model_id, operation, &Body { request: self, streams })
    }
}

/// The HTTP body of a call.
struct Body<'a> {
    request: &'a ConverseRequest,
    streams: bool,
}

impl ToJson for Body<'_> {
    fn to_json(&self, out: &mut Writer) {
        // Every member is named here, so that one that is forgotten does not compile.
        let ConverseRequest {
            model_id: _,
            messages,
            system,
            inference_config,
            tool_config,
            guardrail_config,
            additional_model_request_fields,
            prompt_variables,
            additional_model_response_field_paths,
            request_metadata,
            performance_config,
            service_tier,
            output_config,
        } = self.request;
        let unary;
        let guardrail_config = match guardrail_config {
            // `streamProcessingMode` belongs to ConverseStream's guardrail configuration only.
            Some(guardrail) if !self.streams && guardrail.stream_processing_mode.is_some() => {
                unary = Some(GuardrailConfiguration { stream_processing_mode: None, ..guardrail.clone() });
                &unary
            }
            as_it_is => as_it_is,
        };
        let messages = Some(messages).filter(|messages| !messages.is_empty());
        macro_rules! members {
            ($($member:ident),+ $(,)?) => {$(
                if let Some(value) = $member {
                    out.member(stringify!($member));
                    value.to_json(out);
                }
            )+};
        }
        out.begin_object();
        members!(
            messages,
            system,
            inference_config,
            tool_config,
            guardrail_config,
            additional_model_request_fields,
            prompt_variables,
            additional_model_response_field_paths,
            request_metadata,
            performance_config,
            service_tier,
            output_config,
        );
        out.end_object();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{
        CachePointBlock, DocumentBlock, DocumentFormat, GuardrailStreamProcessingMode, ServiceTierType,
        ToolChoice,
    };
    use serde_json::json;

    fn endpoint() -> Endpoint {
        Endpoint::for_region("us-east-1").unwrap()
    }

    #[test]
    fn body_is_compact_json_without_model_id() {
        let request = ConverseRequest::new("m", [Message::user("hi")]).to_http(&endpoint()).unwrap();
        assert_eq!(request.body(), r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#);
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.method(), "POST");
    }

    #[test]
    fn labels_are_encoded_whole() {
        for (id, path) in [
            (
                "anthropic.claude-3-haiku-20240307-v1:0",
                "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream",
            ),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/x y",
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx%20y/converse-stream",
            ),
            ("ü~_", "/model/%C3%BC~_/converse-stream"),
        ] {
            let request =
                ConverseRequest::new(id, [Message::user("hi")]).to_http_stream(&endpoint()).unwrap();
            assert_eq!(request.uri().path(), path);
        }
        let error = ConverseRequest::new("", []).to_http(&endpoint()).unwrap_err();
        assert_eq!(error, RequestError::EmptyModelId);
    }

    #[test]
    fn endpoint_path_is_kept() {
        let endpoint = Endpoint::custom("http://localhost:1/proxy/").unwrap();
        let request = ConverseRequest::new("m", []).to_http(&endpoint).unwrap();
        assert_eq!(request.uri(), "http://localhost:1/proxy/model/m/converse");
    }

    #[test]
    fn setters_reach_their_members() {
        let mut request = ConverseRequest::new("m", [Message::user("hi")])
            .system("be brief")
            .max_tokens(5)
            .temperature(0.5)
            .top_p(0.9)
            .stop_sequence("END")
            .tool(Tool::new("t", json!({"type": "object"})).description("does t"));
        if let Some(tools) = &mut request.tool_config {
            tools.tool_choice = Some(ToolChoice::tool("t"));
        }
        assert_eq!(
            serde_json::to_value(&request).unwrap(),
            json!({
                "messages": [{"role": "user", "content": [{"text": "hi"}]}],
                "system": [{"text": "be brief"}],
                "inferenceConfig": {"maxTokens": 5, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
                "toolConfig": {
                    "tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}, "description": "does t"}}],
                    "toolChoice": {"tool": {"name": "t"}},
                },
            })
        );
    }

    #[test]
    fn the_rarer_members_take_a_line_each() {
        let document = DocumentBlock::from_bytes(DocumentFormat::Txt, "cats", &b"Cats purr."[..]);
        let request = ConverseRequest::new("m", [Message::user(document)])
            .system("be brief")
            .system(CachePointBlock::default())
            .output_config(OutputConfig::json_schema(json!({"type": "object"})))
            .additional_model_request_fields(json!({"top_k": 200}))
            .additional_model_response_field_paths(["/stop_sequence".to_owned()])
            .request_metadata([("team".to_owned(), "cats".to_owned())])
            .service_tier(ServiceTier::new(ServiceTierType::Flex));
        assert_eq!(
            serde_json::to_value(&request).unwrap(),
            json!({
                "messages": [{"role": "user", "content": [
                    {"document": {"name": "cats", "format": "txt", "source": {"bytes": "Q2F0cyBwdXJyLg=="}}},
                ]}],
                "system": [{"text": "be brief"}, {"cachePoint": {"type": "default"}}],
                "outputConfig": {"textFormat": {
                    "type": "json_schema",
                    "structure": {"jsonSchema": {"schema": "{\"type\":\"object\"}"}},
                }},
                "additionalModelRequestFields": {"top_k": 200},
                "additionalModelResponseFieldPaths": ["/stop_sequence"],
                "requestMetadata": {"team": "cats"},
                "serviceTier": {"type": "flex"},
            })
        );
    }

    #[test]
    fn stream_processing_mode_is_for_streams() {
        let mut request = ConverseRequest::new("m", []);
        request.guardrail_config = Some(
            GuardrailConfiguration::new()
                .guardrail_version("1")
                .stream_processing_mode(GuardrailStreamProcessingMode::Async),
        );
        assert_eq!(
            request.to_http(&endpoint()).unwrap().body(),
            r#"{"guardrailConfig":{"guardrailVersion":"1"}}"#
        );
        assert_eq!(
            request.to_http_stream(&endpoint()).unwrap().body(),
            r#"{"guardrailConfig":{"guardrailVersion":"1","streamProcessingMode":"async"}}"#
        );
    }
}
