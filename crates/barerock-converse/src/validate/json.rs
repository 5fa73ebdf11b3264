//! Requests from JSON, strictly: what a request has no place for is refused instead of dropped.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ValidationError;
use super::mistake::instead;
use crate::apply_guardrail::ApplyGuardrailRequest;
use crate::count_tokens::CountTokensRequest;
use crate::invoke_guardrail_checks::InvokeGuardrailChecksRequest;
use crate::request::ConverseRequest;

macro_rules! from_json {
    ($($request:ty: $article:literal $name:literal, $in_path:expr;)*) => {$(
        impl $request {
            #[doc = concat!("Reads ", $article, " ", $name, " from JSON, in boto3's form: `modelId` and the like stand")]
            /// among the other members. Unlike `Deserialize`, which passes over what it does not know, this refuses a
            /// member that would not be sent.
            ///
            /// # Errors
            /// If the text is not JSON, has not the shape of the request, or holds a member the request has no place
            /// for.
            pub fn from_json(json: &str) -> Result<Self, ValidationError> {
                read(concat!($article, " ", $name), &$in_path, json)
            }
        }
    )*};
}
from_json! {
    ConverseRequest: "a" "Converse request", ["modelId"];
    CountTokensRequest: "a" "CountTokens request", ["modelId"];
    ApplyGuardrailRequest: "an" "ApplyGuardrail request", ["guardrailIdentifier", "guardrailVersion"];
    InvokeGuardrailChecksRequest: "an" "InvokeGuardrailChecks request", [];
}

fn read<T: Serialize + DeserializeOwned>(
    what: &str,
    in_path: &[&str],
    json: &str,
) -> Result<T, ValidationError> {
    let wrong = |error: serde_json::Error| ValidationError {
        path: String::new(),
        message: format!("not {what}: {error}"),
    };
    let request: T = serde_json::from_str(json).map_err(wrong)?;
    let mut given: Value = serde_json::from_str(json).map_err(wrong)?;
    if let Some(members) = given.as_object_mut() {
        members.retain(|name, _| !in_path.contains(&&**name));
    }
    let kept = serde_json::to_value(&request).map_err(wrong)?;
    let Some(dropped) = dropped(&given, &kept) else { return Ok(request) };
    let message = format!("is not a member of {what}{}", dropped.advice);
    Err(ValidationError { path: dropped.path.trim_start_matches('.').to_owned(), message })
}

struct Dropped {
    path: String,
    advice: String,
}

/// The first member that is in `given` but not in `kept`.
fn dropped(given: &Value, kept: &Value) -> Option<Dropped> {
    let within = |step: String, dropped: Dropped| Dropped { path: step + &dropped.path, ..dropped };
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, value)| {
            let found = match kept.get(name) {
                Some(kept) => dropped(value, kept),
                // A null member is an absent one, and an empty list of messages says nothing.
                None if value.is_null() || (name == "messages" && value == &Value::Array(Vec::new())) => None,
                None => Some(Dropped { path: String::new(), advice: advice(name, value) }),
            };
            found.map(|found| within(format!(".{name}"), found))
        }),
        (Value::Array(given), Value::Array(kept)) => {
            given.iter().zip(kept).enumerate().find_map(|(index, (given, kept))| {
                dropped(given, kept).map(|found| within(format!("[{index}]"), found))
            })
        }
        _ => None,
    }
}

fn advice(name: &str, value: &Value) -> String {
    if let Some(instead) = value.as_str().filter(|_| name == "type").and_then(instead) {
        return format!("; {instead}");
    }
    if !name.contains('_') {
        return String::new();
    }
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    let camel = words.fold(first, |name, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &capital.into_iter().chain(letters).collect::<String>()
    });
    format!("; names are spelled like `{camel}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        ConverseRequest::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn what_has_no_place_is_named() {
        for (json, expected) in [
            (
                r#"{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#,
                "messages[0].content[0].type is not a member of a Converse request; that is a model's own format, not Converse's: write {\"text\": \"…\"}",
            ),
            (
                r#"{"inferenceConfig":{"maxTokens":5,"top_p":1}}"#,
                "inferenceConfig.top_p is not a member of a Converse request; names are spelled like `topP`",
            ),
            (r#"{"message":[]}"#, "message is not a member of a Converse request"),
        ] {
            assert_eq!(error(json), expected);
        }
        assert!(error(r#"{"messages":{}}"#).contains("expected a sequence"));
        assert!(error("{").starts_with("not a Converse request: EOF"));
    }

    #[test]
    fn absent_null_and_empty_are_the_same() {
        assert!(ConverseRequest::from_json(r#"{"messages":[],"system":[],"toolConfig":null}"#).is_ok());
    }

    #[test]
    fn what_travels_in_the_path_has_its_place() {
        let request = ConverseRequest::from_json(r#"{"modelId":"m"}"#).unwrap();
        assert_eq!(request.model_id, "m");
        let request = ApplyGuardrailRequest::from_json(
            r#"{"guardrailIdentifier":"g","guardrailVersion":"1","source":"INPUT","content":[{"text":{"text":"a"}}]}"#,
        );
        assert_eq!(request.unwrap().guardrail_identifier, "g");
        let error = CountTokensRequest::from_json(r#"{"input":{"converse":{"inferenceConfig":{}}}}"#);
        assert_eq!(
            error.unwrap_err().to_string(),
            "input.converse.inferenceConfig is not a member of a CountTokens request"
        );
    }

    #[test]
    fn documents_come_through_as_written() {
        let request = ConverseRequest::from_json(
            r#"{"additionalModelRequestFields":{"z":1.10,"a":12345678901234567890123}}"#,
        );
        let fields = request.unwrap().additional_model_request_fields.unwrap();
        assert_eq!(fields.as_json(), r#"{"z":1.10,"a":12345678901234567890123}"#);
    }
}
