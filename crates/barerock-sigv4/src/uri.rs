//! The canonical path and the canonical query.

use core::cmp::Ordering;

use crate::bytes::ByteSet;
use crate::credentials::REDACTED;
use crate::hash::Sink;
use crate::names::parameter_name;
use crate::{SignError, UriEncoding, hex};

/// Limit on the number of parameters of a signed query, which are sorted on the stack.
pub const MAX_QUERY_PARAMETERS: usize = 256;
/// Limit on the number of segments of a path that needs normalizing, which are kept on the stack.
pub const MAX_PATH_SEGMENTS: usize = 256;

// spec: sigv4#unreserved "Letters, digits, '-', '.', '_' and '~' are not encoded"
/// Bytes that are not encoded: "Letters, digits, '-', '.', '_' and '~' are not encoded" (RFC 3986's unreserved characters).
const UNRESERVED: ByteSet = ByteSet::of(b"-._~");
/// Bytes of a path that are not encoded: the same, and the separator of segments.
const PATH: ByteSet = ByteSet::of(b"-._~/");

fn is_unreserved(byte: u8) -> bool {
    UNRESERVED.contains(byte)
}

const HEX_DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Writes a percent-encoded byte: "Percent-encode … the hexadecimal digits in uppercase."
fn write_escape(out: &mut impl Sink, byte: u8) {
    let digit = |nibble: u8| HEX_DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    out.put(&[b'%', digit(byte >> 4), digit(byte & 0x0f)]);
}

/// Writes `text`, percent-encoded except for the bytes in `kept`.
fn write_encoded(out: &mut impl Sink, text: &[u8], kept: &ByteSet) {
    let mut rest = text;
    loop {
        let (plain, from_escape) = rest.split_at_checked(kept.run(rest)).unwrap_or((rest, b""));
        out.put(plain);
        let Some((escaped, after)) = from_escape.split_first() else { return };
        write_escape(out, *escaped);
        rest = after;
    }
}

/// Percent-encodes a query parameter's name or value.
#[cfg(feature = "alloc")]
pub(crate) fn write_encoded_component(out: &mut impl Sink, text: &str) {
    write_encoded(out, text.as_bytes(), &UNRESERVED);
}

/// Writes the canonical form of a path as sent. `is_normal` is the result of [`check_path`].
pub(crate) fn write_path(out: &mut impl Sink, path: &str, encoding: UriEncoding, is_normal: bool) {
    if is_normal {
        // "If the absolute path is empty, use a forward slash character (/)."
        if !path.starts_with('/') {
            out.put(b"/");
        }
        return write_path_part(out, path.as_bytes(), encoding);
    }
    // spec: sigv4#normalize "Normalize URI paths according to RFC 3986."
    // "Normalize URI paths according to RFC 3986. Remove redundant and relative path components."
    let mut kept = [&b""[..]; MAX_PATH_SEGMENTS];
    let mut depth = 0_usize;
    let mut ends_in_slash = false;
    for segment in segments(path) {
        ends_in_slash = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => depth = depth.saturating_sub(1),
            segment => {
                // `check_path` has counted the segments.
                if let Some(slot) = kept.get_mut(depth) {
                    *slot = segment;
                    depth = depth.saturating_add(1);
                }
            }
        }
    }
    for segment in kept.iter().take(depth) {
        out.put(b"/");
        write_path_part(out, segment, encoding);
    }
    if ends_in_slash || depth == 0 {
        out.put(b"/");
    }
}

fn write_path_part(out: &mut impl Sink, part: &[u8], encoding: UriEncoding) {
    match encoding {
        // spec: sigv4#encode-twice "Each path segment must be URI-encoded twice"
        // "Each path segment must be URI-encoded twice (except for Amazon S3 which only gets URI-encoded once)": the path as
        // sent is already encoded once.
        UriEncoding::Double => write_encoded(out, part, &PATH),
        UriEncoding::Single => out.put(part),
    }
}

/// Splits a path as bytes, because a split of text would be 400 bytes of code.
fn segments(path: &str) -> impl Iterator<Item = &[u8]> {
    path.as_bytes().split(|byte| *byte == b'/')
}

/// Returns true if there is nothing to normalize; false also for a segment such as `.hidden`, which only costs time.
fn is_normal(path: &str) -> bool {
    let bytes = path.as_bytes();
    let next = bytes.get(1..).unwrap_or_default();
    // No early exit, so that the loop is vectorized.
    !bytes.iter().zip(next).fold(false, |found, (first, second)| {
        found | ((*first == b'/') & ((*second == b'/') | (*second == b'.')))
    }) && !path.starts_with('.')
}

