//! What a response or event has that the service model has not: for checking services, gateways and emulators.

use crate::json::{Correction, FromJson, Mode, Object, Reader};
use crate::response::object;
use crate::stream::StreamEvent;
use crate::types::ConverseTrace;
use crate::{ApplyGuardrailResponse, ConverseResponse, CountTokensResponse, InvokeGuardrailChecksResponse};

/// Members and values unknown to the service model, and what had to be corrected. The padding `p` of an event is neither.
///
/// ```
/// use barerock_converse::Drift;
///
/// let drift = Drift::of_event("messageStop", r#"{"stopReason":"bored","mood":1,"p":"abc"}"#)?;
/// let unknown: Vec<_> = drift.unknown().iter().map(|unknown| (unknown.path(), unknown.value())).collect();
/// assert_eq!(unknown, [("messageStop.stopReason", Some("bored")), ("messageStop.mood", None)]);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drift {
    unknown: Vec<Unknown>,
    corrections: Vec<Correction>,
}

/// A member, or the value of a string with known values, that the service model does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    path: String,
    value: Option<String>,
}

/// Number of unknown members and values kept: a hostile response could hold a million.
const KEPT: usize = 100;

impl Unknown {
    /// The path, such as `messageStop.stopReason`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The unknown value of a known member; `None` if the member is unknown.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl Drift {
    /// Reads the payload of an event of a ConverseStream response.
    ///
    /// # Errors
    /// If the event is known and its payload is not a JSON object.
    pub fn of_event(event_type: &str, payload: &str) -> Result<Self, String> {
        let json = object(payload.as_bytes())?;
        let mut reader = Reader::new(json, event_type, Mode::Event);
        reader.drift = Some(UnknownList::default());
        if !StreamEvent::read_known(event_type, &mut reader) {
            return Ok(Self::default());
        }
        let mut drift = Self::of_reader(reader)?;
        drift.add_trace(json, event_type);
        Ok(drift)
    }

    /// Reads the body of a successful Converse response.
    ///
    /// # Errors
    /// If the body is not a JSON object.
    pub fn of_converse(body: &[u8]) -> Result<Self, String> {
        let mut drift = Self::of::<ConverseResponse>(body)?;
        drift.add_trace(object(body)?, "");
        Ok(drift)
    }

    /// Reads the body of a successful CountTokens response.
    ///
    /// # Errors
    /// If the body is not a JSON object.
    pub fn of_count_tokens(body: &[u8]) -> Result<Self, String> {
        Self::of::<CountTokensResponse>(body)
    }

    /// Reads the body of a successful ApplyGuardrail response.
    ///
    /// # Errors
    /// If the body is not a JSON object.
    pub fn of_apply_guardrail(body: &[u8]) -> Result<Self, String> {
        Self::of::<ApplyGuardrailResponse>(body)
    }

    /// Reads the body of a successful InvokeGuardrailChecks response.
    ///
    /// # Errors
    /// If the body is not a JSON object.
    pub fn of_invoke_guardrail_checks(body: &[u8]) -> Result<Self, String> {
        Self::of::<InvokeGuardrailChecksResponse>(body)
    }

    /// Unknown members and values in the order of the text, at most 100.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// Corrections, as of a client's reader.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        &self.corrections
    }

    fn of<T: for<'a> FromJson<'a>>(body: &[u8]) -> Result<Self, String> {
        Self::of_text::<T>(object(body)?, "")
    }

    fn of_text<T: for<'a> FromJson<'a>>(json: &str, name: &str) -> Result<Self, String> {
        let mut reader = Reader::new(json, name, Mode::Response);
        reader.drift = Some(UnknownList::default());
        T::from_json(&mut reader);
        Self::of_reader(reader)
    }

    fn of_reader(reader: Reader<'_>) -> Result<Self, String> {
        let reader = reader.finish().map_err(|fault| fault.to_string())?;
        let unknown = reader.drift.unwrap_or_default().0;
        Ok(Self { unknown, corrections: reader.corrections.into_vec() })
    }

    /// The member `trace` is kept as JSON by a client's reader, and read only on request.
    fn add_trace(&mut self, json: &str, parent: &str) {
        let Some(trace) = Object::read(json).value("trace") else { return };
        let dot = if parent.is_empty() { "" } else { "." };
        // It is part of a text that was checked.
        if let Ok(trace) = Self::of_text::<ConverseTrace>(trace, &format!("{parent}{dot}trace")) {
            self.unknown.extend(trace.unknown);
            self.corrections.extend(trace.corrections);
        }
    }
}

/// What a reader found unknown.
#[derive(Debug, Default)]
pub(crate) struct UnknownList(Vec<Unknown>);

impl UnknownList {
    pub(crate) fn add(&mut self, path: String, value: Option<String>) {
        let unknown = Unknown { path, value };
        if self.0.len() < KEPT && !self.0.contains(&unknown) {
            self.0.push(unknown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(drift: &Drift) -> Vec<&str> {
        drift.unknown().iter().map(Unknown::path).collect()
    }

    #[test]
    fn unknown_members_and_values_are_listed_with_their_paths() {
        let body = br#"{"output":{"message":{"role":"assistant","content":[
            {"text":"a"},{"hologram":1},{"toolUse":{"toolUseId":"t","name":"n","input":{"any":1},"type":"tool_use"}}]}},
            "stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2,"serverToolUsage":{}},
            "additionalModelResponseFields":{"any":1},
            "trace":{"guardrail":{"actionReason":"r","mood":2},"q":3},"p":"abc"}"#;
        let drift = Drift::of_converse(body).unwrap();
        assert_eq!(
            unknown(&drift),
            [
                "output.message.content[1].hologram",
                "output.message.content[2].toolUse.type",
                "usage.serverToolUsage",
                "p",
                "trace.guardrail.mood",
                "trace.q",
            ]
        );
        assert_eq!(drift.unknown()[1].value(), Some("tool_use"));
        let corrections: Vec<_> = drift.corrections().iter().map(ToString::to_string).collect();
        assert_eq!(corrections, ["metrics is missing"]);
    }

    #[test]
    fn events_are_read_without_their_padding() {
        let read = |event: &str, payload: &str| Drift::of_event(event, payload).unwrap();
        let delta = r#"{"contentBlockIndex":0,"delta":{"text":"a","x":1},"p":"abc"}"#;
        assert_eq!(unknown(&read("contentBlockDelta", delta)), ["contentBlockDelta.delta.x"]);
        assert_eq!(
            read("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"a"}}"#),
            Drift::default()
        );
        assert_eq!(read("later", r#"{"a":1}"#), Drift::default());
        assert_eq!(unknown(&read("metadata", r#"{"trace":{"x":1}}"#)), ["metadata.trace.x"]);
        assert!(Drift::of_event("metadata", "[]").is_err() && Drift::of_event("metadata", "{").is_err());
    }

    #[test]
    fn a_hostile_body_fills_no_memory() {
        let members: Vec<String> = (0..100_000).map(|number| format!("\"m{number}\":1")).collect();
        let drift = Drift::of_converse(format!("{{{}}}", members.join(",")).as_bytes()).unwrap();
        assert_eq!(drift.unknown().len(), KEPT);
    }
}
