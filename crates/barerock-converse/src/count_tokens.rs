//! CountTokens: what a request would cost, without the request.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::Endpoint;
use crate::operation::{RequestError, post_to_model};
use crate::request::ConverseRequest;
use crate::response::{ResponseError, read};
use crate::types::{Blob, Document, Message, SystemContentBlock, ToolConfiguration, structure, union};

structure! {
    /// One call of CountTokens.
    ///
    /// Serialized, it is the HTTP body, without `modelId`, which travels in the path. Deserialized, it takes `modelId`
    /// too.
    CountTokensRequest {
        path {
            /// The model that would be asked: an id or an ARN, 1 to 256 characters.
            model_id: String,
        }
        required {
            /// What it would be asked.
            input: CountTokensInput,
        }
        optional {}
    }
}

union! {
    /// What a model would be asked.
    CountTokensInput {
        /// The body of an InvokeModel call, in the model's own format.
        InvokeModel(InvokeModelTokensRequest) = "invokeModel",
        /// A Converse call.
        Converse(ConverseTokensRequest) = "converse",
    }
}

structure! {
    /// The body of an InvokeModel call.
    InvokeModelTokensRequest {
        required {
            /// The body, in the model's own format; at most 25,000,000 bytes.
            body: Blob,
        }
        optional {}
    }
}

structure! {
    /// What of a Converse call costs input tokens.
    ConverseTokensRequest {
        required {}
        optional {
            /// The conversation so far.
            messages: Vec<Message>,
            /// The system prompt.
            system: Vec<SystemContentBlock>,
            /// What the model may ask for.
            tool_config: ToolConfiguration,
            /// Settings only this model knows.
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
    /// The unsigned HTTP request.
    ///
    /// # Errors
    /// If the model id is empty, or the URI cannot be made of it.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        post_to_model(endpoint, &self.model_id, "count-tokens", self)?.into_http()
    }
}

structure! {
    /// The answer to a CountTokens call.
    CountTokensResponse {
        required {
            /// How many tokens the model would read.
            input_tokens: u64,
        }
        optional {}
        received
    }
}

impl CountTokensResponse {
    /// Reads an answer: a success, or the error it holds.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the service says what went wrong, [`ResponseError::Json`] if a success is not a
    /// CountTokens response.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("a CountTokens response", status, headers, body)
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
