//! `--debug`: logs every stage of a call to standard error, with secrets redacted.

use core::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use barerock::types::TokenUsage;
use barerock::{Observe, Outcome, Stage};
use http::HeaderMap;

use crate::exit::indented;
use crate::render::{counted, safe_lines};
use crate::secrets::Secrets;

/// Bytes of a body that are shown.
const SHOWN: usize = 2048;

/// Prints the stages of calls.
#[derive(Debug, Default)]
pub(crate) struct Debug {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    secrets: Secrets,
    /// Stream offset of the next chunk.
    offset: usize,
}

impl Observe for Debug {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let text = state.describe(call, stage);
        tell_on!("{}", safe_lines(&state.secrets.hide(&text)));
    }
}

impl State {
    fn describe(&mut self, call: &str, stage: &Stage<'_>) -> String {
        match stage {
            Stage::Credentials { provider, access_key_id, expires_at, .. } => {
                let expire = match expires_at.and_then(|time| barerock::sigv4::Timestamp::try_from(time).ok())
                {
                    Some(time) => format!("expire at {time}"),
                    None => "never expire".to_owned(),
                };
                format!("* credentials: {provider}, {access_key_id}, {expire}\n")
            }
            Stage::Sending { attempt, max_attempts, request, signed, secrets, .. } => {
                self.secrets = Secrets::from(*secrets);
                let mut text = String::new();
                if let Some(signed) = signed {
                    text += &block("canonical request", &signed.redacted_canonical_request());
                    text += &block("string to sign", signed.string_to_sign());
                }
                let _ = writeln!(text, "* call {call}, attempt {attempt} of {max_attempts}");
                let _ = writeln!(text, "> {} {}", request.method(), request.uri());
                push_headers(&mut text, '>', request.headers(), &self.secrets);
                text += &body('>', request.body(), str::to_owned);
                text
            }
            Stage::ResponseHead { head, after, .. } => {
                self.offset = 0;
                let mut text =
                    format!("< {:?} {}, after {} ms\n", head.version, head.status, after.as_millis());
                push_headers(&mut text, '<', &head.headers, &self.secrets);
                text
            }
            Stage::Body { body: bytes, .. } => body('<', bytes, |text| self.secrets.hide_in_answer(text)),
            Stage::Chunk { bytes, .. } => {
                let offset = self.offset;
                self.offset = offset.saturating_add(bytes.len());
                format!("< {} at offset {offset}\n", size(bytes.len()))
            }
            Stage::ClockSkew { seconds, .. } => format!(
                "* the service's clock is {} s {} the local clock; signing with its time from now on\n",
                seconds.unsigned_abs(),
                if *seconds < 0 { "behind" } else { "ahead of" }
            ),
            Stage::Retrying { error, wait, .. } => {
                format!(
                    "* failed: {}\n* next attempt in {} ms\n",
                    indented(&error.to_string()),
                    wait.as_millis()
                )
            }
            Stage::Failed { error, decision, .. } => {
                format!("* failed: {}\n* no other attempt: {decision}\n", indented(&error.to_string()))
            }
            // The request and the chunks of a stream are shown as they are on the wire, expired credentials as a warning.
            Stage::Begun { .. } | Stage::Event { .. } | Stage::ExpiredCredentials { .. } => String::new(),
            Stage::Ended { outcome, usage, attempts, first_event, elapsed, request_id, .. } => {
                let outcome = match outcome {
                    Outcome::Complete => "complete",
                    Outcome::BodyRead => "read to its end",
                    Outcome::Dropped => "dropped before its end",
                    _ => "failed",
                };
                let mut text = format!(
                    "* call {call} ended: {outcome}, {}, {} ms",
                    counted(u64::from(*attempts), "attempt"),
                    elapsed.as_millis()
                );
                if let Some(first) = first_event {
                    let _ = write!(text, ", first event after {} ms", first.as_millis());
                }
                if let Some(TokenUsage { input_tokens, output_tokens, .. }) = usage {
                    let _ = write!(text, ", tokens: {input_tokens} in, {output_tokens} out");
                }
                if let Some(id) = request_id {
                    let _ = write!(text, ", request id {}", indented(id));
                }
                text.push('\n');
                text
            }
            stage => format!("* {stage:?}\n"),
        }
    }
}

fn push_headers(text: &mut String, direction: char, headers: &HeaderMap, secrets: &Secrets) {
    for (name, value) in headers {
        let _ = writeln!(text, "{direction} {name}: {}", secrets.value(name, value));
    }
    let _ = writeln!(text, "{direction}");
}

/// The start of a body, if it is text. Secrets are redacted before the cut, which could leave half of one.
fn body(direction: char, bytes: &[u8], redact: impl Fn(&str) -> String) -> String {
    let is_text = match core::str::from_utf8(bytes.get(..SHOWN).unwrap_or(bytes)) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if !is_text {
        return format!("{direction} {}, binary\n", size(bytes.len()));
    }
    let whole = redact(&String::from_utf8_lossy(bytes));
    let (shown, more) = whole.split_at(whole.floor_char_boundary(SHOWN));
    let mut text = String::new();
    for line in shown.lines() {
        let _ = writeln!(text, "{direction} {line}");
    }
    if !more.is_empty() {
        let _ = writeln!(text, "{direction} [and {} more]", size(more.len()));
    }
    text
}

fn size(length: usize) -> String {
    counted(u64::try_from(length).unwrap_or(u64::MAX), "byte")
}

/// A stage of several lines, indented.
fn block(name: &str, lines: &str) -> String {
    let mut text = format!("* {name}:\n");
    for line in lines.split('\n') {
        let _ = writeln!(text, "  {line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cut_leaves_half_a_secret() {
        for before in SHOWN - 8..=SHOWN {
            let text = format!("{}SQUIRREL", "x".repeat(before));
            let shown = body('<', text.as_bytes(), |text| text.replace("SQUIRREL", "*"));
            assert!(!shown.contains('S'), "{shown}");
        }
        assert_eq!(body('<', &[0xff, 0xfe], str::to_owned), "< 2 bytes, binary\n");
    }
}
