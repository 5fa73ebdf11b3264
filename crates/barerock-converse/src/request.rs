//! Converse requests.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::endpoint::Endpoint;
use crate::operation::{RequestError, post_to_model};
use crate::types::{
    Document, GuardrailConfiguration, InferenceConfiguration, Message, OutputConfig,
    PerformanceConfiguration, PromptVariableValues, ServiceTier, SystemContentBlock, Tool, ToolConfiguration,
    structure,
};
use crate::wire::WireRequest;

structure! {
    /// A Converse or ConverseStream request; both have the same members.
    ///
    /// Serializes to the HTTP body, without `modelId`, which is part of the path. Deserialization accepts `modelId`, as
    /// boto3's `converse(**kwargs)` does; a request without one cannot be sent.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, Endpoint, types::Message};
    /// let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("What is HTTP/2?")])
    ///     .system("Answer in one sentence.")
    ///     .max_tokens(200);
    /// request.validate()?;
    /// let http = request.to_http(&Endpoint::for_region("us-east-1")?)?;
    /// assert_eq!(http.uri().path(), "/model/us.anthropic.claude-sonnet-4-6/converse");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ConverseRequest {
        path {
            /// ID or ARN of the model, inference profile, prompt or router, 1 to 2,048 characters.
            model_id: String,
        }
        unless_empty {
            /// The conversation.
            messages: Vec<Message>,
        }
        required {}
        adders {
            /// The system prompt.
            system: Vec<SystemContentBlock>,
        }
        optional {
            /// Inference parameters common to all models.
            inference_config: InferenceConfiguration,
            /// The tools the model may request, and whether it must.
            tool_config: ToolConfiguration,
            /// The guardrail to apply.
            guardrail_config: GuardrailConfiguration,
            /// Model-specific request fields: `json!({"top_k": 200})`.
            #[doc(alias = "thinking")]
            additional_model_request_fields: Document,
            /// The values for the variables of a managed prompt.
            prompt_variables: BTreeMap<String, PromptVariableValues>,
            /// JSON pointers to model-specific fields to include in the response; at most 10, of 1 to 256 characters
            /// each.
            additional_model_response_field_paths: Vec<String>,
            /// Key-value pairs for the invocation log; 1 to 16.
            request_metadata: BTreeMap<String, String>,
            /// The latency class.
            performance_config: PerformanceConfiguration,
            /// The service tier.
            service_tier: ServiceTier,
            /// The format of the response.
            output_config: OutputConfig,
            /// ID or ARN of the project of the request, 1 to 2,048 characters.
            project_identifier: String,
        }
    }
}

impl ConverseRequest {
    /// Adds a block to the system prompt.
    #[must_use]
    #[doc(alias = "system_prompt")]
    pub fn system(mut self, block: impl Into<SystemContentBlock>) -> Self {
        self.system.get_or_insert_default().push(block.into());
        self
    }

    /// Sets the maximum number of tokens of the response, at least 1.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.inference().max_tokens = Some(max_tokens);
        self
    }

    /// Sets the sampling temperature, 0 to 1.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.inference().temperature = Some(temperature);
        self
    }

    /// Sets the probability mass of the tokens that are sampled from, 0 to 1.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.inference().top_p = Some(top_p);
        self
    }

    /// Adds a stop sequence.
    #[must_use]
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.inference().stop_sequences.get_or_insert_default().push(text.into());
        self
    }

    /// Adds a tool the model may request.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.tool_config.get_or_insert_with(|| ToolConfiguration::new([])).tools.push(tool.into());
        self
    }

    fn inference(&mut self) -> &mut InferenceConfiguration {
        self.inference_config.get_or_insert_with(InferenceConfiguration::new)
    }

    /// Builds the unsigned HTTP request of Converse.
    ///
    /// # Errors
    /// If the model ID is empty, or the endpoint and the path are not a valid URI.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        self.to_wire(endpoint)?.into_http()
    }

    /// Builds the unsigned HTTP request of ConverseStream.
    ///
    /// # Errors
    /// If the model ID is empty, or the endpoint and the path are not a valid URI.
    pub fn to_http_stream(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        self.to_wire_stream(endpoint)?.into_http()
    }

    /// Builds the unsigned HTTP request of Converse without the types of `http`.
    ///
    /// # Errors
    /// If the model ID is empty.
    pub fn to_wire<'a>(&self, endpoint: &'a Endpoint) -> Result<WireRequest<'a>, RequestError> {
        // spec: bedrock#stream-processing-mode "Configuration information for a guardrail that you use with the ConverseStream action."
        // `streamProcessingMode` is a member of ConverseStream's guardrail configuration only.
        let mut guardrail = self.guardrail_config.clone();
        if guardrail.as_mut().and_then(|guardrail| guardrail.stream_processing_mode.take()).is_some() {
            let unary = Self { guardrail_config: guardrail, ..self.clone() };
            return post_to_model(endpoint, &self.model_id, "converse", &unary);
        }
        post_to_model(endpoint, &self.model_id, "converse", self)
    }

    /// Builds the unsigned HTTP request of ConverseStream without the types of `http`.
    ///
    /// # Errors
    /// If the model ID is empty.
    pub fn to_wire_stream<'a>(&self, endpoint: &'a Endpoint) -> Result<WireRequest<'a>, RequestError> {
        post_to_model(endpoint, &self.model_id, "converse-stream", self)
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

    // spec-test: restjson1#content-type
    #[test]
    fn body_is_compact_json_without_model_id() {
        let request = ConverseRequest::new("m", [Message::user("hi")]).to_http(&endpoint()).unwrap();
        assert_eq!(request.body(), r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#);
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.method(), "POST");
    }

    // spec-test: smithy#label
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

    // spec-test: bedrock#schema-text
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
    fn what_this_crate_does_not_know_can_be_sent() {
        let request = ConverseRequest::new("m", [Message::user("hi").extra("mood", "calm")])
            .project_identifier("p-1")
            .extra("newMember", json!({"a": [1]}))
            .extra("newMember", Document::from_json("1.50").unwrap())
            .extra("messages", json!([7]));
        let body = r#"{"projectIdentifier":"p-1","newMember":1.50,"messages":[7]}"#;
        assert_eq!(request.to_http(&endpoint()).unwrap().body(), body);
        assert_eq!(request.extra_members().len(), 2);
        let message = serde_json::to_string(&request.messages[0]).unwrap();
        assert_eq!(message, r#"{"role":"user","content":[{"text":"hi"}],"mood":"calm"}"#);
        assert_eq!(serde_json::from_str::<Message>(&message).unwrap(), request.messages[0]);
    }

    // spec-test: bedrock#stream-processing-mode
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
