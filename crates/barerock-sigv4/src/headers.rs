//! The canonical headers: selection, order and trimming.

use core::fmt;

use crate::SignError;
use crate::bytes::{ByteSet, is_visible_ascii};
use crate::credentials::REDACTED;
use crate::hash::{Sink, show};
use crate::names::header_name::{AUTHORIZATION, X_AMZ_SECURITY_TOKEN};

mod order;

use order::Lines;
pub(crate) use order::{HeaderOrder, KnownOrder};

/// Limit on the number of signed header lines, which are sorted on the stack. Servers commonly accept no more.
pub const MAX_SIGNED_HEADERS: usize = 100;

/// Headers that are never signed: those that proxies and HTTP libraries add or change, and the signature itself.
const NEVER_SIGNED: [&str; 13] = [
    AUTHORIZATION,
    "baggage",
    "connection",
    "expect",
    "keep-alive",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];
/// Bit set of the lengths of the names in [`NEVER_SIGNED`].
#[expect(clippy::as_conversions, reason = "runs while compiling; the lengths are small")]
const NEVER_SIGNED_LENGTHS: u32 = {
    let mut lengths = 0;
    let mut rest: &[&str] = &NEVER_SIGNED;
    while let [name, after @ ..] = rest {
        lengths |= 1_u32.rotate_left(name.len() as u32);
        rest = after;
    }
    lengths
};
/// Prefix of headers that are never signed, such as `proxy-authorization`.
const NEVER_SIGNED_PREFIX: &str = "proxy-";

/// Signing name of the service whose servers drop headers in snake_case before they verify a signature
/// (codex#21623).
const DROPS_SNAKE_CASE: &str = "bedrock-mantle";

/// Returns true if a header of a request to `service` is signed. Not signed, with names in any case, are `authorization`, and
/// headers that proxies and HTTP libraries add or change; for bedrock-mantle also names with `_`.
#[must_use]
pub fn is_signed(service: &str, name: &str) -> bool {
    let is_prefixed = || {
        let start = name.as_bytes().get(..NEVER_SIGNED_PREFIX.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(NEVER_SIGNED_PREFIX.as_bytes()))
    };
    // Most names differ in length from all of those.
    let has_length =
        || u32::try_from(name.len()).ok().and_then(|length| NEVER_SIGNED_LENGTHS.checked_shr(length));
    let is_never_signed = || {
        has_length().is_some_and(|lengths| lengths & 1 != 0)
            && NEVER_SIGNED.iter().any(|never| never.eq_ignore_ascii_case(name))
    };
    let is_dropped = || service == DROPS_SNAKE_CASE && name.bytes().any(|byte| byte == b'_');
    !(is_never_signed() || is_prefixed() || is_dropped())
}

/// Guarantee on the names of header lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// No guarantee.
    Unchecked,
    /// Lowercase tokens, as in an `http::HeaderMap`.
    #[cfg(feature = "http")]
    Lowercase,
}

/// Header line as it is sent.
pub(crate) type HeaderLine<'a> = (&'a str, &'a [u8]);

/// List of the header lines to sign, in their order.
///
/// It stores only the order and borrows the lines, so that it is small enough to move.
#[derive(Clone, Copy)]
pub(crate) struct HeaderList<'a> {
    lines: Lines<'a>,
    order: HeaderOrder,
    /// Names of the lines as they are written, if that is known, else empty.
    known_names: &'a [u8],
    /// True if all values are visible ASCII, so that they are written unchanged.
    has_plain_values: bool,
    /// Length of all names and values, in bytes.
    length: usize,
}

