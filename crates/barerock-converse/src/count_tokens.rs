//! CountTokens: counts the input tokens of a request without invoking the model.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::Endpoint;
use crate::operation::{RequestError, post_to_model};
use crate::request::ConverseRequest;
use crate::response::{ResponseError, read};
use crate::types::{Blob, Document, Message, SystemContentBlock, ToolConfiguration, structure, union};

structure! {
    /// A CountTokens request.
    ///
    /// Serializes to the HTTP body, without `modelId`, which is part of the path. Deserialization accepts `modelId`.
    ///
    /// ```
    /// # use barerock_converse::{ConverseRequest, CountTokensRequest, types::Message};
    /// let request = ConverseRequest::new("anthropic.claude-3-haiku-20240307-v1:0", [Message::user("How long is this?")]);
    /// let count = CountTokensRequest::from(request);
    /// assert!(count.validate().is_ok());
    /// ```
    CountTokensRequest {
        path {
            /// ID or ARN of the model, 1 to 256 characters.
            model_id: String,
        }
        required {
            /// The request whose tokens are counted.
            input: CountTokensInput,
        }
        optional {}
    }
}

union! {
    /// The request whose tokens are counted.
    CountTokensInput {
        /// An InvokeModel request, in the model's own format.
        InvokeModel(InvokeModelTokensRequest) = "invokeModel",
        /// A Converse request.
        Converse(ConverseTokensRequest) = "converse",
    }
}

structure! {
    /// Body of an InvokeModel request.
    InvokeModelTokensRequest {
        required {
            /// The body, in the model's own format; at most 25,000,000 bytes.
            body: Blob,
        }
        optional {}
    }
}

structure! {
    /// The members of a Converse request that count as input tokens.
    ConverseTokensRequest {
        required {}
        optional {
            /// The conversation.
            messages: Vec<Message>,
            /// The system prompt.
            system: Vec<SystemContentBlock>,
            /// Tools the model may request.
            tool_config: ToolConfiguration,
            /// Model-specific request fields.
            additional_model_request_fields: Document,
        }
    }
}

impl From<ConverseRequest> for ConverseTokensRequest {
    fn from(request: ConverseRequest) -> Self {
        let mut tokens = Self::new();
        tokens.messages = (!request.messages.is_empty()).then_some(request.messages);
        tokens.system = request.system;
        tokens.tool_config = request.tool_config;
        tokens.additional_model_request_fields = request.additional_model_request_fields;
        tokens
    }
}

impl From<ConverseRequest> for CountTokensRequest {
    fn from(mut request: ConverseRequest) -> Self {
        let model_id = core::mem::take(&mut request.model_id);
        Self::new(model_id, CountTokensInput::Converse(request.into()))
    }
}

impl CountTokensRequest {
    /// Builds the unsigned HTTP request.
    ///
    /// # Errors
    /// If the model ID is empty, or the endpoint and the path are not a valid URI.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        post_to_model(endpoint, &self.model_id, "count-tokens", self)?.into_http()
    }
}

structure! {
    /// A CountTokens response.
    CountTokensResponse {
        required {
            /// Number of input tokens.
            input_tokens: u64,
        }
        optional {}
        received
    }
}

impl CountTokensResponse {
    /// Reads an HTTP response: a success, or the service error it contains.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the response is an error of the service, [`ResponseError::Json`] if the body of a
    /// success is not a JSON object.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("a CountTokens response", status, headers, body.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::Tool;

    #[test]
    fn what_costs_no_input_tokens_is_left_out() {
        let endpoint = Endpoint::for_region("us-east-1").unwrap();
        let asked = ConverseRequest::new("anthropic.claude-3-haiku-20240307-v1:0", [Message::user("hi")])
            .max_tokens(5)
            .system("be brief")
            .tool(Tool::new("t", json!({})));
        let request = CountTokensRequest::from(asked).to_http(&endpoint).unwrap();
        assert_eq!(request.uri().path(), "/model/anthropic.claude-3-haiku-20240307-v1%3A0/count-tokens");
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(request.body()).unwrap(),
            json!({"input": {"converse": {
                "messages": [{"role": "user", "content": [{"text": "hi"}]}],
                "system": [{"text": "be brief"}],
                "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {}}}}]},
            }}})
        );
    }

    #[test]
    fn a_body_of_the_models_own_travels_as_base64() {
        let endpoint = Endpoint::for_region("us-east-1").unwrap();
        let body = InvokeModelTokensRequest::new(&br#"{"prompt":"hi"}"#[..]);
        let request = CountTokensRequest::new("m", CountTokensInput::InvokeModel(body));
        assert_eq!(
            request.to_http(&endpoint).unwrap().body(),
            r#"{"input":{"invokeModel":{"body":"eyJwcm9tcHQiOiJoaSJ9"}}}"#
        );
    }

    #[test]
    fn answers_and_errors() {
        let read = |status: u16, body: &str| {
            CountTokensResponse::from_http(
                StatusCode::from_u16(status).unwrap(),
                &HeaderMap::new(),
                body.as_bytes(),
            )
        };
        assert_eq!(read(200, r#"{"inputTokens":17,"novelty":[]}"#).unwrap().input_tokens, 17);
        let corrected = read(200, r#"{"input":1}"#).unwrap();
        assert_eq!((corrected.input_tokens, corrected.raw()), (0, Some(r#"{"input":1}"#)));
        assert_eq!(corrected.corrections()[0].to_string(), "inputTokens is missing");
        let error = read(400, r#"{"message":"The provided model doesn't support counting tokens."}"#);
        assert!(error.unwrap_err().to_string().contains("counting tokens"));
    }
}
