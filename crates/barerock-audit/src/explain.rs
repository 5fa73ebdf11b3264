//! Signatures explained: every stage with the origin of its bytes, and the causes of a mismatch with the service's canonical
//! request.

mod align;
mod canonical;
mod cause;
mod map;
mod message;
mod page;
mod parameters;
mod request;
mod rule;
mod stage;

use core::fmt;

use barerock_sigv4::{REDACTED, redact};
use http::HeaderName;

pub use self::map::SignatureMap;
use self::message::ServiceMessage;
pub use self::stage::{Origin, Piece, Stage, StageName};
use crate::redact::{is_secret_header, redact_signature};

/// One line of a canonical request or string to sign, as each side has it. Session tokens and cookies are blanked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Our line; `None` if only the service has this line.
    pub ours: Option<String>,
    /// The service's line; `None` if only we have this line.
    pub theirs: Option<String>,
    /// Whether both are the same. Tokens are compared before they are blanked.
    pub is_same: bool,
}

/// What [`explain_mismatch`] found. `Display` is a report for people.
#[derive(Clone, Debug)]
pub struct Explanation {
    message: String,
    canonical_request: Vec<Difference>,
    string_to_sign: Vec<Difference>,
    causes: Vec<String>,
}

impl Explanation {
    /// The service's message, without the texts it echoes.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The canonical requests line by line, headers beside headers of the same name. Empty when the service did not
    /// send its own.
    #[must_use]
    pub fn canonical_request(&self) -> &[Difference] {
        &self.canonical_request
    }

    /// The strings to sign line by line.
    #[must_use]
    pub fn string_to_sign(&self) -> &[Difference] {
        &self.string_to_sign
    }

    /// The first line that differs, of the canonical request or else of the string to sign.
    #[must_use]
    pub fn first_difference(&self) -> Option<&Difference> {
        self.canonical_request.iter().chain(&self.string_to_sign).find(|line| !line.is_same)
    }

    /// Whether the error was one about a signature at all.
    #[must_use]
    pub fn is_about_a_signature(&self) -> bool {
        self.causes.first().is_none_or(|cause| cause != cause::NOT_ABOUT_A_SIGNATURE)
    }

    /// The same with the signature that the refused request carries, beside ours of it, both in hexadecimal digits. Where both
    /// sides' texts are the same and these are not, the signer of the request is at fault; `rule` is the one that it followed, if
    /// that was found.
    #[must_use]
    pub fn with_sent_signature(mut self, sent: &str, ours: &str, rule: Option<&str>) -> Self {
        if sent != ours && !self.string_to_sign.is_empty() && self.first_difference().is_none() {
            self.causes = vec![cause::of_the_signer(rule)];
        }
        self
    }

    /// The usual causes of what was found, the likeliest first; never empty.
    #[must_use]
    pub fn causes(&self) -> &[String] {
        &self.causes
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the service says: {}", self.message)?;
        let mut first = self.first_difference();
        for (title, lines) in
            [("canonical request", &self.canonical_request), ("string to sign", &self.string_to_sign)]
        {
            if lines.is_empty() {
                continue;
            }
            writeln!(f, "\n{title}:")?;
            for line in lines {
                if line.is_same {
                    writeln!(f, "          {}", line.ours.as_deref().unwrap_or_default())?;
                    continue;
                }
                let mark = if first.is_some_and(|first| core::ptr::eq(first, line)) {
                    first = None;
                    "    <- the first difference"
                } else {
                    ""
                };
                writeln!(f, "! ours    {}", line.ours.as_deref().unwrap_or("(no such line)"))?;
                writeln!(f, "! service {}{mark}", line.theirs.as_deref().unwrap_or("(no such line)"))?;
            }
        }
        for cause in &self.causes {
            writeln!(f, "\nlikely cause: {cause}")?;
        }
        Ok(())
    }
}

