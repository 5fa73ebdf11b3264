//! Content of JSON bodies: prompts, responses, tool inputs and results.

use std::borrow::Cow;

use barerock_sigv4::REDACTED;

/// Members whose strings only name something.
const KEPT: [&str; 14] = [
    "role",
    "type",
    "toolUseId",
    "name",
    "status",
    "format",
    "stopReason",
    "latency",
    "modelId",
    "code",
    "__type",
    "p",
    "guardrailIdentifier",
    "guardrailVersion",
];
/// Members that hold what the user chose to put there, whatever its members are called.
const OPAQUE: [&str; 6] = [
    "input",
    "json",
    "additionalModelRequestFields",
    "additionalModelResponseFields",
    "promptVariables",
    "requestMetadata",
];
/// The member whose name is the user's.
const DOCUMENT: &str = "document";

/// An open object or array.
#[derive(Debug)]
struct Level {
    is_object: bool,
    is_opaque: bool,
    /// The member it is the value of.
    name: String,
    /// The member whose value follows, of an object.
    key: String,
    expects_key: bool,
}

/// JSON with every string of content, and every number the user chose, masked by as many characters as it has bytes. What is not JSON
/// is redacted as a whole; JSON that is cut off or broken is masked as far as it goes.
pub(super) fn mask(json: &[u8]) -> Cow<'_, [u8]> {
    match json.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Cow::Borrowed(json),
        Some(b'{' | b'[') => {}
        Some(_) => return Cow::Owned(REDACTED.into()),
    }
    let mut out = json.to_vec();
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0_usize;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => {
                let begin = at.saturating_add(1);
                let end = end_of_string(json, begin);
                let content = json.get(begin..end).unwrap_or_default();
                match levels.last_mut() {
                    Some(level) if level.is_object && level.expects_key => {
                        level.key = String::from_utf8_lossy(content).into_owned();
                    }
                    level => {
                        if !level.is_some_and(|level| level.keeps_strings()) {
                            out.get_mut(begin..end).unwrap_or_default().fill(b'x');
                        }
                    }
                }
                at = end;
            }
            b'{' | b'[' => {
                let parent = levels.last();
                let name =
                    parent.map_or("", |parent| if parent.is_object { &parent.key } else { &parent.name });
                let is_opaque = parent.is_some_and(|parent| parent.is_opaque) || OPAQUE.contains(&name);
                let (name, is_object) = (name.to_owned(), byte == b'{');
                levels.push(Level { is_object, is_opaque, name, key: String::new(), expects_key: is_object });
            }
            b'}' | b']' => drop(levels.pop()),
            b':' => levels.iter_mut().last().into_iter().for_each(|level| level.expects_key = false),
            b',' => {
                levels.iter_mut().last().into_iter().for_each(|level| level.expects_key = level.is_object)
            }
            b'0'..=b'9' if levels.last().is_some_and(Level::hides_numbers) => {
                // No digit but this one can begin a number, go on with it, and end it.
                out.get_mut(at..=at).unwrap_or_default().fill(b'1');
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
    if out == json { Cow::Borrowed(json) } else { Cow::Owned(out) }
}

impl Level {
    fn keeps_strings(&self) -> bool {
        let is_users = self.is_opaque || self.hides_numbers() || self.name == DOCUMENT && self.key == "name";
        self.is_object && !is_users && KEPT.contains(&&*self.key)
    }

    fn hides_numbers(&self) -> bool {
        self.is_opaque || self.is_object && OPAQUE.contains(&&*self.key)
    }
}

/// Offset of the end of the string whose content begins at `begin`: its closing quote, or the end of the text if it is cut.
fn end_of_string(json: &[u8], begin: usize) -> usize {
    let mut at = begin;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at = at.saturating_add(2),
            _ => at = at.saturating_add(1),
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_and_structure_stays() {
        for (json, masked) in [
            (
                r#"{"messages":[{"role":"user","content":[{"text":"a \"é\""}]}],"system":[{"text":"s"}]}"#,
                r#"{"messages":[{"role":"user","content":[{"text":"xxxxxxxx"}]}],"system":[{"text":"x"}]}"#,
            ),
            (
                r#"{"toolUse":{"toolUseId":"t1","name":"f","input":{"name":"Ann","age":41.5,"x":[{"role":"b"},-1e2]}}}"#,
                r#"{"toolUse":{"toolUseId":"t1","name":"f","input":{"name":"xxx","age":11.1,"x":[{"role":"x"},-1e1]}}}"#,
            ),
            (
                r#"{"delta":{"toolUse":{"input":"{\"c"}},"p":"abc","contentBlockIndex":10}"#,
                r#"{"delta":{"toolUse":{"input":"xxxx"}},"p":"abc","contentBlockIndex":10}"#,
            ),
            (
                r#"{"document":{"name":"tax","format":"pdf","source":{"bytes":"QUJD"}}}"#,
                r#"{"document":{"name":"xxx","format":"pdf","source":{"bytes":"xxxx"}}}"#,
            ),
            (r#" {"text":"cut off"#, r#" {"text":"xxxxxxx"#),
            (r#"{"text":"cut\"#, r#"{"text":"xxxx"#),
            ("<html>", "**redacted**"),
            ("\"text\"", "**redacted**"),
            ("", ""),
        ] {
            let out = mask(json.as_bytes());
            assert_eq!(String::from_utf8_lossy(&out), masked);
            // Masking twice changes nothing.
            assert_eq!(mask(&out), out);
        }
    }

    #[test]
    fn no_bytes_are_too_odd() {
        for json in [&b"{]}]:,:\"\xff\"\xfe"[..], b"[[[{\"", b"}}}", b"{\"a\":{\"a\"", b"[\"\\"] {
            mask(json);
        }
    }
}
