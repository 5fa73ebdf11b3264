//! The canonical headers: which are signed, in what order, and what is trimmed.

use core::fmt::{self, Write};

use crate::SignError;
use crate::credentials::REDACTED;

/// The most header lines a request can sign: they are sorted on the stack. Servers commonly take no more.
pub const MAX_SIGNED_HEADERS: usize = 100;

pub(crate) const AUTHORIZATION: &str = "authorization";
pub(crate) const HOST: &str = "host";
pub(crate) const X_AMZ_CONTENT_SHA256: &str = "x-amz-content-sha256";
pub(crate) const X_AMZ_DATE: &str = "x-amz-date";
pub(crate) const X_AMZ_SECURITY_TOKEN: &str = "x-amz-security-token";

/// Headers that proxies and HTTP libraries add or change on the way, and the signature itself.
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
/// `proxy-authorization` and its kind.
const NEVER_SIGNED_PREFIX: &str = "proxy-";

/// Whether a header is left out of every signature, whatever its case: `authorization`, and what proxies and HTTP
/// libraries add or change on the way.
#[must_use]
pub fn is_never_signed(name: &str) -> bool {
    let is_prefixed = || {
        name.get(..NEVER_SIGNED_PREFIX.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(NEVER_SIGNED_PREFIX))
    };
    NEVER_SIGNED.iter().any(|never| never.eq_ignore_ascii_case(name)) || is_prefixed()
}

/// One header line as it is signed.
#[derive(Clone, Copy)]
struct Line<'a> {
    name: &'a str,
    value: &'a str,
    /// The value has nothing to trim or fold, and the name is in lowercase.
    is_plain: bool,
}

/// The header lines to sign, sorted by name. Lines of the same name stay in the order sent.
#[derive(Clone, Copy)]
pub(crate) struct HeaderList<'a> {
    lines: [Line<'a>; MAX_SIGNED_HEADERS],
    count: usize,
}

impl<'a> HeaderList<'a> {
    pub(crate) const fn new() -> Self {
        Self { lines: [Line { name: "", value: "", is_plain: true }; MAX_SIGNED_HEADERS], count: 0 }
    }

    /// Puts a line in its place. `index` names the header in an error.
    pub(crate) fn insert(&mut self, index: usize, name: &'a str, value: &'a [u8]) -> Result<(), SignError> {
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(SignError::InvalidHeaderName { index });
        }
        let value = check_value(value).map_err(|offset| SignError::InvalidHeaderValue { index, offset })?;
        let is_plain = is_trimmed(value) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        let inserted = self.lines.get_mut(..=self.count).ok_or(SignError::TooManyHeaders)?;
        let mut new = Line { name, value, is_plain };
        let at = inserted
            .iter()
            .take(self.count)
            .rposition(|line| !sorts_before(name, line.name))
            .map_or(0, |before| before.saturating_add(1));
        for slot in inserted.iter_mut().skip(at) {
            core::mem::swap(slot, &mut new);
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    fn lines(&self) -> &[Line<'a>] {
        self.lines.get(..self.count).unwrap_or_default()
    }

    /// The lines of each name.
    fn groups(&self) -> impl Iterator<Item = &[Line<'a>]> {
        self.lines().chunk_by(|one, next| one.name.eq_ignore_ascii_case(next.name))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.lines().iter().any(|line| line.name.eq_ignore_ascii_case(name))
    }

    /// At least the bytes of all lines and names.
    #[cfg(feature = "http")]
    pub(crate) fn length_estimate(&self) -> usize {
        const SEPARATORS: usize = 3;
        self.lines().iter().fold(0, |sum, line| {
            sum.saturating_add(line.name.len())
                .saturating_add(line.name.len())
                .saturating_add(line.value.len())
                .saturating_add(SEPARATORS)
        })
    }

    /// "Lowercase(<HeaderName1>)+':'+Trim(<value>)+'\n'", the values of one name joined by commas.
    pub(crate) fn write_lines(&self, w: &mut impl Write, redact: bool) -> fmt::Result {
        for group in self.groups() {
            let Some(first) = group.first() else { continue };
            first.write_name(w)?;
            w.write_char(':')?;
            for (at, line) in group.iter().enumerate() {
                if at > 0 {
                    w.write_char(',')?;
                }
                if redact && line.name.eq_ignore_ascii_case(X_AMZ_SECURITY_TOKEN) {
                    w.write_str(REDACTED)?;
                } else {
                    line.write_value(w)?;
                }
            }
            w.write_char('\n')?;
        }
        Ok(())
    }

    /// "An alphabetically sorted, semicolon-separated list of lowercase request header names."
    pub(crate) fn write_names(&self, w: &mut impl Write) -> fmt::Result {
        for (at, group) in self.groups().enumerate() {
            let Some(first) = group.first() else { continue };
            if at > 0 {
                w.write_char(';')?;
            }
            first.write_name(w)?;
        }
        Ok(())
    }
}

impl Line<'_> {
    fn write_name(&self, w: &mut impl Write) -> fmt::Result {
        if self.is_plain {
            return w.write_str(self.name);
        }
        self.name.chars().try_for_each(|character| w.write_char(character.to_ascii_lowercase()))
    }

