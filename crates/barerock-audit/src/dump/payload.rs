//! Payloads for reading: JSON indented, text as text, anything else in hex.

use core::fmt::Write as _;

use serde::de::IgnoredAny;

use super::Excerpt;
use super::hex::rows;
use crate::text::{count, counted, push_safe};

/// How deep JSON is indented, at most.
const MAX_DEPTH: usize = 32;

/// A payload, ready to be read.
pub(super) struct Readable {
    /// What it is: `91 bytes of JSON`.
    pub(super) title: String,
    /// Its lines.
    pub(super) body: String,
    /// The line below the body if not all is shown.
    pub(super) note: Option<String>,
}

/// Makes a payload readable that begins `offset` bytes into the stream.
pub(super) fn readable(payload: &[u8], offset: u64, excerpt: Excerpt) -> Readable {
    let (kind, (body, seen)) = if payload.is_empty() {
        return Readable { title: "none".to_owned(), body: String::new(), note: None };
    } else if let Some(json) = as_json(payload) {
        (" of JSON", pretty(json, excerpt.text))
    } else if let Some(text) = as_text(payload) {
        (" of text", lines(text, excerpt.text))
    } else {
        let bytes = payload.get(..excerpt.bytes).unwrap_or(payload);
        ("", (rows(offset, bytes).collect::<Vec<_>>().join("\n"), bytes.len()))
    };
    let note = excerpt.note(count(payload.get(seen..).unwrap_or_default()));
    Readable { title: format!("{}{kind}", counted(count(payload), "byte")), body, note }
}

fn as_json(payload: &[u8]) -> Option<&str> {
    serde_json::from_slice::<IgnoredAny>(payload).ok()?;
    core::str::from_utf8(payload).ok()
}

/// UTF-8 without control characters but those that text has.
fn as_text(payload: &[u8]) -> Option<&str> {
    let is_binary = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t');
    core::str::from_utf8(payload).ok().filter(|text| !text.contains(is_binary))
}

/// The text, and how many of its bytes were taken.
fn lines(text: &str, limit: usize) -> (String, usize) {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(end, _)| end);
    let mut out = String::new();
    for c in text.chars().take(limit) {
        if c == '\n' { out.push(c) } else { push_safe(&mut out, c) }
    }
    (out, end)
}

/// Indents JSON and changes nothing else: the order of keys, numbers and escapes stay as they are. Ends after
/// about `limit` characters, and says how many bytes it took.
fn pretty(json: &str, limit: usize) -> (String, usize) {
    let mut out = String::new();
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let new_line = |out: &mut String, depth: usize| {
        let _ = write!(out, "\n{:1$}", "", 2 * depth.min(MAX_DEPTH));
    };
    let mut rest = json.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if out.len() >= limit {
            return (out, at);
        }
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            push_safe(&mut out, c);
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
                if let Some((_, close)) = rest.next_if(|(_, c)| matches!(c, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    (out, json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_not_changed() {
        let json = r#" {"z":1.10,"a":[1, 2 ,{}],"s":"a\"{,:}\\","n":12345678901234567890,"e":[ ]}"#;
        let (out, taken) = pretty(json, usize::MAX);
        assert_eq!(
            out,
            "{\n  \"z\": 1.10,\n  \"a\": [\n    1,\n    2,\n    {}\n  ],\n  \"s\": \"a\\\"{,:}\\\\\",\n  \"n\": \
             12345678901234567890,\n  \"e\": []\n}"
        );
        assert_eq!(taken, json.len());
    }

    #[test]
    fn deep_json_does_not_grow_without_bound() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let (out, _) = pretty(&deep, usize::MAX);
        assert!(out.len() < 100 * deep.len(), "{}", out.len());
        let (cut, taken) = pretty(&deep, 2000);
        assert!(cut.len() < 2100 && taken < 100);
    }

    #[test]
    fn what_is_what() {
        let title = |payload: &[u8]| readable(payload, 0, Excerpt::SHORT).title;
        assert_eq!(title(b""), "none");
        assert_eq!(title(b"{}"), "2 bytes of JSON");
        assert_eq!(title(b"a\r\nb"), "4 bytes of text");
        assert_eq!(title(b"a\0b"), "3 bytes");
        assert_eq!(title(b"\xff"), "1 byte");
    }
}
