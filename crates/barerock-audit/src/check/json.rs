//! JSON bodies against the shapes of the service model.

use barerock_converse::{Correction, CorrectionKind, Drift, Unknown, looks_like};
use serde_json::Value;

use super::{Operation, Place, Rule, head, rule};

/// The operation whose response a JSON object looks like; `None` if the body is not a JSON object. An error has no operation.
pub(super) fn operation_of(body: &[u8]) -> Option<Operation> {
    // Four bytes of length begin with zeros in every frame shorter than 2 GB; a bracket is never the first of them.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return Some(Operation::Converse) };
    let has = |name: &str| members.contains_key(name);
    Some(match () {
        () if has("output") || has("stopReason") => Operation::Converse,
        () if has("inputTokens") => Operation::CountTokens,
        () if has("assessments") || has("action") => Operation::ApplyGuardrail,
        () if has("results") => Operation::InvokeGuardrailChecks,
        () if has("message") || has("Message") || has("__type") => Operation::Other,
        () => Operation::Converse,
    })
}

/// Checks the body of a success; of an operation without a model of its own, the body of an error.
pub(super) fn check(at: &mut Place<'_>, operation: Operation, body: &[u8]) {
    let drift = match operation {
        Operation::Converse => Drift::of_converse(body),
        Operation::CountTokens => Drift::of_count_tokens(body),
        Operation::ApplyGuardrail => Drift::of_apply_guardrail(body),
        Operation::InvokeGuardrailChecks => Drift::of_invoke_guardrail_checks(body),
        Operation::Other => return head::error_body(at, "response.body", None, body),
        // The model's own.
        _ => return,
    };
    match drift {
        Ok(drift) => report(at, "response.body", "", None, &drift),
        Err(error) => {
            let kind = looks_like(body).map_or(String::new(), |kind| format!(" (it looks like {kind})"));
            at.add(
                rule::JSON,
                "response.body",
                None,
                format!("the body is not a JSON object: {error}{kind}"),
            );
        }
    }
}

/// Adds a finding for all that drifted in the JSON at `place`; `root` begins the paths of what drifted.
pub(super) fn report(at: &mut Place<'_>, place: &str, root: &str, offset: Option<u64>, drift: &Drift) {
    let place_of = |path: &str| {
        let path = path.strip_prefix(root).unwrap_or(path);
        let dot = if path.is_empty() || path.starts_with(['.', '[']) { "" } else { "." };
        format!("{place}{dot}{path}")
    };
    for unknown in drift.unknown() {
        let place = place_of(unknown.path());
        match unknown.value() {
            Some(value) => {
                at.add(
                    rule::UNKNOWN_VALUE,
                    &place,
                    offset,
                    format!("the model has no value {}", shown(value)),
                );
            }
            None => at.add(rule::UNKNOWN_MEMBER, &place, offset, "the model has no such member"),
        }
    }
    for correction in drift.corrections() {
        if let Some(rule) = rule_of(correction, drift.unknown()) {
            at.add(rule, &place_of(&correction.path), offset, correction.to_string());
        }
    }
}

/// A value from the wire, as long as is read.
fn shown(value: &str) -> String {
    const CHARS: usize = 60;
    let end = value.char_indices().nth(CHARS).map_or(value.len(), |(end, _)| end);
    let more = if end < value.len() { "…" } else { "" };
    format!("{:?}{more}", value.get(..end).unwrap_or_default())
}

/// The rule of a correction; `None` if it is listed as an unknown member already.
fn rule_of(correction: &Correction, unknown: &[Unknown]) -> Option<&'static Rule> {
    match correction.kind {
        CorrectionKind::Missing | CorrectionKind::Null => Some(rule::REQUIRED),
        CorrectionKind::UnknownBeside | CorrectionKind::SeveralMembers
            if unknown.iter().any(|unknown| unknown.path().starts_with(&*correction.path)) =>
        {
            None
        }
        _ => Some(rule::SHAPE),
    }
}