/// Checks that a path has no control characters and can be normalized on the stack. True if there is nothing to normalize.
pub(crate) fn check_path(path: &str, normalize: bool) -> Result<bool, SignError> {
    check_target(path)?;
    let is_normal = !normalize || is_normal(path);
    if !is_normal {
        let segments = segments(path).filter(|segment| !matches!(*segment, b"" | b"." | b"..")).count();
        if segments > MAX_PATH_SEGMENTS {
            return Err(SignError::TooManyPathSegments { found: segments });
        }
    }
    Ok(is_normal)
}

/// Checks that a query has no control characters and can be sorted on the stack.
pub(crate) fn check_query(query: &str) -> Result<(), SignError> {
    if query.is_empty() {
        return Ok(());
    }
    check_target(query)?;
    let found = parameters(query).count();
    if found > MAX_QUERY_PARAMETERS {
        return Err(SignError::TooManyQueryParameters { found });
    }
    Ok(())
}

fn check_target(target: &str) -> Result<(), SignError> {
    // No early exit, so that the loop is vectorized.
    if !target.bytes().fold(false, |found, byte| found | byte.is_ascii_control()) {
        return Ok(());
    }
    let offset = target.bytes().position(|byte| byte.is_ascii_control()).unwrap_or_default();
    Err(SignError::InvalidTarget { offset })
}

/// Iterates over the parameters of a query in the order sent, each split at its first `=`. Empty ones, as in `a&&b`, are
/// skipped.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = query;
    core::iter::from_fn(move || {
        while !rest.is_empty() {
            let (parameter, after) = split_once(rest, b'&');
            rest = after;
            if !parameter.is_empty() {
                return Some(split_once(parameter, b'='));
            }
        }
        None
    })
}

/// Splits at the first `separator`, an ASCII character; without one, the second part is empty.
fn split_once(text: &str, separator: u8) -> (&str, &str) {
    let at = text.bytes().position(|byte| byte == separator).unwrap_or(text.len());
    let after = text.get(at.saturating_add(1)..).unwrap_or_default();
    (text.get(..at).unwrap_or_default(), after)
}

/// Writes the canonical form of a query as sent, without the parameters in `left_out`.
///
// spec: sigv4#query "Sort by the encoded name, in ascending order by code point."
/// "URI-encode each name and value … Sort by the encoded name, in ascending order by code point. Parameters with the same
/// name are sorted by value." Escapes are decoded once: a parameter that was encoded twice stays encoded twice.
pub(crate) fn write_query(out: &mut impl Sink, query: &str, left_out: &[&str], redact: bool) {
    if query.is_empty() {
        return;
    }
    let mut sorted = [("", ""); MAX_QUERY_PARAMETERS];
    let mut count = 0_usize;
    let wanted = parameters(query).filter(|(name, _)| !left_out.contains(name));
    for (slot, parameter) in sorted.iter_mut().zip(wanted) {
        *slot = parameter;
        count = count.saturating_add(1);
    }
    let sorted = sorted.get_mut(..count).unwrap_or_default();
    sort(sorted);
    for (at, (name, value)) in sorted.iter().enumerate() {
        if at > 0 {
            out.put(b"&");
        }
        write_recoded(out, name);
        // "If a parameter has no value, use an empty string": the '=' is always written.
        out.put(b"=");
        if redact && *name == parameter_name::SECURITY_TOKEN {
            out.put(REDACTED.as_bytes());
        } else {
            write_recoded(out, value);
        }
    }
}

/// Sorts by encoded name, then by encoded value. Insertion sort, because there are at most [`MAX_QUERY_PARAMETERS`] and
/// core's sort is 4 KB of code.
fn sort(parameters: &mut [(&str, &str)]) {
    let comes_after = |one: &(&str, &str), other: &(&str, &str)| {
        compare_encoded(one.0, other.0).then_with(|| compare_encoded(one.1, other.1)).is_gt()
    };
    for end in 1..=parameters.len() {
        let mut sorted = parameters.get_mut(..end).unwrap_or_default();
        while let [.., last_but_one, last] = sorted {
            if !comes_after(last_but_one, last) {
                break;
            }
            core::mem::swap(last_but_one, last);
            sorted = sorted.split_last_mut().map(|(_, rest)| rest).unwrap_or_default();
        }
    }
}

/// Decodes a part of a query. `+` is a space, and a `%` without two digits is kept.
pub(crate) fn decoded(part: &str) -> impl Iterator<Item = u8> {
    let mut rest = part.as_bytes();
    core::iter::from_fn(move || next_decoded(&mut rest))
}

/// Removes and returns the first decoded byte of a part of a query.
fn next_decoded(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    match (first, after) {
        (b'%', [high, low, after @ ..]) => match (hex::value(*high), hex::value(*low)) {
            (Some(high), Some(low)) => {
                *rest = after;
                Some((high << 4) | low)
            }
            _ => Some(b'%'),
        },
        (b'+', _) => Some(b' '),
        (byte, _) => Some(*byte),
    }
}

