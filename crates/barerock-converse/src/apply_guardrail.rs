//! ApplyGuardrail: what a guardrail says to a text or a picture, without a model.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::Endpoint;
use crate::operation::{Label, RequestError, post};
use crate::response::{ResponseError, read};
use crate::types::{
    GuardrailAssessment, GuardrailContentBlock, GuardrailCoverage, GuardrailUsage, string_enum, structure,
};

string_enum! {
    /// What the content would be.
    GuardrailContentSource {
        /// What the model is told.
        Input = "INPUT",
        /// What the model answers.
        Output = "OUTPUT",
    }
}

string_enum! {
    /// What the answer tells of.
    GuardrailOutputScope {
        /// Only what the guardrail did something about.
        Interventions = "INTERVENTIONS",
        /// All of it.
        Full = "FULL",
    }
}

structure! {
    /// One call of ApplyGuardrail.
    ///
    /// Serialized, it is the HTTP body, without `guardrailIdentifier` and `guardrailVersion`, which travel in the path.
    /// Deserialized, it takes these too.
    ApplyGuardrailRequest {
        path {
            /// The guardrail: its id or ARN.
            guardrail_identifier: String,
            /// Its version: a number or `DRAFT`.
            guardrail_version: String,
        }
        required {
            /// What the content would be.
            source: GuardrailContentSource,
            /// What the guardrail looks at.
            content: Vec<GuardrailContentBlock>,
        }
        optional {
            /// What the answer tells of.
            output_scope: GuardrailOutputScope,
        }
    }
}

impl ApplyGuardrailRequest {
    /// The unsigned HTTP request.
    ///
    /// # Errors
    /// If the guardrail's id or version is empty, or the URI cannot be made of them.
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
    /// What the guardrail did.
    GuardrailAction {
        /// Nothing.
        None = "NONE",
        /// It stepped in.
        GuardrailIntervened = "GUARDRAIL_INTERVENED",
    }
}

structure! {
    /// What the guardrail would have said instead.
    GuardrailOutputContent {
        required {}
        optional {
            /// In words.
            text: String,
        }
    }
}

structure! {
    /// The answer to an ApplyGuardrail call.
    ApplyGuardrailResponse {
        required {
            /// What it cost.
            usage: GuardrailUsage,
            /// What the guardrail did.
            action: GuardrailAction,
        }
        lists {
            /// What it would have said instead.
            outputs: Vec<GuardrailOutputContent>,
            /// What it found.
            assessments: Vec<GuardrailAssessment>,
        }
        optional {
            /// Why it did what it did, in words.
            action_reason: String,
            /// How much of the content it looked at.
            guardrail_coverage: GuardrailCoverage,
        }
        received
    }
}

impl ApplyGuardrailResponse {
    /// Reads an answer: a success, or the error it holds.
    ///
    /// # Errors
    /// [`ResponseError::Service`] if the service says what went wrong, [`ResponseError::Json`] if a success is not an
    /// ApplyGuardrail response.
    pub fn from_http(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Self, ResponseError> {
        read("an ApplyGuardrail response", status, headers, body)
    }

    /// Whether the guardrail stepped in.
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