/// Compares what we signed with what the service says it should have been. `error_body` is the body of the
/// `InvalidSignatureException` (JSON), `SignatureDoesNotMatch` (XML), or the message alone; a service that says no more
/// than that a clock, scope or token is wrong is understood too.
#[must_use]
pub fn explain_mismatch(
    our_canonical_request: &str,
    our_string_to_sign: &str,
    error_body: &str,
) -> Explanation {
    let service = ServiceMessage::read(error_body);
    let canonical_request = service
        .canonical_request
        .as_deref()
        .map(|theirs| compare_canonical_requests(our_canonical_request, theirs))
        .unwrap_or_default();
    let string_to_sign = service
        .string_to_sign
        .as_deref()
        .map(|theirs| compare_lines(our_string_to_sign.lines(), theirs.lines()))
        .unwrap_or_default();
    let causes = cause::find(&canonical_request, &string_to_sign, &service.message);
    Explanation { message: service.message, canonical_request, string_to_sign, causes }
}

/// The lines of the method, the path and the query.
const LINES_BEFORE_HEADERS: usize = 3;

/// A header that one side lacks must not make all that follow look different.
fn compare_canonical_requests(ours: &str, theirs: &str) -> Vec<Difference> {
    let (ours, theirs) = (Sections::of(ours), Sections::of(theirs));
    let mut lines = compare_lines(ours.start.iter().copied(), theirs.start.iter().copied());
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_string();
    let (mut our_headers, mut their_headers) =
        (ours.headers.iter().peekable(), theirs.headers.iter().peekable());
    loop {
        let line = match (our_headers.peek(), their_headers.peek()) {
            (None, None) => break,
            (Some(our), Some(their)) if name(our) == name(their) => {
                compare(our_headers.next().copied(), their_headers.next().copied())
            }
            (Some(our), Some(their)) if name(our) > name(their) => {
                compare(None, their_headers.next().copied())
            }
            (None, Some(_)) => compare(None, their_headers.next().copied()),
            (Some(_), _) => compare(our_headers.next().copied(), None),
        };
        lines.push(line);
    }
    lines.extend(compare_lines(ours.end.iter().copied(), theirs.end.iter().copied()));
    lines
}

struct Sections<'a> {
    start: Vec<&'a str>,
    headers: Vec<&'a str>,
    /// From the empty line on.
    end: Vec<&'a str>,
}

impl<'a> Sections<'a> {
    fn of(canonical_request: &'a str) -> Self {
        let mut lines = canonical_request.split('\n').map(|line| line.trim_end_matches('\r')).peekable();
        let start = lines.by_ref().take(LINES_BEFORE_HEADERS).collect();
        let mut headers = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.is_empty()) {
            headers.push(line);
        }
        Self { start, headers, end: lines.collect() }
    }
}

fn compare_lines<'a>(
    mut ours: impl Iterator<Item = &'a str>,
    mut theirs: impl Iterator<Item = &'a str>,
) -> Vec<Difference> {
    let mut lines = Vec::new();
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return lines,
            (ours, theirs) => lines.push(compare(ours, theirs)),
        }
    }
}

fn compare(ours: Option<&str>, theirs: Option<&str>) -> Difference {
    let shown = |line: &str| match line.split_once(':') {
        Some((name, _)) if is_secret(name) => format!("{name}:{REDACTED}"),
        // A presigned query has the token too.
        _ => redact_signature(redact(line)),
    };
    // The service may have blanked the token itself, as it should: then it says nothing.
    let is_blanked = [ours, theirs].into_iter().flatten().any(|line| line.contains(REDACTED));
    let is_same = ours == theirs || is_blanked && ours.map(shown) == theirs.map(shown);
    Difference { ours: ours.map(shown), theirs: theirs.map(shown), is_same }
}

/// Whether the value of a header of this name is a secret.
fn is_secret(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| is_secret_header(&name))
}

#[cfg(test)]
mod tests;