fn write_recoded(out: &mut impl Sink, part: &str) {
    let mut rest = part.as_bytes();
    loop {
        let (plain, from_other) = rest.split_at_checked(UNRESERVED.run(rest)).unwrap_or((rest, b""));
        out.put(plain);
        rest = from_other;
        match next_decoded(&mut rest) {
            Some(byte) if is_unreserved(byte) => out.put(&[byte]),
            Some(byte) => write_escape(out, byte),
            None => return,
        }
    }
}

/// Compares the output of [`write_recoded`]. An escape begins with '%', which sorts before all unreserved characters, and
/// two escapes sort as their bytes do.
fn compare_encoded(one: &str, other: &str) -> Ordering {
    let rank = |byte: u8| (is_unreserved(byte), byte);
    decoded(one).map(rank).cmp(decoded(other).map(rank))
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn path(path: &str, encoding: UriEncoding, normalize: bool) -> String {
        let mut text = String::new();
        let is_normal = check_path(path, normalize).expect("few segments");
        write_path(&mut text, path, encoding, is_normal);
        text
    }

    fn query(query: &str) -> String {
        let mut text = String::new();
        write_query(&mut text, query, &[], false);
        text
    }

    #[test]
    fn paths_are_normalized_as_rfc_3986_says() {
        for (sent, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/..", "/"),
            ("/../..", "/"),
            ("/./", "/"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b/"),
            ("/a/b/.", "/a/b/"),
            ("/a/b/..", "/a/"),
            ("/a/b/../..", "/"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/../../b", "/b"),
            ("/../a", "/a"),
            ("//a//b//", "/a/b/"),
            ("/.a/..b/...", "/.a/..b/..."),
            ("a", "/a"),
            ("./a", "/a"),
            ("/%2E%2E/a", "/%252E%252E/a"),
        ] {
            assert_eq!(path(sent, UriEncoding::Double, true), canonical, "{sent}");
            let clean = !matches!(sent, "" | "a" | "/%2E%2E/a" | "./a");
            if clean {
                assert_eq!(path(sent, UriEncoding::Double, false), sent);
            }
        }
    }

    // spec-test: sigv4#encode-twice, sigv4#unreserved, sigv4#normalize
    #[test]
    fn double_encodes_what_was_encoded_once() {
        assert_eq!(path("/v1%3A0/a:b/ሴ $", UriEncoding::Double, true), "/v1%253A0/a%3Ab/%E1%88%B4%20%24");
        assert_eq!(path("/v1%3A0/a:b", UriEncoding::Single, true), "/v1%3A0/a:b");
    }

    // spec-test: sigv4#query
    #[test]
    fn queries_are_sorted_by_encoded_name_then_value() {
        for (sent, canonical) in [
            ("", ""),
            ("a", "a="),
            ("&&a&", "a="),
            ("=v", "=v"),
            ("a=b=c", "a=b%3Dc"),
            ("b=1&a=2&a=1", "a=1&a=2&b=1"),
            ("Param-3=1&Param=2&%E1%88%B4=3", "%E1%88%B4=3&Param=2&Param-3=1"),
            ("a=%41%2b%zz+x", "a=A%2B%25zz%20x"),
            ("z=%ff%FE", "z=%FF%FE"),
            ("ab=1&a/=2&a=3", "a=3&a%2F=2&ab=1"),
        ] {
            assert_eq!(query(sent), canonical, "{sent}");
        }
    }

    #[test]
    fn the_order_is_that_of_the_encoded_text() {
        let parts =
            ["", "a", "a%", "a-", "a.", "aB", "~", "%7e", "%7F", "é", "%00", "0", "%2f", "a b", "a+", "%c3"];
        for one in parts {
            for other in parts {
                let text = |part| {
                    let mut text = String::new();
                    write_recoded(&mut text, part);
                    text
                };
                assert_eq!(compare_encoded(one, other), text(one).cmp(&text(other)), "{one} {other}");
            }
        }
    }

    #[test]
    fn limits_hold() {
        let query = "a&".repeat(MAX_QUERY_PARAMETERS);
        assert_eq!(check_query(&query), Ok(()));
        assert_eq!(
            check_query(&(query + "a")),
            Err(SignError::TooManyQueryParameters { found: MAX_QUERY_PARAMETERS + 1 })
        );
        let path = "//a".repeat(MAX_PATH_SEGMENTS);
        assert_eq!(check_path(&path, true), Ok(false));
        let path = path + "/a";
        assert_eq!(
            check_path(&path, true),
            Err(SignError::TooManyPathSegments { found: MAX_PATH_SEGMENTS + 1 })
        );
        assert_eq!(check_path(&path, false), Ok(true));
        assert_eq!(check_path("/a\n", true), Err(SignError::InvalidTarget { offset: 2 }));
    }
}
