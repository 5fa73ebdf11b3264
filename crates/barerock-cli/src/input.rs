//! What the user gives: JSON inline, in a file or on standard input, and what is made of it.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::mpsc;

use barerock::types::Document;
use serde_json::Value;

use crate::exit::Failure;

/// The value of an option that stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// How long standard input may say nothing before the user is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything on standard input, as text.
pub(crate) fn standard_input() -> Result<String, Failure> {
    let (_done, waiting) = mpsc::channel::<()>();
    // Ends when `_done` is dropped, or with the program.
    std::thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            tell!("reading standard input until it ends; start with </dev/null to give none");
        }
    });
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    Ok(text)
}

/// The text an option's value stands for: itself, a file's or standard input's.
fn text_of(option: &str, value: &str) -> Result<String, Failure> {
    if value == STANDARD_INPUT {
        return standard_input();
    }
    let Some(path) = value.strip_prefix("file://") else { return Ok(value.to_owned()) };
    #[expect(clippy::disallowed_methods, reason = "the user named the file")]
    let text = std::fs::read_to_string(path);
    text.map_err(|error| Failure::usage(format!("{option}: {path} cannot be read: {error}")))
}

pub(crate) fn json_of(option: &str, value: &str) -> Result<Document, Failure> {
    let text = text_of(option, value)?;
    Document::from_json(text.trim()).map_err(|error| Failure::usage(format!("{option} is not JSON: {error}")))
}

/// A member of a request, and the option that gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'static str,
    pub(crate) option: &'static str,
    pub(crate) value: Option<&'a str>,
    /// Whether the option's value is text as it stands, and not JSON.
    pub(crate) plain: bool,
}

/// The JSON object the options make up. Members of `--cli-input-json` give way to options of their own.
pub(crate) fn json_object(whole: Option<&str>, members: &[Member<'_>]) -> Result<String, Failure> {
    const WHOLE: &str = "--cli-input-json";
    let json = members.iter().filter(|member| !member.plain).filter_map(|member| member.value);
    if json.chain(whole).filter(|value| *value == STANDARD_INPUT).count() > 1 {
        return Err(Failure::usage("standard input can be read only once, but more than one option is -"));
    }
    let mut object: BTreeMap<&str, Document> = BTreeMap::new();
    let given = whole.map(|value| json_of(WHOLE, value)).transpose()?;
    if let Some(given) = &given {
        object = given.parse().map_err(|_| {
            Failure::usage(format!("{WHOLE} is not a JSON object: give the members of the request"))
        })?;
        if members.iter().all(|member| member.value.is_none()) {
            // As it was given, so that an error's line and column are those of what was given.
            return Ok(given.to_string());
        }
    }
    for member in members {
        let Some(value) = member.value else { continue };
        let value = if member.plain { Value::from(value).into() } else { json_of(member.option, value)? };
        object.insert(member.name, value);
    }
    serde_json::to_string(&object).map_err(Failure::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_beat_the_whole_and_documents_stay_as_written() {
        let members = [
            Member { name: "modelId", option: "--model-id", value: Some("m"), plain: true },
            Member {
                name: "a",
                option: "--a",
                value: Some(r#"{"z":1.10,"b":12345678901234567890123}"#),
                plain: false,
            },
            Member { name: "b", option: "--b", value: None, plain: false },
        ];
        let object = json_object(Some(r#"{"modelId":"other","a":1,"c":[ 1.0 ]}"#), &members).unwrap();
        assert_eq!(object, r#"{"a":{"z":1.10,"b":12345678901234567890123},"c":[ 1.0 ],"modelId":"m"}"#);
    }
}
