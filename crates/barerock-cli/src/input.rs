//! What the user gives: JSON inline, in a file or on standard input, and what is made of it.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::mpsc;

use barerock::ConverseRequest;
use barerock::types::Document;
use serde_json::Value;

use crate::args;
use crate::exit::Failure;

/// How long standard input may say nothing before the user is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything on standard input, as text.
pub(crate) fn standard_input() -> Result<String, Failure> {
    let (_done, waiting) = mpsc::channel::<()>();
    // Ends when `_done` is dropped, or with the program.
    std::thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("reading standard input until it ends; start with </dev/null to give none");
        }
    });
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::io("standard input cannot be read", error))?;
    Ok(text)
}

/// The text an option's value stands for: itself, a file's or standard input's.
fn text_of(option: &str, value: &str) -> Result<String, Failure> {
    if value == "-" {
        return standard_input();
    }
    let Some(path) = value.strip_prefix("file://") else { return Ok(value.to_owned()) };
    #[expect(clippy::disallowed_methods, reason = "the user named the file")]
    let text = std::fs::read_to_string(path);
    text.map_err(|error| Failure::usage(format!("{option}: {path} cannot be read: {error}")))
}

fn json_of(option: &str, value: &str) -> Result<Document, Failure> {
    let text = text_of(option, value)?;
    Document::from_json(text.trim()).map_err(|error| Failure::usage(format!("{option} is not JSON: {error}")))
}

/// The request the options make up. Members of `--cli-input-json` give way to options of their own.
pub(crate) fn request(given: &args::Request) -> Result<ConverseRequest, Failure> {
    const WHOLE: &str = "--cli-input-json";
    let mut members: BTreeMap<String, Document> = match &given.cli_input_json {
        Some(value) => json_of(WHOLE, value)?.parse().map_err(|_| {
            Failure::usage(format!("{WHOLE} is not a JSON object: give the members of the request"))
        })?,
        None => BTreeMap::new(),
    };
    let options = [
        ("messages", "--messages", &given.messages),
        ("system", "--system", &given.system),
        ("inferenceConfig", "--inference-config", &given.inference_config),
        ("toolConfig", "--tool-config", &given.tool_config),
        ("guardrailConfig", "--guardrail-config", &given.guardrail_config),
        (
            "additionalModelRequestFields",
            "--additional-model-request-fields",
            &given.additional_model_request_fields,
        ),
        ("promptVariables", "--prompt-variables", &given.prompt_variables),
        (
            "additionalModelResponseFieldPaths",
            "--additional-model-response-field-paths",
            &given.additional_model_response_field_paths,
        ),
        ("requestMetadata", "--request-metadata", &given.request_metadata),
        ("performanceConfig", "--performance-config", &given.performance_config),
        ("serviceTier", "--service-tier", &given.service_tier),
        ("outputConfig", "--output-config", &given.output_config),
    ];
    let all =
        options.iter().filter_map(|(_, _, value)| value.as_deref()).chain(given.cli_input_json.as_deref());
    if all.filter(|value| *value == "-").count() > 1 {
        return Err(Failure::usage("standard input can be read only once, but more than one option is -"));
    }
    for (member, option, value) in options {
        if let Some(value) = value {
            members.insert(member.to_owned(), json_of(option, value)?);
        }
    }
    let mut request = parse(&members)?;
    if let Some(model_id) = &given.model_id {
        request.model_id.clone_from(model_id);
    }
    if request.model_id.is_empty() {
        return Err(Failure::usage("no model: name one with --model-id, or as modelId in --cli-input-json"));
    }
    Ok(request)
}

/// Reads the members, and refuses what the request has no place for instead of dropping it.
fn parse(members: &BTreeMap<String, Document>) -> Result<ConverseRequest, Failure> {
    let wrong = |error: serde_json::Error| Failure::usage(format!("not a Converse request: {error}"));
    let text = serde_json::to_string(members).map_err(wrong)?;
    let request: ConverseRequest = serde_json::from_str(&text).map_err(wrong)?;
    let mut given: Value = serde_json::from_str(&text).map_err(wrong)?;
    // The path holds it, not the body.
    given.as_object_mut().map(|members| members.remove("modelId"));
    let kept = serde_json::to_value(&request).map_err(wrong)?;
    match dropped(&given, &kept) {
        None => Ok(request),
        Some(path) => {
            let advice = if path.ends_with(".type") && path.contains("content") {
                "; a Converse content block is {\"text\": \"…\"}, without a type, unlike the model's own format"
            } else {
                ""
            };
            Err(Failure::usage(format!(
                "`{}` is not a member of a Converse request{advice}",
                path.trim_start_matches('.')
            )))
        }
    }
}

/// The path of the first member that is in `given` but not in `kept`.
fn dropped(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, value)| {
            let path = match kept.get(name) {
                // A null member is an absent one, and so is an empty list of these two.
                None if value.is_null() => None,
                None if ["messages", "system"].contains(&&**name)
                    && value.as_array().is_some_and(Vec::is_empty) =>
                {
                    None
                }
                None => Some(String::new()),
                Some(kept) => dropped(value, kept),
            };
            path.map(|path| format!(".{name}{path}"))
        }),
        (Value::Array(given), Value::Array(kept)) => {
            given.iter().zip(kept).enumerate().find_map(|(index, (given, kept))| {
                dropped(given, kept).map(|path| format!("[{index}]{path}"))
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<ConverseRequest, String> {
        parse(&serde_json::from_str(json).unwrap()).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn documents_come_through_as_written() {
        let request =
            parsed(r#"{"additionalModelRequestFields":{"z":1.10,"a":12345678901234567890123}}"#).unwrap();
        let fields = request.additional_model_request_fields.unwrap();
        assert_eq!(fields.as_json(), r#"{"z":1.10,"a":12345678901234567890123}"#);
    }

    #[test]
    fn what_has_no_place_is_named() {
        let error =
            parsed(r#"{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#).unwrap_err();
        assert!(
            error.contains("`messages[0].content[0].type`") && error.contains("without a type"),
            "{error}"
        );
        let error = parsed(r#"{"inferenceConfig":{"maxTokens":5,"top_p":1}}"#).unwrap_err();
        assert!(error.contains("`inferenceConfig.top_p`"), "{error}");
        let error = parsed(r#"{"message":[]}"#).unwrap_err();
        assert!(error.contains("`message`"), "{error}");
        assert!(parsed(r#"{"system":[],"toolConfig":null}"#).is_ok());
        let error = parsed(r#"{"messages":{}}"#).unwrap_err();
        assert!(error.contains("expected a sequence"), "{error}");
    }
}