    /// "Trim any leading or trailing spaces … convert sequential spaces to a single space", in quotes too. A line folded
    /// in HTTP's old way counts as a space. A tab inside is not a space.
    fn write_value(&self, w: &mut impl Write) -> fmt::Result {
        if self.is_plain {
            return w.write_str(self.value);
        }
        let mut rest = self.value.trim_matches(is_blank);
        while let Some(at) = rest.find([' ', '\r', '\n']) {
            let (word, from_blank) = rest.split_at_checked(at).unwrap_or((rest, ""));
            let next = from_blank.trim_start_matches([' ', '\r', '\n']);
            // The tabs of a fold's indentation belong to the fold.
            let blank = from_blank.strip_suffix(next).unwrap_or(from_blank);
            if blank.contains('\n') {
                rest = next.trim_start_matches(is_blank);
                w.write_str(word.trim_end_matches('\t'))?;
            } else {
                rest = next;
                w.write_str(word)?;
            }
            w.write_char(' ')?;
        }
        w.write_str(rest)
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// RFC 9110, section 5.6.2.
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// "Sort by lowercase character code."
fn sorts_before(name: &str, other: &str) -> bool {
    let lowercase = |byte: u8| byte.to_ascii_lowercase();
    name.bytes().map(lowercase).lt(other.bytes().map(lowercase))
}

/// The value as text, or the offset of the byte that cannot stand in one.
fn check_value(value: &[u8]) -> Result<&str, usize> {
    let text = core::str::from_utf8(value).map_err(|error| error.valid_up_to())?;
    let is_control = |byte: u8| (byte < b' ') | (byte == 0x7f);
    // No early end: the compiler compares many at once.
    if !value.iter().fold(false, |found, byte| found | is_control(*byte)) {
        return Ok(text);
    }
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
    Ok(text)
}

/// Whether [`Line::write_value`] would write the value as it is.
fn is_trimmed(value: &str) -> bool {
    let bytes = value.as_bytes();
    let next = bytes.get(1..).unwrap_or_default();
    let has_run = bytes
        .iter()
        .zip(next)
        .fold(false, |found, (one, two)| found | ((*one == b' ') & (*two == b' ')) | (*one == b'\n'));
    !has_run && !value.starts_with(is_blank) && !value.ends_with(is_blank)
}

/// `content-type;host;x-amz-date`: the names of what a request signs.
#[derive(Clone, Copy)]
pub struct SignedHeaders<'r, 'a>(pub(crate) &'r HeaderList<'a>);

impl fmt::Display for SignedHeaders<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_names(f)
    }
}

impl fmt::Debug for SignedHeaders<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedHeaders({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::{String, ToString};

    use super::*;

    fn lines(headers: &[(&str, &[u8])]) -> Result<String, SignError> {
        let mut list = HeaderList::new();
        for (index, (name, value)) in headers.iter().enumerate() {
            list.insert(index, name, value)?;
        }
        let mut text = String::new();
        list.write_lines(&mut text, false).expect("a string takes all");
        text.push_str(&SignedHeaders(&list).to_string());
        Ok(text)
    }

    #[test]
    fn sorted_by_name_and_stable_within_one() {
        let headers: [(&str, &[u8]); 6] =
            [("b", b"2"), ("My-Header", b"z"), ("a", b"1"), ("my-header", b"y"), ("A", b"0"), ("c", b"")];
        assert_eq!(lines(&headers).expect("valid"), "a:1,0\nb:2\nc:\nmy-header:z,y\na;b;c;my-header");
    }

    #[test]
    fn values_are_trimmed_and_folded() {
        for (sent, canonical) in [
            ("value", "value"),
            ("  value ", "value"),
            ("\tvalue\t", "value"),
            ("\"a   b   c\"", "\"a b c\""),
            ("a\tb", "a\tb"),
            ("a \t b", "a \t b"),
            ("value1\n  value2\r\n\t value3", "value1 value2 value3"),
            ("a\r\n \r\n b", "a b"),
            ("é  日本", "é 日本"),
            ("   ", ""),
        ] {
            let text = lines(&[("h", sent.as_bytes())]).expect("valid");
            assert_eq!(text, format!("h:{canonical}\nh"), "{sent:?}");
        }
    }

    #[test]
    fn control_bytes_and_odd_names_are_refused() {
        let values: [(&[u8], usize); 8] = [
            (b"a\0", 1),
            (b"a\rb", 1),
            (b"ab\nc", 2),
            (b"a\r\n", 1),
            (b"a\n b\nc", 4),
            (b"\x7f", 0),
            (b"a\xff", 1),
            (b"\x1b[0m", 0),
        ];
        for (value, offset) in values {
            let found = lines(&[("a", b""), ("h", value)]);
            assert_eq!(found, Err(SignError::InvalidHeaderValue { index: 1, offset }), "{value:?}");
        }
        for name in ["", "a b", "a:", "é", "a\n"] {
            assert_eq!(lines(&[(name, b"v")]), Err(SignError::InvalidHeaderName { index: 0 }), "{name:?}");
        }
    }

    #[test]
    fn the_limit_holds() {
        let headers = [("h", b"v".as_slice()); MAX_SIGNED_HEADERS];
        assert!(lines(&headers).is_ok());
        let one_more = [headers.as_slice(), &[("h", b"v")]].concat();
        assert_eq!(lines(&one_more), Err(SignError::TooManyHeaders));
    }

    #[test]
    fn never_signed_in_any_case() {
        for name in ["authorization", "User-Agent", "PROXY-Authorization", "proxy-", "traceparent", "TE"] {
            assert!(is_never_signed(name), "{name}");
        }
        for name in ["host", "accept", "prox", "content-length", "x-amzn-bedrock-accept", "é"] {
            assert!(!is_never_signed(name), "{name}");
        }
    }
}
