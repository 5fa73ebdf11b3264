//! Identification of content that is not an event stream.

use core::fmt;

/// A kind of content other than an event stream, guessed from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookalike {
    /// A JSON object or array, such as an error body of a service or proxy.
    Json,
    /// An HTML page.
    Html,
    /// An XML document.
    Xml,
    /// Data compressed with gzip.
    Gzip,
    /// Data compressed with Zstandard.
    Zstd,
    /// Server-sent events (`data: …`).
    ServerSentEvents,
    /// An HTTP message with its head.
    Http,
    /// An HTTP body with undecoded chunk sizes.
    HttpChunks,
    /// A TLS record.
    Tls,
    /// A packet capture.
    PacketCapture,
    /// An event stream encoded as base64.
    Base64,
    /// Other text.
    Text,
}

/// Guesses the type of content that could not be decoded as an event stream. `None` for an event stream, and for binary
/// data without a known signature.
///
/// The guess is for error messages only; it does not affect decoding.
///
/// ```
/// use barerock_converse::{Lookalike, looks_like};
///
/// assert_eq!(looks_like(br#"{"message":"Forbidden"}"#), Some(Lookalike::Json));
/// ```
#[must_use]
pub fn looks_like(bytes: &[u8]) -> Option<Lookalike> {
    const MAGIC: &[(&[u8], Lookalike)] = &[
        (&[0x1f, 0x8b], Lookalike::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Lookalike::Zstd),
        (&[0xd4, 0xc3, 0xb2, 0xa1], Lookalike::PacketCapture),
        (&[0x0a, 0x0d, 0x0d, 0x0a], Lookalike::PacketCapture),
        (&[0x16, 0x03], Lookalike::Tls),
        (&[0x17, 0x03], Lookalike::Tls),
    ];
    if let Some((_, lookalike)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(*lookalike);
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if is_http_chunk_size(bytes) {
        return Some(Lookalike::HttpChunks);
    }
    let start = bytes.get(..bytes.len().min(LOOK_AT)).unwrap_or_default();
    let text = start.trim_ascii_start();
    // An HTML page may contain any of the others.
    if is_html(text) {
        return Some(Lookalike::Html);
    }
    if !is_text(start) {
        return None;
    }
    Some(match text {
        [] => return None,
        [b'{' | b'[', ..] => Lookalike::Json,
        [b'<', ..] => Lookalike::Xml,
        _ if SSE_FIELDS.iter().any(|field| text.starts_with(field)) => Lookalike::ServerSentEvents,
        _ if HTTP_STARTS.iter().any(|word| text.starts_with(word)) => Lookalike::Http,
        // Big-endian lengths under 16 MiB begin with a zero byte, so base64 of a stream with `A`.
        [b'A', ..] if is_base64(text) => Lookalike::Base64,
        _ => Lookalike::Text,
    })
}

/// Number of bytes that are examined.
const LOOK_AT: usize = 64;

const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const SSE_FIELDS: &[&[u8]] = &[b"data:", b"event:", b"id:", b"retry:", b":"];
const HTTP_STARTS: &[&[u8]] = &[b"HTTP/", b"POST /", b"GET /", b"PUT /"];
const HTML_STARTS: &[&[u8]] = &[b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<h1"];

fn is_html(text: &[u8]) -> bool {
    HTML_STARTS
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)))
}

/// UTF-8 without control characters, but for a character cut at the end.
fn is_text(bytes: &[u8]) -> bool {
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => bytes
            .get(..error.valid_up_to())
            .and_then(|valid| core::str::from_utf8(valid).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

fn is_base64(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte))
}

/// `1a3\r\n`, which precedes a chunk of a body (RFC 9112, 7.1).
fn is_http_chunk_size(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    (1..=8).contains(&digits) && bytes.get(digits..).is_some_and(|rest| rest.starts_with(b"\r\n"))
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Html => "HTML",
            Self::Xml => "XML",
            Self::Gzip => "gzip data",
            Self::Zstd => "Zstandard data",
            Self::ServerSentEvents => "server-sent events",
            Self::Http => "an HTTP message",
            Self::HttpChunks => "an HTTP body in chunked transfer coding",
            Self::Tls => "a TLS record",
            Self::PacketCapture => "a packet capture",
            Self::Base64 => "base64",
            Self::Text => "text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_sees() {
        let cases: &[(&[u8], Option<Lookalike>)] = &[
            (b"{\"message\":\"Forbidden\"}", Some(Lookalike::Json)),
            (b"\xef\xbb\xbf\n [1]", Some(Lookalike::Json)),
            (b"<!DOCTYPE HTML><p>", Some(Lookalike::Html)),
            (b"<html><head>", Some(Lookalike::Html)),
            (b"<?xml version=\"1.0\"?>", Some(Lookalike::Xml)),
            (b"<ErrorResponse>", Some(Lookalike::Xml)),
            (b"\x1f\x8b\x08\x00", Some(Lookalike::Gzip)),
            (b"\x28\xb5\x2f\xfd\x04", Some(Lookalike::Zstd)),
            (b"data: {\"type\":\"ping\"}\n\n", Some(Lookalike::ServerSentEvents)),
            (b"event: message_start\n", Some(Lookalike::ServerSentEvents)),
            (b": keep-alive\n", Some(Lookalike::ServerSentEvents)),
            (b"HTTP/1.1 200 OK\r\n", Some(Lookalike::Http)),
            (b"POST /model/x/converse HTTP/1.1\r\n", Some(Lookalike::Http)),
            (b"9b\r\n\x00\x00\x00\x9b", Some(Lookalike::HttpChunks)),
            (b"\x17\x03\x03\x00\x20", Some(Lookalike::Tls)),
            (b"\xd4\xc3\xb2\xa1", Some(Lookalike::PacketCapture)),
            (b"AAAAEAAAAAAFwkjrfZjI/w==", Some(Lookalike::Base64)),
            (b"Bad Gateway", Some(Lookalike::Text)),
            ("verbot\u{e9}n".as_bytes(), Some(Lookalike::Text)),
            (b"", None),
            (b"\n \n", None),
            (b"\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb", None),
            (b"\xff\xfe\xfd", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(looks_like(bytes), *expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_character_cut_at_the_end_is_still_text() {
        let text = "é".repeat(LOOK_AT);
        assert_eq!(looks_like(&text.as_bytes()[1..]), None, "a stream does not begin inside a character");
        assert_eq!(looks_like(&text.as_bytes()[..LOOK_AT - 1]), Some(Lookalike::Text));
    }
}
