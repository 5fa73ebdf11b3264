//! Differences between two recordings: heads, JSON bodies, frames, the assembled message, and the stages of the signature.
//!
//! ```
//! use barerock_audit::Exchange;
//! use barerock_audit::diff::Diff;
//!
//! let request = br#"{"method":"POST","uri":"/model/m/converse","headers":[],"body":"{\"messages\":[]}"}"#;
//! let a = Exchange::parse(request, br#"{"status":200,"headers":[]}"#, "{\"stopReason\":\"end_turn\"}")?;
//! let b = Exchange::parse(request, br#"{"status":200,"headers":[]}"#, "{ \"stopReason\": \"tool_use\" }")?;
//!
//! let comparison = Diff::new().exchanges(&a, &b);
//! assert!(!comparison.is_equal());
//! let change = &comparison.differences()[0];
//! assert_eq!((change.place(), change.a()), ("response.body.stopReason", Some("\"end_turn\"")));
//! # Ok::<(), barerock_audit::exchange::ExchangeError>(())
//! ```

mod body;
mod head;
mod page;
mod recordings;
mod report;
mod signature;
mod stream;
mod timing;
mod tree;
mod values;

pub use self::recordings::{Recording, Recordings, RecordingsError};
pub(crate) use self::values::push_member;
use crate::exchange::Exchange;

/// Differences kept of each kind; further ones are counted.
const KEPT: usize = 10_000;

/// How two recordings are compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Diff {
    is_strict: bool,
}

impl Diff {
    /// A comparison that ignores what differs between any two calls: dates, request and invocation ids, signatures,
    /// times, the padding of events, and lengths and hashes of bodies that mean the same.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ignores nothing: the order of members and headers, the case of header names and the spelling of numbers are
    /// compared too.
    #[must_use]
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Compares two exchanges.
    #[must_use]
    pub fn exchanges(self, a: &Exchange, b: &Exchange) -> Comparison {
        let mut comparison = Comparison::default();
        self.add_exchanges("", a, b, &mut comparison);
        comparison
    }

    /// Compares recordings pair by pair; one without a partner is a difference. With several pairs, each place begins with
    /// the name of the recording and a `/`.
    ///
    /// # Errors
    /// [`RecordingsError`] if a recording cannot be read.
    pub fn recordings(self, a: &Recordings, b: &Recordings) -> Result<Comparison, RecordingsError> {
        let mut comparison = Comparison::default();
        for pair in recordings::pairs(a, b) {
            match pair {
                (Some(a), Some(b), prefix) => {
                    self.add_exchanges(&prefix, &a.read()?, &b.read()?, &mut comparison);
                }
                (a, b, _) => {
                    let name = a.or(b).map_or("", Recording::name);
                    let present = |side: Option<&Recording>| side.map(|_| "\"recorded\"".to_owned());
                    comparison.add(None, name.to_owned(), present(a), present(b));
                }
            }
        }
        Ok(comparison)
    }

    fn add_exchanges(self, prefix: &str, a: &Exchange, b: &Exchange, comparison: &mut Comparison) {
        let mut compare = Compare { is_strict: self.is_strict, prefix, comparison };
        let same_request = body::compare(&mut compare, "request.body", a.request.body(), b.request.body());
        head::compare_requests(&mut compare, &a.request, &b.request, same_request);
        signature::compare(&mut compare, &a.request, &b.request, same_request);
        let same_response = stream::compare_responses(&mut compare, &a.response, &b.response);
        head::compare_responses(&mut compare, &a.response, &b.response, same_response);
        timing::compare(&mut compare, &a.response, &b.response);
    }
}

/// Why a difference is ignored unless the comparison is strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ignored {
    /// A date or time of day.
    Date,
    /// The id of a request or of a call.
    Id,
    /// A signature, or what only a signature needs.
    Signature,
    /// A duration.
    Time,
    /// The padding `p` of an event.
    Padding,
    /// The length or hash of a body that means the same.
    Length,
}

impl Ignored {
    /// The reason in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Id => "id",
            Self::Signature => "signature",
            Self::Time => "time",
            Self::Padding => "padding",
            Self::Length => "length",
        }
    }
}

/// A place in which two recordings differ, and the value of each as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    place: String,
    a: Option<String>,
    b: Option<String>,
    ignored: Option<Ignored>,
}

impl Change {
    /// The place, such as `request.body.messages[0].content[0].text`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The value in the first recording, as JSON; `None` if it has none.
    #[must_use]
    pub fn a(&self) -> Option<&str> {
        self.a.as_deref()
    }

    /// The value in the second recording, as JSON; `None` if it has none.
    #[must_use]
    pub fn b(&self) -> Option<&str> {
        self.b.as_deref()
    }

    /// Why the difference is ignored; `None` if it is not.
    #[must_use]
    pub fn ignored(&self) -> Option<Ignored> {
        self.ignored
    }
}

/// The differences of two recordings, in the order of the exchange.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    differences: Vec<Change>,
    ignored: Vec<Change>,
    further: u64,
    further_ignored: u64,
}

impl Comparison {
    /// True if there is no difference but ignored ones.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
    }

    /// The first 10,000 differences.
    #[must_use]
    pub fn differences(&self) -> &[Change] {
        &self.differences
    }

    /// The first 10,000 ignored differences.
    #[must_use]
    pub fn ignored(&self) -> &[Change] {
        &self.ignored
    }

    /// Number of differences that are not listed.
    #[must_use]
    pub fn further(&self) -> u64 {
        self.further
    }

    fn add(&mut self, ignored: Option<Ignored>, place: String, a: Option<String>, b: Option<String>) {
        let (list, further) = match ignored {
            None => (&mut self.differences, &mut self.further),
            Some(_) => (&mut self.ignored, &mut self.further_ignored),
        };
        if list.len() < KEPT {
            list.push(Change { place, a, b, ignored });
        } else {
            *further = further.saturating_add(1);
        }
    }
}

/// A comparison under way.
struct Compare<'c> {
    is_strict: bool,
    prefix: &'c str,
    comparison: &'c mut Comparison,
}

impl Compare<'_> {
    /// Adds a difference; `ignored` is the reason for which it is ignored unless the comparison is strict. Returns true if it
    /// is ignored.
    fn add(&mut self, ignored: Option<Ignored>, place: &str, a: Option<String>, b: Option<String>) -> bool {
        let ignored = ignored.filter(|_| !self.is_strict);
        self.comparison.add(ignored, format!("{}{place}", self.prefix), a, b);
        ignored.is_some()
    }

    /// Compares two texts; true if they are equal or the difference is ignored.
    fn texts(&mut self, ignored: Option<Ignored>, place: &str, a: Option<&str>, b: Option<&str>) -> bool {
        a == b || self.add(ignored, place, a.map(json_text), b.map(json_text))
    }
}

/// The text as a JSON string, without the values of session tokens in it.
fn json_text(text: &str) -> String {
    serde_json::Value::from(barerock_sigv4::redact(text)).to_string()
}

#[cfg(test)]
mod tests;
