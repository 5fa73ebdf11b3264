//! Requests from JSON: strict reading, with a warning for each unknown member.

use super::mistake::{Judged, judge};
use super::{ValidationError, ValidationWarning};
use crate::apply_guardrail::ApplyGuardrailRequest;
use crate::count_tokens::CountTokensRequest;
use crate::invoke_guardrail_checks::InvokeGuardrailChecksRequest;
use crate::json::{CorrectionKind, Fault, FromJson, Mode, Object, Reader};
use crate::request::ConverseRequest;
use crate::types::Document;

/// Used if no member is part of the path.
const NONE: [&str; 0] = [];

macro_rules! from_json {
    ($($request:ty: $article:literal $name:literal, $in_path:expr;)*) => {$(
        impl $request {
            #[doc = concat!("Reads ", $article, " ", $name, " from JSON, in boto3's form: `modelId` and the like are among the")]
            /// other members. Unknown members are kept and sent, unless they are a known mistake.
            ///
            /// # Errors
            /// If the text is not a JSON object, a member does not have the type of the service model, or a member is a
            /// known mistake, such as `max_tokens` or a block in a model's own format.
            pub fn from_json(json: &str) -> Result<Self, ValidationError> {
                Self::from_json_with_warnings(json).map(|(request, _)| request)
            }

            /// [`from_json`](Self::from_json), with a warning for each unknown member.
            ///
            /// # Errors
            /// As [`from_json`](Self::from_json)'s.
            pub fn from_json_with_warnings(
                json: &str,
            ) -> Result<(Self, Vec<ValidationWarning>), ValidationError> {
                read(concat!($article, " ", $name), json)
            }

            /// Reads the request from JSON without checks; its members are sent unchanged.
            ///
            /// # Errors
            /// If the text is not a JSON object.
            pub fn from_json_unchecked(json: &str) -> Result<Self, ValidationError> {
                let what = concat!($article, " ", $name);
                let (json, request) = read_unchecked::<Self>(what, json)?;
                let object = Object::read(json);
                let members = object.members().filter(|(name, _)| !$in_path.contains(name));
                // A member set by `extra` replaces the typed one.
                Ok(members.fold(request, |request, (name, json)| request.extra(name, Document::from_checked(json))))
            }
        }
    )*};
}
from_json! {
    ConverseRequest: "a" "Converse request", ["modelId"];
    CountTokensRequest: "a" "CountTokens request", ["modelId"];
    ApplyGuardrailRequest: "an" "ApplyGuardrail request", ["guardrailIdentifier", "guardrailVersion"];
    InvokeGuardrailChecksRequest: "an" "InvokeGuardrailChecks request", NONE;
}

fn read<'a, T: FromJson<'a>>(
    what: &str,
    json: &'a str,
) -> Result<(T, Vec<ValidationWarning>), ValidationError> {
    let json = json.trim_start_matches('\u{feff}');
    let (request, reader) =
        crate::json::read(json, "", Mode::Request).map_err(|fault| not_json(what, json, &fault))?;
    checked(what, reader).map(|warnings| (request, warnings))
}

fn read_unchecked<'a, T: FromJson<'a>>(what: &str, json: &'a str) -> Result<(&'a str, T), ValidationError> {
    let json = json.trim_start_matches('\u{feff}');
    let (request, _) =
        crate::json::read(json, "", Mode::Exact).map_err(|fault| not_json(what, json, &fault))?;
    if json.trim_ascii_start().starts_with('{') {
        return Ok((json, request));
    }
    Err(ValidationError { path: String::new(), message: format!("not {what}: not a JSON object") })
}

/// Creates the error for text that is not JSON, with line and column.
fn not_json(what: &str, json: &str, fault: &Fault) -> ValidationError {
    let before = json.get(..fault.offset).unwrap_or(json);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    ValidationError {
        path: String::new(),
        message: format!("not {what}: {fault} (line {line}, column {column})"),
    }
}

