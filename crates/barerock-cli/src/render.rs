//! What goes to standard output and standard error.

use core::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use barerock::types::{StopReason, TokenUsage};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use crate::exit::Failure;

/// Standard output, flushed after every write.
pub(crate) struct Output {
    out: io::Stdout,
    /// True at the start of a line.
    at_line_start: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self { out: io::stdout(), at_line_start: true }
    }

    /// Text as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        if text.is_empty() { Ok(()) } else { self.bytes(text.as_bytes()) }
    }

    /// Model text: unchanged, but on a terminal with escapes for characters that control it.
    pub(crate) fn answer(&mut self, text: &str) -> Result<(), Failure> {
        if self.out.is_terminal() { self.text(&safe_lines(text)) } else { self.text(text) }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.at_line_start = bytes.ends_with(b"\n");
        self.out.write_all(bytes).and_then(|()| self.out.flush()).map_err(failed)
    }

    /// Writes a line break unless at the start of a line.
    pub(crate) fn end_line(&mut self) -> Result<(), Failure> {
        if self.at_line_start { Ok(()) } else { self.text("\n") }
    }

    /// One line of JSON.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_string(value).map_err(Failure::other)?;
        line.push('\n');
        self.json_text(&line)
    }

    /// JSON indented by four, as the `aws` CLI prints it.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b"    "));
        value.serialize(&mut serializer).map_err(Failure::other)?;
        text.push(b'\n');
        self.json_text(&String::from_utf8(text).map_err(Failure::other)?)
    }

    /// JSON text: unchanged, but on a terminal with escapes for characters that control it.
    pub(crate) fn json_text(&mut self, json: &str) -> Result<(), Failure> {
        if self.out.is_terminal() { self.text(&terminal_json(json)) } else { self.text(json) }
    }
}

fn failed(error: io::Error) -> Failure {
    Failure::io("standard output cannot be written", error)
}

/// Prints stop reason and token usage to standard error.
pub(crate) fn summary(stop_reason: &StopReason, usage: Option<&TokenUsage>) {
    let stop_reason = safe(&stop_reason.to_string());
    match usage {
        Some(usage) => {
            let cached = match (usage.cache_read_input_tokens, usage.cache_write_input_tokens) {
                (None | Some(0), None | Some(0)) => String::new(),
                (read, written) => format!(
                    ", cache {} read {} written",
                    read.unwrap_or_default(),
                    written.unwrap_or_default()
                ),
            };
            tell!(
                "stop reason: {stop_reason} · tokens: {} in, {} out, {} total{cached}",
                usage.input_tokens,
                usage.output_tokens,
                usage.total_tokens
            );
        }
        None => tell!("stop reason: {stop_reason} · tokens: the stream did not say"),
    }
}

/// True if both standard input and standard error are a terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The text with escapes for characters that control a terminal, are invisible, or reorder text.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_safe(&mut out, c));
    out
}

/// [`safe`] for a text of several lines: keeps line breaks and tabs.
pub(crate) fn safe_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| if c == '\n' || c == '\t' { out.push(c) } else { push_safe(&mut out, c) });
    out
}

pub(crate) fn push_safe(out: &mut String, c: char) {
    if is_safe(c) { out.push(c) } else { out.extend(c.escape_default()) }
}

/// False for control characters, line and paragraph separators, bidirectional controls, invisible characters and tags. The two zero
/// width joiners are safe: emoji and several scripts are written with them.
fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// JSON of the same value, with `\u` escapes for characters that are not safe on a terminal. JSON text holds such characters only inside
/// strings; line breaks stand between tokens.
fn terminal_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || (is_safe(c) && !matches!(c, '\u{200c}' | '\u{200d}')) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// `1 frame`, `85,123 frames`.
pub(crate) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `85,123`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (85_123, "85,123"), (1 << 30, "1,073,741,824")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "frame"), "1 frame");
        assert_eq!(counted(0, "frame"), "0 frames");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(safe("a\u{1b}[31mé\n\u{9b}\u{202e}"), "a\\u{1b}[31mé\\n\\u{9b}\\u{202e}");
        for c in "\u{7f}\u{80}\u{9b}\u{61c}\u{200b}\u{200e}\u{2028}\u{2029}\u{202a}\u{2060}\u{2066}\u{feff}\u{e0041}".chars() {
            assert_eq!(safe(&c.to_string()), c.escape_default().to_string());
            let json = serde_json::to_string(&c).unwrap();
            let shown = terminal_json(&json);
            assert!(shown.is_ascii(), "{shown}");
            assert_eq!(serde_json::from_str::<char>(&shown).unwrap(), c);
        }
        assert_eq!(safe("👨\u{200d}👩"), "👨\u{200d}👩");
        assert_eq!(terminal_json("{\n    \"é\": \"\u{200d}\"\n}\n"), "{\n    \"é\": \"\\u200d\"\n}\n");
    }
}
