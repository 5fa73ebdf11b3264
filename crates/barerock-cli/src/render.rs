//! What goes to standard output and standard error.

use std::io::{self, IsTerminal as _, Write};

use barerock::types::{StopReason, TokenUsage};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use crate::exit::Failure;

/// Standard output, flushed after every piece so that nothing waits for the next.
pub(crate) struct Output {
    out: io::Stdout,
    /// Whether the last piece ended a line, or there was none.
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

    /// Text of a model's: as it is, but on a terminal without what steers it.
    pub(crate) fn answer(&mut self, text: &str) -> Result<(), Failure> {
        if self.out.is_terminal() { self.text(&safe_lines(text)) } else { self.text(text) }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.at_line_start = bytes.ends_with(b"\n");
        self.out.write_all(bytes).and_then(|()| self.out.flush()).map_err(failed)
    }

    /// Ends the line if it is not ended.
    pub(crate) fn end_line(&mut self) -> Result<(), Failure> {
        if self.at_line_start { Ok(()) } else { self.text("\n") }
    }

    /// One line of JSON.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_string(value).map_err(Failure::other)?;
        line.push('\n');
        self.text(&line)
    }

    /// JSON to read: indented by four, as the `aws` CLI prints it.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b"    "));
        value.serialize(&mut serializer).map_err(Failure::other)?;
        text.push(b'\n');
        self.out.write_all(&text).and_then(|()| self.out.flush()).map_err(failed)
    }
}

fn failed(error: io::Error) -> Failure {
    Failure::io("standard output cannot be written", error)
}

/// Why the answer ended and what it cost, on standard error.
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

/// Whether someone sits at both ends.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The text without characters that steer a terminal or reorder what it shows; they are written as escapes.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_safe(&mut out, c));
    out
}

/// The same for a text of several lines, which stay, as do tabs.
pub(crate) fn safe_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| if c == '\n' || c == '\t' { out.push(c) } else { push_safe(&mut out, c) });
    out
}

pub(crate) fn push_safe(out: &mut String, c: char) {
    if is_safe(c) { out.push(c) } else { out.extend(c.escape_default()) }
}

/// No control character, and none of those that change the direction of text.
fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    }
}
