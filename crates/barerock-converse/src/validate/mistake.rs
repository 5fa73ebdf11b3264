//! Detection of unknown members that are mistakes: misspelled, misplaced, or in a model's own format.

use super::path::Path;
use super::{Checked, ValidationError};
use crate::json::Object;
use crate::types::UnknownMember;

/// Members of blocks and tools in the models' own formats (InvokeModel).
const FOREIGN: [&str; 10] = [
    "type",
    "source",
    "id",
    "tool_use_id",
    "signature",
    "data",
    "media_type",
    "name",
    "description",
    "properties",
];

/// Converse equivalents, by the `type` of a block in a model's own format.
const INSTEAD: [(&str, &str); 10] = [
    ("text", r#"{"text": "…"}"#),
    ("image", IMAGE),
    ("image_url", IMAGE),
    ("document", r#"{"document": {"format": "pdf", "name": "…", "source": {"bytes": "…"}}}"#),
    ("tool_use", r#"{"toolUse": {"toolUseId": "…", "name": "…", "input": {…}}}"#),
    ("tool_result", r#"{"toolResult": {"toolUseId": "…", "content": [{"text": "…"}]}}"#),
    ("thinking", r#"{"reasoningContent": {"reasoningText": {"text": "…", "signature": "…"}}}"#),
    ("redacted_thinking", r#"{"reasoningContent": {"redactedContent": "…"}}"#),
    ("base64", r#"{"bytes": "…"}"#),
    ("tool", r#"{"tool": {"name": "…"}}"#),
];
const IMAGE: &str = r#"{"image": {"format": "png", "source": {"bytes": "…"}}}"#;

/// Members of other APIs and their place in a Converse request, by name in lower case without separators.
const PLACES: [(&str, Place); 17] = [
    ("topk", Place::ModelFields),
    ("seed", Place::ModelFields),
    ("thinking", Place::ModelFields),
    ("reasoningeffort", Place::ModelFields),
    ("reasoningconfig", Place::ModelFields),
    ("anthropicversion", Place::ModelFields),
    ("anthropicbeta", Place::ModelFields),
    ("frequencypenalty", Place::ModelFields),
    ("presencepenalty", Place::ModelFields),
    ("maxtokens", Place::Inference("maxTokens")),
    ("temperature", Place::Inference("temperature")),
    ("topp", Place::Inference("topP")),
    ("stopsequences", Place::Inference("stopSequences")),
    ("stop", Place::Inference("stopSequences")),
    (
        "cachecontrol",
        Place::At(r#"it is a separate block after this one: {"cachePoint": {"type": "default"}}"#),
    ),
    ("responseformat", Place::At("it belongs in outputConfig.textFormat")),
    (
        "inputschema",
        Place::At(
            r#"it is toolSpec.inputSchema.json: {"toolSpec": {"name": "…", "inputSchema": {"json": {…}}}}"#,
        ),
    ),
];

enum Place {
    /// In `additionalModelRequestFields`.
    ModelFields,
    /// In `inferenceConfig`, under this name.
    Inference(&'static str),
    /// Elsewhere, described in words.
    At(&'static str),
}

/// Classification of an unknown member.
pub(super) enum Judged {
    /// A mistake, with its correction.
    Mistake(String),
    /// A member this crate does not know; the service may know it.
    Unknown,
}

/// Returns the letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// Classifies an unknown member. `parent` is the path of the object it is a member of, `known` are the members the
/// object has in the model, each followed by a `|`.
pub(super) fn judge(parent: &str, name: &str, json: &str, known: &str) -> Judged {
    let given = letters(name);
    let known = || known.split_terminator('|');
    let spelled =
        known().find(|known| letters(known) == given || letters(known).trim_end_matches('s') == given);
    let place = PLACES.iter().find(|(letters, _)| *letters == given).map(|(_, place)| place);
    let advice = match (place, spelled) {
        (Some(Place::At(advice)), _) => (*advice).to_owned(),
        (_, Some(spelled)) => format!("it is spelled `{spelled}`"),
        (Some(Place::ModelFields), None) if is_of_request(parent) => {
            format!("it belongs in additionalModelRequestFields: {{\"{name}\": {}}}", gist_of(json))
        }
        (Some(Place::Inference(spelled)), None) if parent.is_empty() => {
            format!("it belongs in inferenceConfig, spelled `{spelled}`")
        }
        _ if given == "imageurl" => format!("{FORMAT}: write {IMAGE}"),
        _ if parent.is_empty() && matches!(&*given, "tools" | "toolchoice") => {
            "it belongs in toolConfig".to_owned()
        }
        // A structure may gain any member in a later service model; only in a union do these names indicate another
        // format.
        _ if FOREIGN.contains(&name) && name == "type" => match instead(json.trim_matches('"')) {
            Some(instead) => instead,
            None => return Judged::Unknown,
        },
        _ => return Judged::Unknown,
    };
    Judged::Mistake(advice)
}

/// True for the path of the request or of its inference configuration.
fn is_of_request(parent: &str) -> bool {
    matches!(parent, "" | "inferenceConfig")
}

/// Returns a short value unchanged, and a placeholder for a long one.
fn gist_of(json: &str) -> &str {
    /// Maximum length of a shown value, in bytes.
    const SHOWN: usize = 40;
    if json.len() <= SHOWN { json } else { "…" }
}

/// Rejects a union whose member is a mistake, and one that has known members but not exactly one.
pub(super) fn unknown(at: &Path<'_>, member: &UnknownMember, known: &[&str]) -> Checked {
    if !member.name.is_empty() {
        return one(at, &member.name, member.value.as_json(), known, &[]);
    }
    let object = Object::read(member.value.as_json());
    let names: Vec<_> = object.members().map(|(name, _)| name).collect();
    for (name, json) in object.members().filter(|(name, _)| !known.contains(name)) {
        one(at, name, json, known, &names)?;
    }
    let rule = || format!("must have exactly one of {}", known.join(", "));
    let mut known_ones = names.iter().filter(|name| known.contains(name));
    match (known_ones.next(), known_ones.next()) {
        (Some(first), Some(second)) => {
            Err(ValidationError::new(at, &format!("has the members `{first}` and `{second}`"), &rule()))
        }
        (None, None) if names.is_empty() => Err(ValidationError::new(at, "has no member", &rule())),
        _ => Ok(()),
    }
}

/// Rejects one member of a union if it is a mistake; `beside` are the names of all members.
fn one(at: &Path<'_>, name: &str, json: &str, known: &[&str], beside: &[&str]) -> Checked {
    let found = format!("has the member `{name}`");
    let names: String = known.iter().flat_map(|name| [*name, "|"]).collect();
    let rule = match judge(&at.to_string(), name, json, &names) {
        Judged::Mistake(advice) => advice,
        Judged::Unknown if !FOREIGN.contains(&name) && name != "thinking" => return Ok(()),
        // The member with the more specific message is reported.
        Judged::Unknown
            if beside.iter().any(|other| *other != name && matches!(*other, "type" | "input_schema")) =>
        {
            return Ok(());
        }
        Judged::Unknown => format!("{FORMAT}: write an object with one member of {}", known.join(", ")),
    };
    Err(ValidationError::new(at, &found, &rule))
}

const FORMAT: &str = "that is a model's own format, not Converse's";

/// Returns the Converse equivalent of a block with this `type` in a model's own format.
fn instead(kind: &str) -> Option<String> {
    let (_, instead) = INSTEAD.iter().find(|(name, _)| *name == kind)?;
    Some(format!("{FORMAT}: write {instead}"))
}

#[cfg(test)]
mod tests {
    use crate::ConverseRequest;

    fn said(block: &str) -> String {
        let json = format!(r#"{{"modelId":"m","messages":[{{"role":"user","content":[{block}]}}]}}"#);
        let request: ConverseRequest = serde_json::from_str(&json).unwrap();
        request.validate().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn tools_of_another_format_are_told() {
        for (tool, expected) in [
            (
                r#"{"name":"t","input_schema":{"type":"object"}}"#,
                r#"toolConfig.tools[0] has the member `input_schema`, but it is toolSpec.inputSchema.json: {"toolSpec": {"name": "…", "inputSchema": {"json": {…}}}}"#,
            ),
            (
                r#"{"toolSpec":{"name":"t","inputSchema":{"type":"object","properties":{}}}}"#,
                "toolConfig.tools[0].toolSpec.inputSchema has the member `type`, but that is a model's own format, not Converse's: write an object with one member of json",
            ),
        ] {
            let json = format!(r#"{{"modelId":"m","toolConfig":{{"tools":[{tool}]}}}}"#);
            let request: ConverseRequest = serde_json::from_str(&json).unwrap();
            assert_eq!(request.validate().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn mistakes_are_told_from_the_unknown() {
        for (block, expected) in [
            (
                r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAEC"}}"#,
                r#"messages[0].content[0] has the member `type`, but that is a model's own format, not Converse's: write {"image": {"format": "png", "source": {"bytes": "…"}}}"#,
            ),
            (
                r#"{"tool_use_id":"a","content":"x","type":"tool_result"}"#,
                r#"messages[0].content[0] has the member `type`, but that is a model's own format, not Converse's: write {"toolResult": {"toolUseId": "…","#,
            ),
            (
                r#"{"tool_use":{"toolUseId":"a"}}"#,
                "messages[0].content[0] has the member `tool_use`, but it is spelled `toolUse`",
            ),
            (r#"{"Text":"hi"}"#, "messages[0].content[0] has the member `Text`, but it is spelled `text`"),
            (
                r#"{"image":{"format":"png","source":{"type":"base64","data":"AAEC"}}}"#,
                r#"messages[0].content[0].image.source has the member `type`, but that is a model's own format, not Converse's: write {"bytes": "…"}"#,
            ),
            (r#"{"hologram":{"depth":3}}"#, ""),
            (r#"{"hologram":{"depth":3},"text":"beside"}"#, ""),
            (
                r#"{"type":"text","text":"hi"}"#,
                r#"messages[0].content[0] has the member `type`, but that is a model's own format, not Converse's: write {"text": "…"}"#,
            ),
            (
                r#"{"image_url":{"url":"https://example.com"}}"#,
                r#"messages[0].content[0] has the member `image_url`, but that is a model's own format, not Converse's: write {"image": "#,
            ),
            (
                r#"{"text":"a","image":{}}"#,
                "messages[0].content[0] has the members `text` and `image`, but must have exactly one of text, image",
            ),
            ("{}", "messages[0].content[0] has no member, but must have exactly one of text, image"),
        ] {
            let found = said(block);
            assert!(
                found.starts_with(expected) && found.is_empty() == expected.is_empty(),
                "{block}: {found}"
            );
        }
    }
}