impl<'a> HeaderList<'a> {
    /// Creates a list in which no line is selected. `known` is the order of lines with the same names.
    pub(crate) fn new(sent: &'a [HeaderLine<'a>], known: Option<KnownOrder<'a>>) -> Self {
        Self {
            lines: Lines::new(sent),
            order: known.map_or(HeaderOrder::EMPTY, |known| *known.order),
            known_names: known.map_or(b"", |known| known.names),
            has_plain_values: true,
            length: 0,
        }
    }

    /// Adds a header of the signature, before [`HeaderList::select`].
    pub(crate) fn add(&mut self, line: HeaderLine<'a>) -> Result<(), SignError> {
        self.lines.add(line)
    }

    /// Selects and sorts the added lines, and the sent ones for which `is_signed` returns true. In place, because a list is too
    /// long to be moved at each step.
    pub(crate) fn select(&mut self, names: Names, is_signed: impl Fn(&str) -> bool) -> Result<(), SignError> {
        if self.known_names.is_empty() {
            self.order.sort(&self.lines, names, is_signed)?;
        }
        for index in self.order.indices() {
            let (name, value) = self.lines.get(index);
            let invalid = |offset| SignError::InvalidHeaderValue { index, offset };
            // Added lines are visible ASCII.
            if self.lines.is_sent(index) {
                self.has_plain_values &= check_value(value).map_err(invalid)?;
            }
            self.length = self.length.saturating_add(name.len()).saturating_add(value.len());
        }
        Ok(())
    }

    /// Iterates over the lines in order, each with true if its name equals that of the previous line.
    fn lines(&self) -> impl Iterator<Item = (HeaderLine<'a>, bool)> {
        let mut before = "";
        self.order.indices().map(move |index| {
            let line = self.lines.get(index);
            let is_repeated = self.order.has_repeats && line.0.eq_ignore_ascii_case(before);
            before = line.0;
            (line, is_repeated)
        })
    }

    /// Returns the order, to know it for the next request.
    #[cfg(feature = "http")]
    pub(crate) fn order(&self) -> &HeaderOrder {
        &self.order
    }

    pub(crate) fn has_host(&self) -> bool {
        self.order.has_host
    }

    /// Returns the number of bytes that [`HeaderList::write_names`] writes.
    #[cfg(feature = "http")]
    pub(crate) fn names_length(&self) -> usize {
        self.order.names_length.saturating_sub(1)
    }

    /// Returns an upper bound for the length of all lines and the list of names.
    #[cfg(feature = "http")]
    pub(crate) fn length_estimate(&self) -> usize {
        // Names are no longer than their lines, and each line adds two separators.
        self.length.saturating_mul(2).saturating_add(self.order.count().saturating_mul(2))
    }

    // spec: sigv4#canonical-headers "Lowercase(<HeaderName1>)+':'+Trim(<value>)+'\n'"
    /// Writes the lines: "Lowercase(<HeaderName1>)+':'+Trim(<value>)+'\n'", with the values of one name joined by commas.
    pub(crate) fn write_lines(&self, out: &mut impl Sink, redact: bool) {
        for (at, ((name, value), is_repeated)) in self.lines().enumerate() {
            if is_repeated {
                out.put(b",");
            } else {
                if at > 0 {
                    out.put(b"\n");
                }
                self.write_name(out, name);
                out.put(b":");
            }
            if redact && name.eq_ignore_ascii_case(X_AMZ_SECURITY_TOKEN) {
                out.put(REDACTED.as_bytes());
            } else if self.has_plain_values {
                out.put(value);
            } else {
                write_trimmed(out, value);
            }
        }
        if self.order.count() > 0 {
            out.put(b"\n");
        }
    }

    // spec: sigv4#signed-headers "An alphabetically sorted, semicolon-separated list of lowercase request header names."
    /// Writes "An alphabetically sorted, semicolon-separated list of lowercase request header names."
    pub(crate) fn write_names(&self, out: &mut impl Sink) {
        if !self.known_names.is_empty() {
            return out.put(self.known_names);
        }
        for (at, ((name, _), is_repeated)) in self.lines().enumerate() {
            if is_repeated {
                continue;
            }
            if at > 0 {
                out.put(b";");
            }
            self.write_name(out, name);
        }
    }

    fn write_name(&self, out: &mut impl Sink, name: &str) {
        if self.order.has_plain_names {
            out.put(name.as_bytes());
        } else {
            // Names are ASCII.
            name.bytes().for_each(|byte| out.put(&[byte.to_ascii_lowercase()]));
        }
    }
}

// spec: sigv4#trim "convert sequential spaces to a single space"
/// Writes a value with the rule "Trim any leading or trailing spaces … convert sequential spaces to a single space", also in
/// quotes. An obsolete line fold (RFC 9112, section 5.2) counts as a space, including the tabs around it; other tabs do not.
fn write_trimmed(out: &mut impl Sink, value: &[u8]) {
    let mut is_first = true;
    let mut rest = value;
    loop {
        let (blanks, from_word) = split_where(rest, false);
        let (word, after) = split_where(from_word, true);
        if word.is_empty() {
            return;
        }
        // Not `contains`, whose search by words is 100 bytes of code.
        let is_fold = blanks.iter().fold(false, |found, byte| found | (*byte == b'\n'));
        if !is_first && is_fold {
            out.put(b" ");
        } else if !is_first {
            write_blanks(out, blanks);
        }
        out.put(word);
        (is_first, rest) = (false, after);
    }
}

/// Writes tabs unchanged, and one space for any number of other blanks.
fn write_blanks(out: &mut impl Sink, blanks: &[u8]) {
    let mut before = b'\t';
    for byte in blanks {
        let is_repeated = *byte != b'\t' && before != b'\t';
        before = *byte;
        if !is_repeated {
            out.put(if *byte == b'\t' { b"\t" } else { b" " });
        }
    }
}

/// Splits before the first blank byte if `blank` is true, else before the first other byte. Blanks are ASCII.
fn split_where(text: &[u8], blank: bool) -> (&[u8], &[u8]) {
    let at = text.iter().position(|byte| is_blank(*byte) == blank).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, b""))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Characters of a token (RFC 9110, section 5.6.2). A table, because every byte of every name is checked.
const TOKEN: ByteSet = ByteSet::of(b"!#$%&'*+-.^_`|~");

pub(crate) fn is_token(byte: u8) -> bool {
    TOKEN.contains(byte)
}

/// Checks a value. Returns true if it is visible ASCII only, so that it is written unchanged; the error is the offset of an
/// invalid byte.
fn check_value(value: &[u8]) -> Result<bool, usize> {
    // Visible ASCII is valid UTF-8.
    if is_visible_ascii(value) {
        return Ok(true);
    }
    core::str::from_utf8(value).map_err(|error| error.valid_up_to())?;
    let is_control = |byte: u8| byte < b' ' || byte == 0x7f;
    let mut rest = value;
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            // RFC 9112, section 5.2: a line break followed by a space or tab folds the line.
            (b'\r', [b'\n', b' ' | b'\t', after @ ..]) | (b'\n', [b' ' | b'\t', after @ ..]) => after,
            (b'\t', after) => after,
            (byte, _) if is_control(*byte) => return Err(value.len().saturating_sub(rest.len())),
            (_, after) => after,
        };
    }
    Ok(false)
}

/// List of the signed headers, such as `content-type;host;x-amz-date`.
#[derive(Clone, Copy)]
pub struct SignedHeaders<'r, 'a>(pub(crate) &'r HeaderList<'a>);

impl fmt::Display for SignedHeaders<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.0.write_names(out))
    }
}

impl fmt::Debug for SignedHeaders<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedHeaders({self})")
    }
}

#[cfg(test)]
mod tests;