/// Returns the warnings of a request that was read, or its first mistake.
fn checked(what: &str, reader: Reader<'_>) -> Result<Vec<ValidationWarning>, ValidationError> {
    let mut warnings = Vec::new();
    for unknown in &reader.unknown {
        let path = match &*unknown.parent {
            "" => unknown.name.clone(),
            parent => format!("{parent}.{}", unknown.name),
        };
        match judge(&unknown.parent, &unknown.name, unknown.json, unknown.known) {
            Judged::Mistake(advice) => {
                return Err(ValidationError {
                    path,
                    message: format!("is not a member of {what}; {advice}"),
                });
            }
            Judged::Unknown => {
                let message = format!("is not a known member of {what}; it is sent as it is");
                warnings.push(ValidationWarning { path, message });
            }
        }
    }
    for correction in reader.corrections.into_vec() {
        match correction.kind {
            // The union is kept unchanged; `validate` decides whether it is a mistake.
            CorrectionKind::NoMember | CorrectionKind::SeveralMembers => {}
            _ if correction.path.is_empty() => {
                return Err(ValidationError {
                    path: String::new(),
                    message: format!("not {what}: {correction}"),
                });
            }
            _ => {
                let message = correction.to_string();
                let message = message.strip_prefix(&*correction.path).unwrap_or(&message).trim_start();
                return Err(ValidationError { message: message.to_owned(), path: correction.path });
            }
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        let read = ConverseRequest::from_json(json);
        read.and_then(|request| request.validate()).unwrap_err().to_string()
    }

    #[test]
    fn known_mistakes_are_refused_with_what_to_write() {
        let messages =
            |block: &str| format!(r#"{{"modelId":"m","messages":[{{"role":"user","content":[{block}]}}]}}"#);
        for (json, expected) in [
            (
                &*messages(r#"{"type":"text","text":"hi"}"#),
                "messages[0].content[0] has the member `type`, but that is a model's own format, not Converse's: write {\"text\": \"…\"}",
            ),
            (
                r#"{"inferenceConfig":{"maxTokens":5,"top_p":1}}"#,
                "inferenceConfig.top_p is not a member of a Converse request; it is spelled `topP`",
            ),
            (
                r#"{"inferenceConfig":{"maxTokens":5,"top_k":1}}"#,
                "inferenceConfig.top_k is not a member of a Converse request; it belongs in additionalModelRequestFields: {\"top_k\": 1}",
            ),
            (
                r#"{"max_tokens":5}"#,
                "max_tokens is not a member of a Converse request; it belongs in inferenceConfig, spelled `maxTokens`",
            ),
            (
                r#"{"response_format":{"type":"json_schema"}}"#,
                "response_format is not a member of a Converse request; it belongs in outputConfig.textFormat",
            ),
            (
                &*messages(r#"{"text":"hi","cache_control":{"type":"ephemeral"}}"#),
                "messages[0].content[0] has the member `cache_control`, but it is a separate block after this one: {\"cachePoint\": {\"type\": \"default\"}}",
            ),
            (r#"{"message":[]}"#, "message is not a member of a Converse request; it is spelled `messages`"),
            (r#"{"messages":{}}"#, "messages is not a list"),
            (r#"{"messages":[{"role":"user"}]}"#, "messages[0].content is missing"),
            (
                "{",
                "not a Converse request: invalid JSON at byte 1 (end of input): expected a string (line 1, column 2)",
            ),
            (
                "{\n \"messages\": [\n  x]}",
                "not a Converse request: invalid JSON at byte 19: expected a value (line 3, column 3)",
            ),
            ("[]", "not a Converse request: is not an object"),
        ] {
            assert_eq!(error(json), expected, "{json}");
        }
    }

    #[test]
    fn unknown_members_are_kept_with_a_warning() {
        let json =
            r#"{"messages":[{"role":"user","content":[{"text":"hi"}],"mood":1.50}],"hologram":{"depth":3}}"#;
        let (request, warnings) = ConverseRequest::from_json_with_warnings(json).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), json);
        let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            warnings,
            [
                "messages[0].mood is not a known member of a Converse request; it is sent as it is",
                "hologram is not a known member of a Converse request; it is sent as it is",
            ]
        );
    }

    #[test]
    fn unchecked_members_are_sent_as_they_are() {
        let json =
            r#"{"messages":[{"role":7,"content":[{"type":"text","text":"hi"}]}],"top_k":1.50,"x":null}"#;
        let with_id = json.replacen('{', r#"{"modelId":"m","#, 1);
        let request = ConverseRequest::from_json_unchecked(&with_id).unwrap();
        assert_eq!((serde_json::to_string(&request).unwrap(), &*request.model_id), (json.to_owned(), "m"));
        let json = r#"{"source":7,"content":{}}"#;
        let request = ApplyGuardrailRequest::from_json_unchecked(json).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), json);
        assert!(ConverseRequest::from_json_unchecked("[]").is_err());
    }

    #[test]
    fn absent_null_and_empty_are_the_same() {
        assert!(ConverseRequest::from_json(r#"{"messages":[],"system":[],"toolConfig":null}"#).is_ok());
        assert!(ConverseRequest::from_json("\u{feff}{}").is_ok());
    }

    #[test]
    fn members_of_the_path_are_among_the_others() {
        let request = ConverseRequest::from_json(r#"{"modelId":"m"}"#).unwrap();
        assert_eq!(request.model_id, "m");
        let request = ApplyGuardrailRequest::from_json(
            r#"{"guardrailIdentifier":"g","guardrailVersion":"1","source":"INPUT","content":[{"text":{"text":"a"}}]}"#,
        );
        assert_eq!(request.unwrap().guardrail_identifier, "g");
    }

    #[test]
    fn documents_come_through_as_written() {
        let json = r#"{"additionalModelRequestFields":{"z":1.10,"a":12345678901234567890123}}"#;
        let request = ConverseRequest::from_json(json);
        let fields = request.unwrap().additional_model_request_fields.unwrap();
        assert_eq!(fields.as_json(), r#"{"z":1.10,"a":12345678901234567890123}"#);
    }
}
