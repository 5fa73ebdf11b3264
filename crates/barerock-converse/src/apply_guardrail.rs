//! ApplyGuardrail: evaluates text or images with a guardrail, without invoking a model.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::Endpoint;
use crate::operation::{Label, RequestError, post};
use crate::response::{ResponseError, read};
use crate::types::{
    GuardrailAssessment, GuardrailContentBlock, GuardrailCoverage, GuardrailUsage, string_enum, structure,
};

string_enum! {
    /// Whether content is model input or model output.
    GuardrailContentSource {
        /// Input of a model.
        Input = "INPUT",
        /// Output of a model.
        Output = "OUTPUT",
    }
}

string_enum! {
    /// Which findings the response contains.
    GuardrailOutputScope {
        /// Only findings with an action.
        Interventions = "INTERVENTIONS",
        /// All results, including those without a finding.
        Full = "FULL",
    }
}

structure! {
    /// An ApplyGuardrail request.
    ///
    /// Serializes to the HTTP body, without `guardrailIdentifier` and `guardrailVersion`, which are part of the path.
    /// Deserialization accepts both.
    ApplyGuardrailRequest {
        path {
            /// ID or ARN of the guardrail, 1 to 2,048 characters.
            guardrail_identifier: String,
            /// Version of the guardrail: a number or `DRAFT`.
            guardrail_version: String,
        }
        required {
            /// Whether the content is model input or model output.
            source: GuardrailContentSource,
            /// Content to evaluate.
            content: Vec<GuardrailContentBlock>,
        }
        optional {
            /// Which findings the response contains.
            output_scope: GuardrailOutputScope,
        }
    }
}

impl ApplyGuardrailRequest {
    /// Builds the unsigned HTTP request.
    ///
    /// # Errors
    /// If the guardrail ID or version is empty, or the endpoint and the path are not a valid URI.
    pub fn to_http(&self, endpoint: &Endpoint) -> Result<http::Request<Bytes>, RequestError> {
        for (member, label) in [
            ("guardrailIdentifier", &self.guardrail_identifier),
            ("guardrailVersion", &self.guardrail_version),
        ] {
            if label.is_empty() {
                return Err(RequestError::EmptyGuardrail(member));
            }
        }
        let (id, version) = (Label(&self.guardrail_identifier), Label(&self.guardrail_version));
        post(endpoint, format_args!("/guardrail/{id}/version/{version}/apply"), self).into_http()
    }
}

string_enum! {
    /// Result of a guardrail evaluation.
    GuardrailAction {
        /// The guardrail did not intervene.
        None = "NONE",
        /// The guardrail intervened.
        GuardrailIntervened = "GUARDRAIL_INTERVENED",
    }
}

structure! {
    /// Content that replaces the evaluated content.
    GuardrailOutputContent {
        required {}
        optional {
            /// Replacement text.
            text: String,
        }
    }
}

structure! {
    /// An ApplyGuardrail response.
    ApplyGuardrailResponse {
        required {
            /// Billed units, by policy.
            usage: GuardrailUsage,
            /// Whether the guardrail intervened.
            action: GuardrailAction,
        }
        lists {
            /// Content that replaces the evaluated content, such as a blocked message or masked text.
            outputs: Vec<GuardrailOutputContent>,
            /// Assessments of the content.
            assessments: Vec<GuardrailAssessment>,
        }
        optional {
            /// Reason for the action, as text.
            action_reason: String,
            /// Share of the content that the guardrail evaluated.
            guardrail_coverage: GuardrailCoverage,
        }
        received
    }
}

impl ApplyGuardrailResponse {
    /// Reads an HTTP response: a success, or the service error it contains.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the response is an error of the service, [`ResponseError::Json`] if the body of a
    /// success is not a JSON object.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("an ApplyGuardrail response", status, headers, body.to_vec())
    }

    /// True if the guardrail intervened.
    #[must_use]
    pub fn intervened(&self) -> bool {
        self.action == GuardrailAction::GuardrailIntervened
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{GuardrailPiiEntityType, GuardrailPolicyAction};

    #[test]
    fn the_guardrail_is_in_the_path() {
        let endpoint = Endpoint::for_region("us-east-1").unwrap();
        let arn = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";
        let mut request =
            ApplyGuardrailRequest::new(arn, "DRAFT", GuardrailContentSource::Input, ["is this fine?".into()])
                .output_scope(GuardrailOutputScope::Full);
        let http = request.to_http(&endpoint).unwrap();
        assert_eq!(
            http.uri().path(),
            "/guardrail/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aguardrail%2Fabc/version/DRAFT/apply"
        );
        assert_eq!(
            http.body(),
            r#"{"source":"INPUT","content":[{"text":{"text":"is this fine?"}}],"outputScope":"FULL"}"#
        );
        request.guardrail_version.clear();
        let error = request.to_http(&endpoint).unwrap_err().to_string();
        assert!(error.starts_with("guardrailVersion is empty"), "{error}");
    }

    #[test]
    fn findings_are_typed_and_a_missing_list_is_empty() {
        let body = json!({
            "usage": {
                "topicPolicyUnits": 0, "contentPolicyUnits": 0, "wordPolicyUnits": 0,
                "sensitiveInformationPolicyUnits": 1, "sensitiveInformationPolicyFreeUnits": 0,
                "contextualGroundingPolicyUnits": 0,
            },
            "action": "GUARDRAIL_INTERVENED",
            "outputs": [{"text": "mail {EMAIL}"}],
            "assessments": [{"sensitiveInformationPolicy": {
                "piiEntities": [{"type": "EMAIL", "match": "a@b.example", "action": "ANONYMIZED"}],
            }}],
        });
        let response =
            ApplyGuardrailResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.to_string().as_bytes())
                .unwrap();
        assert!(response.intervened());
        let policy = response.assessments[0].sensitive_information_policy.as_ref().unwrap();
        assert!(policy.regexes.is_empty());
        let entity = &policy.pii_entities[0];
        assert_eq!(
            (&entity.r#type, &entity.action),
            (&GuardrailPiiEntityType::Email, &GuardrailPolicyAction::Anonymized)
        );
    }
}
