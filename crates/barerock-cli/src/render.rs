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
        if text.is_empty() {
            return Ok(());
        }
        self.at_line_start = text.ends_with('\n');
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(failed)
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
            eprintln!(
                "stop reason: {stop_reason} · tokens: {} in, {} out, {} total{cached}",
                usage.input_tokens, usage.output_tokens, usage.total_tokens
            );
        }
        None => eprintln!("stop reason: {stop_reason} · tokens: the stream did not say"),
    }
}

/// Whether someone sits at both ends.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
