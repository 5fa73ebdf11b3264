//! InvokeGuardrailChecks: runs Bedrock's predefined guardrail checks on messages, without a guardrail resource and
//! without invoking a model.

mod config;
mod results;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::Endpoint;
use crate::operation::{RequestError, post};
use crate::response::{ResponseError, read};
use crate::types::{string_enum, structure, union};

pub use config::{
    GuardrailChecksConfig, GuardrailChecksContentFilterCategory, GuardrailChecksContentFilterCategoryConfig,
    GuardrailChecksContentFilterConfig, GuardrailChecksPromptAttackCategory,
    GuardrailChecksPromptAttackCategoryConfig, GuardrailChecksPromptAttackConfig,
    GuardrailChecksSensitiveInformationConfig, GuardrailChecksSensitiveInformationEntityConfig,
    GuardrailChecksSensitiveInformationEntityType,
};
pub use results::{
    GuardrailChecksContentFilterResult, GuardrailChecksContentFilterResultEntry,
    GuardrailChecksPromptAttackResult, GuardrailChecksPromptAttackResultEntry, GuardrailChecksResults,
    GuardrailChecksSensitiveInformationResult, GuardrailChecksSensitiveInformationResultEntry,
    GuardrailChecksUsage, GuardrailChecksUsageResults,
};

string_enum! {
    /// Role of the author of a checked message.
    GuardrailChecksRole { User = "user", Assistant = "assistant", System = "system", }
}

union! {
    /// A content block of a checked message.
    GuardrailChecksContentBlock {
        /// Text, at least 1 character.
        Text(String) = "text",
    }
}

impl From<&str> for GuardrailChecksContentBlock {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for GuardrailChecksContentBlock {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

structure! {
    /// A message to check.
    GuardrailChecksMessage {
        required {
            /// Role of the author.
            role: GuardrailChecksRole,
            /// Content blocks; at least one.
            content: Vec<GuardrailChecksContentBlock>,
        }
        optional {}
    }
}

impl GuardrailChecksMessage {
    /// Creates a user message.
    pub fn user(text: impl Into<GuardrailChecksContentBlock>) -> Self {
        Self::new(GuardrailChecksRole::User, [text.into()])
    }

    /// Creates an assistant message.
    pub fn assistant(text: impl Into<GuardrailChecksContentBlock>) -> Self {
        Self::new(GuardrailChecksRole::Assistant, [text.into()])
    }

    /// Creates a system message.
    pub fn system(text: impl Into<GuardrailChecksContentBlock>) -> Self {
        Self::new(GuardrailChecksRole::System, [text.into()])
    }
}

structure! {
    /// An InvokeGuardrailChecks request.
    ///
    /// Serializes to the HTTP body.
    InvokeGuardrailChecksRequest {
        path {}
        required {
            /// Messages to check; at least one.
            messages: Vec<GuardrailChecksMessage>,
            /// Checks to run.
            checks: GuardrailChecksConfig,
        }
        optional {}
    }
}

impl InvokeGuardrailChecksRequest {
    /// Builds the unsigned HTTP request.
    ///
    /// # Errors
    /// If the endpoint and the path are not a valid URI.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        post(endpoint, format_args!("/guardrail-checks/invoke"), self).into_http()
    }
}

structure! {
    /// An InvokeGuardrailChecks response.
    InvokeGuardrailChecksResponse {
        required {
            /// Results, by check.
            results: GuardrailChecksResults,
            /// Billed units, by check.
            usage: GuardrailChecksUsageResults,
        }
        optional {}
        received
    }
}

impl InvokeGuardrailChecksResponse {
    /// Reads an HTTP response: a success, or the service error it contains.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the response is an error of the service, [`ResponseError::Json`] if the body of a
    /// success is not a JSON object.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("an InvokeGuardrailChecks response", status, headers, body.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn checks_are_named_in_a_line_and_sent_in_the_models_shape() {
        let endpoint = Endpoint::for_region("us-east-1").unwrap();
        let checks = GuardrailChecksConfig::new()
            .content_filter([GuardrailChecksContentFilterCategory::Insults])
            .prompt_attack([
                GuardrailChecksPromptAttackCategory::Jailbreak,
                GuardrailChecksPromptAttackCategory::Unknown("NEW_TRICK".to_owned()),
            ])
            .sensitive_information([GuardrailChecksSensitiveInformationEntityType::Email]);
        let messages =
            [GuardrailChecksMessage::system("be kind"), GuardrailChecksMessage::user("mail a@b.example")];
        let http = InvokeGuardrailChecksRequest::new(messages, checks).to_http(&endpoint).unwrap();
        assert_eq!(http.uri(), "https://bedrock-runtime.us-east-1.amazonaws.com/guardrail-checks/invoke");
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(http.body()).unwrap(),
            json!({
                "messages": [
                    {"role": "system", "content": [{"text": "be kind"}]},
                    {"role": "user", "content": [{"text": "mail a@b.example"}]},
                ],
                "checks": {
                    "contentFilter": {"categories": [{"category": "INSULTS"}]},
                    "promptAttack": {"categories": [{"category": "JAILBREAK"}, {"category": "NEW_TRICK"}]},
                    "sensitiveInformation": {"entities": [{"type": "EMAIL"}]},
                },
            })
        );
    }

    #[test]
    fn findings_say_where_they_are() {
        let body = json!({
            "results": {
                "contentFilter": {"results": [{"category": "INSULTS", "severityScore": 0.4}]},
                "promptAttack": {},
                "sensitiveInformation": {
                    "results": [{
                        "type": "EMAIL", "confidenceScore": 0.9, "beginOffset": 5, "endOffset": 16,
                        "messageIndex": 1, "contentIndex": 0,
                    }],
                    "truncated": true,
                },
            },
            "usage": {"contentFilter": {"textUnits": 1}, "sensitiveInformation": {"textUnits": 2}},
        });
        let read = |body: &serde_json::Value| {
            let body = body.to_string();
            InvokeGuardrailChecksResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes())
        };
        let response = read(&body).unwrap();
        let entities = response.results.sensitive_information.unwrap();
        let entity = &entities.results[0];
        assert_eq!(entity.r#type, GuardrailChecksSensitiveInformationEntityType::Email);
        assert_eq!((entity.message_index, entity.begin_offset, entity.end_offset), (1, 5, 16));
        assert_eq!(entities.truncated, Some(true));
        assert!(response.results.prompt_attack.unwrap().results.is_empty(), "a missing list is empty");
        assert_eq!(response.usage.sensitive_information.unwrap().text_units, 2);
        assert_eq!(response.usage.prompt_attack, None);

        let corrected = read(&json!({"results": {}})).unwrap();
        assert_eq!(corrected.corrections()[0].to_string(), "usage is missing");
    }
}
