//! What goes to standard output and standard error.

use std::io::{self, IsTerminal as _, Write};

use barerock::converse::Correction;
use barerock::converse::stream::MalformedToolInput;
use barerock::types::{Document, StopReason, TokenUsage};
pub(crate) use barerock_audit::text::{counted, grouped, safe, safe_json, safe_lines};
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

    /// A document on one line.
    pub(crate) fn line(&mut self, document: &Document) -> Result<(), Failure> {
        self.json_text(&(document.to_compact() + "\n"))
    }

    /// A document indented by four, as the `aws` CLI prints it.
    pub(crate) fn document(&mut self, document: &Document) -> Result<(), Failure> {
        self.json_text(&(document.to_pretty("    ") + "\n"))
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
        if self.out.is_terminal() { self.text(&safe_json(json)) } else { self.text(json) }
    }
}

fn failed(error: io::Error) -> Failure {
    Failure::io("standard output cannot be written", error)
}

/// Prints stop reason and token usage to standard error.
pub(crate) fn summary(stop_reason: &StopReason, usage: Option<&TokenUsage>) {
    let stop_reason = safe(stop_reason.as_ref());
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

/// Prints what was corrected in a response to standard error.
pub(crate) fn corrected(corrections: &[Correction]) {
    for correction in corrections {
        tell!("note: corrected: {}", safe(&correction.to_string()));
    }
}

/// Prints which tool inputs are not JSON objects to standard error.
pub(crate) fn malformed(inputs: &[MalformedToolInput]) {
    for input in inputs {
        let what = format!("({}): {}", input.name, input.error);
        tell!("note: block {}: the tool input is kept as it came {}", input.content_block_index, safe(&what));
    }
}

/// True if both standard input and standard error are a terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
