//! Union members this crate does not know that are mistakes: misspelled, or of the models' own formats.

use super::path::Path;
use super::{Checked, ValidationError};
use crate::types::UnknownMember;

/// Members of the blocks and tools of the models' own formats (InvokeModel), which Converse's do not have.
const FOREIGN: [&str; 14] = [
    "type",
    "source",
    "id",
    "tool_use_id",
    "thinking",
    "signature",
    "data",
    "cache_control",
    "image_url",
    "media_type",
    "name",
    "description",
    "input_schema",
    "properties",
];

/// What to write instead, by the `type` of a block of a model's own format.
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

/// Refuses a member that is a known one misspelled or that comes from a model's own format; others pass.
pub(super) fn unknown(at: &Path<'_>, member: &UnknownMember, known: &[&str]) -> Checked {
    let found = format!("has the member `{}`", member.name);
    let letters = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
    };
    if let Some(meant) = known.iter().find(|known| letters(known) == letters(&member.name)) {
        return Err(ValidationError::new(at, &found, &format!("it is spelled `{meant}`")));
    }
    if !FOREIGN.contains(&&*member.name) {
        return Ok(());
    }
    let kind = if member.name == "type" { member.value.as_json().trim_matches('"') } else { "" };
    let rule = instead(kind)
        .unwrap_or_else(|| format!("{FORMAT}: write an object with one member of {}", known.join(", ")));
    Err(ValidationError::new(at, &found, &rule))
}

const FORMAT: &str = "that is a model's own format, not Converse's";

/// What to write instead of a block whose `type` this is in a model's own format.
pub(super) fn instead(kind: &str) -> Option<String> {
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
                "toolConfig.tools[0] has the member `name`, but that is a model's own format, not Converse's: write an object with one member of toolSpec, systemTool, cachePoint",
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
                "messages[0].content[0] has the member `tool_use_id`, but that is a model's own format, not Converse's: write an object with one member of text, image, document",
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
            (r#"{"type":"text","text":"what is sent is right"}"#, ""),
        ] {
            let found = said(block);
            assert!(
                found.starts_with(expected) && found.is_empty() == expected.is_empty(),
                "{block}: {found}"
            );
        }
    }
}
