//! Checks of responses against the specifications and the service model, for services, gateways and emulators.
//!
//! ```
//! use barerock_audit::check::Check;
//!
//! let mut check = Check::new();
//! check.body("", br#"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn",
//!     "usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"mood":1}"#);
//! let findings = check.finish();
//! let found: Vec<_> = findings.as_slice().iter().map(|finding| (finding.rule().id, finding.place())).collect();
//! assert_eq!(found, [("bedrock#unknown-member", "response.body.mood"), ("bedrock#required", "response.body.metrics")]);
//! ```

mod head;
mod json;
mod operation;
mod order;
mod report;
mod rule;
mod stream;

pub use self::operation::Operation;
pub use self::rule::Rule;
use crate::exchange::{Exchange, RecordedResponse};

/// Maximum number of findings that are kept; further ones are only counted.
const KEPT: usize = 1000;

/// Checks responses one after the other.
#[derive(Debug, Default)]
pub struct Check {
    findings: Findings,
}

/// A violation of a rule by a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    rule: &'static Rule,
    place: String,
    offset: Option<u64>,
    message: String,
}

/// The findings of all checked responses, in order.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    list: Vec<Finding>,
    further: u64,
    checked: u64,
}

impl Check {
    /// Creates a check without findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the response of a recorded exchange; each place begins with `name`.
    ///
    /// A recording without the header `date` was stripped of headers: what is missing among them is not a finding.
    pub fn exchange(&mut self, name: &str, exchange: &Exchange) {
        let operation = Operation::of(exchange.request.target().unwrap_or_default());
        let is_whole = head::find(&exchange.response, "date").is_some();
        self.judge(name, operation, &exchange.response, is_whole);
    }

    /// Checks a response as it was received; each place begins with `name`.
    pub fn response(&mut self, name: &str, operation: Operation, response: &RecordedResponse) {
        self.judge(name, operation, response, true);
    }

    /// Checks the response to a request that is not valid: it must be an error.
    pub fn response_to_invalid(&mut self, name: &str, operation: Operation, response: &RecordedResponse) {
        if response.status().is_success() {
            let mut at = Place::new(&mut self.findings, name);
            let message = format!("status {} for an invalid request", response.status().as_u16());
            at.add(rule::INVALID_REQUEST, "response.status", None, message);
        }
        self.judge(name, operation, response, true);
    }

    /// Checks a body without a head: an event stream, or the JSON of a response.
    pub fn body(&mut self, name: &str, body: &[u8]) {
        self.findings.checked = self.findings.checked.saturating_add(1);
        let mut at = Place::new(&mut self.findings, name);
        match json::operation_of(body) {
            Some(operation) => json::check(&mut at, operation, body),
            None => stream::check(&mut at, None, body),
        }
    }

    fn judge(&mut self, name: &str, operation: Operation, response: &RecordedResponse, is_whole: bool) {
        self.findings.checked = self.findings.checked.saturating_add(1);
        let mut at = Place::new(&mut self.findings, name);
        let is_error = head::check(&mut at, operation, response, is_whole);
        if is_error {
            return;
        }
        match operation {
            Operation::ConverseStream | Operation::InvokeModelWithResponseStream => {
                stream::check(&mut at, Some(operation), response.body());
            }
            operation => json::check(&mut at, operation, response.body()),
        }
    }

    /// The findings of everything that was checked.
    #[must_use]
    pub fn finish(self) -> Findings {
        self.findings
    }
}

impl Finding {
    /// The rule that does not hold.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The place, such as `frames[3].headers.:event-type`, after the name of the recording.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The byte of the body where the finding is: of a frame its first, of a broken frame the fault. `None` for heads and
    /// members of a JSON body.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }

    /// What was found.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Findings {
    /// The first 1,000 findings.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of findings that are not listed.
    #[must_use]
    pub fn further(&self) -> u64 {
        self.further
    }

    /// Number of responses that were checked.
    #[must_use]
    pub fn checked(&self) -> u64 {
        self.checked
    }
}

/// Where findings of a response go.
struct Place<'f> {
    findings: &'f mut Findings,
    name: &'f str,
}

impl<'f> Place<'f> {
    fn new(findings: &'f mut Findings, name: &'f str) -> Self {
        Self { findings, name }
    }

    fn add(&mut self, rule: &'static Rule, place: &str, offset: Option<u64>, message: impl Into<String>) {
        if self.findings.list.len() >= KEPT {
            self.findings.further = self.findings.further.saturating_add(1);
            return;
        }
        let separator = if self.name.is_empty() { "" } else { ": " };
        let place = format!("{}{separator}{place}", self.name);
        self.findings.list.push(Finding { rule, place, offset, message: message.into() });
    }
}

#[cfg(test)]
mod tests;
