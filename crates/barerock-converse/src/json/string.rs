//! JSON strings: length, escapes and writing (RFC 8259, section 7).

use super::plain::plain_length;
use crate::types::Text;

/// Escapes of one character and their meaning; all but `/` are written so.
const ESCAPES: [(u8, u8); 8] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'/', b'/'),
    (b'b', 0x08),
    (b'f', 0x0c),
    (b'n', b'\n'),
    (b'r', b'\r'),
    (b't', b'\t'),
];

/// Length of `\u` and its four digits.
const UNIT_LENGTH: usize = 6;

/// The length of a string in bytes between its quotes, and whether it contains escapes. The error is the offset of an
/// invalid byte.
pub(crate) fn string_length(after_quote: &[u8]) -> Result<(usize, bool), usize> {
    let (mut at, mut escaped) = (0, false);
    loop {
        let rest = after_quote.get(at..).unwrap_or_default();
        at += plain_length(rest);
        let rest = after_quote.get(at..).unwrap_or_default();
        match rest {
            [b'"', ..] => return Ok((at, escaped)),
            _ => at += escape(rest).ok_or(at)?.1,
        }
        escaped = true;
    }
}

/// A string that was read.
pub(crate) struct Quoted<'a> {
    pub(crate) text: Text<'a>,
    /// Number of bytes between the quotes.
    pub(crate) length: usize,
    /// True if half a surrogate pair was replaced by U+FFFD, as in lossy decoders.
    pub(crate) is_lossy: bool,
}

/// Reads a string after its opening quote, in one pass. The error is the offset of an invalid byte.
#[inline]
pub(crate) fn quoted(after_quote: &str) -> Result<Quoted<'_>, usize> {
    let length = plain_length(after_quote.as_bytes());
    let read = match after_quote.as_bytes().get(length) {
        Some(b'\\') => unescaped(after_quote, length),
        _ => Quoted { text: after_quote.get(..length).unwrap_or_default().into(), length, is_lossy: false },
    };
    if after_quote.as_bytes().get(read.length) == Some(&b'"') { Ok(read) } else { Err(read.length) }
}

/// Decodes the text between the quotes of a string; true if half a surrogate pair was replaced.
#[inline]
pub(crate) fn unquoted(inside: &str, escaped: bool) -> (Text<'_>, bool) {
    if !escaped {
        return (inside.into(), false);
    }
    let read = unescaped(inside, plain_length(inside.as_bytes()));
    (read.text, read.is_lossy)
}

/// Decodes escapes up to the first byte that is neither plain nor part of an escape. The first `plain` bytes are plain.
#[inline(never)]
fn unescaped(json: &str, mut plain: usize) -> Quoted<'static> {
    // At first a guess: a text with an escape soon has another one soon.
    let mut text = String::with_capacity(json.len().min(2 * plain.max(SHORT)));
    let (mut at, mut is_lossy) = (0, false);
    loop {
        // With room for the character after it.
        if text.capacity() - text.len() < plain + LONGEST {
            grow(&mut text, plain, json.len() - at);
        }
        text.push_str(json.get(at..at + plain).unwrap_or_default());
        at += plain;
        let rest = json.as_bytes().get(at..).unwrap_or_default();
        let Some((character, length)) = escape(rest) else { break };
        text.push(character.unwrap_or_else(|| {
            is_lossy = true;
            char::REPLACEMENT_CHARACTER
        }));
        at += length;
        plain = plain_length(rest.get(length..).unwrap_or_default());
    }
    // A long text may have grown to twice its length. Room for half as much again is not worth a move.
    if text.capacity() > 4 * SHORT && text.capacity() / 3 > text.len() / 2 {
        text.shrink_to_fit();
    }
    Quoted { text: text.into(), length: at, is_lossy }
}

/// Bytes of the longest character.
const LONGEST: usize = 4;

/// Makes room for `plain` more bytes and a character. A text grows by doubling, but not beyond what the rest of the JSON can
/// hold: the text of a long response then takes no more memory than the response, and is not moved at its end.
#[cold]
#[inline(never)]
fn grow(text: &mut String, plain: usize, rest: usize) {
    text.reserve_exact(text.len().min(rest).max(plain + LONGEST));
}

/// Shorter texts have room for this many bytes from the start.
const SHORT: usize = 32;

/// The escape that `json` begins with: its character, which half a surrogate pair does not have, and its length.
#[inline]
fn escape(json: &[u8]) -> Option<(Option<char>, usize)> {
    match json {
        [b'\\', b'u', ..] => match character(json) {
            Some((character, length)) => Some((Some(character), length)),
            None => unit(json).map(|_half| (None, UNIT_LENGTH)),
        },
        [b'\\', letter, ..] => {
            let known = ESCAPES.iter().find(|(escape, _)| escape == letter);
            known.map(|(_, meaning)| (Some(char::from(*meaning)), 2))
        }
        _ => None,
    }
}

/// The character of one `\u` escape or a pair of them, and its length; `None` for half a pair.
fn character(escape: &[u8]) -> Option<(char, usize)> {
    let first = unit(escape)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, UNIT_LENGTH));
    }
    let second = unit(escape.get(UNIT_LENGTH..)?)?;
    // spec: rfc8259#surrogates "the character is represented as a 12-character sequence, encoding the UTF-16 surrogate pair"
    match (first, second) {
        (0xd800..=0xdbff, 0xdc00..=0xdfff) => {
            let character = char::from_u32(0x1_0000 + ((first & 0x3ff) << 10) + (second & 0x3ff))?;
            Some((character, 2 * UNIT_LENGTH))
        }
        _ => None,
    }
}

/// The value of the four hexadecimal digits after `\u`.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..UNIT_LENGTH - 2)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// Writes a string with its quotes.
pub(super) fn write_quoted(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, from_special) =
            rest.split_at_checked(plain_length(rest.as_bytes())).unwrap_or((rest, ""));
        out.push_str(plain);
        // Special characters are ASCII.
        let Some(special) = from_special.bytes().next() else { break };
        out.push('\\');
        match ESCAPES.iter().find(|(_, meant)| *meant == special) {
            Some((escape, _)) => out.push(char::from(*escape)),
            None => {
                out.push_str("u00");
                for digit in [special >> 4, special & 0x0f] {
                    out.extend(char::from_digit(digit.into(), 16));
                }
            }
        }
        rest = from_special.get(1..).unwrap_or_default();
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The string that `json`, quotes and all, stands for.
    fn read(json: &str) -> Option<String> {
        let inside = json.strip_prefix('"')?;
        let (length, escaped) = string_length(inside.as_bytes()).ok()?;
        let read = quoted(inside).ok()?;
        assert_eq!((read.length, read.text.is_borrowed()), (length, !escaped), "{json}");
        let (text, is_lossy) = unquoted(&inside[..length], escaped);
        assert_eq!((&text, is_lossy), (&read.text, read.is_lossy), "{json}");
        (inside.len() == length + 1 && !is_lossy).then(|| text.into_string())
    }

    // spec-test: rfc8259#surrogates
    #[test]
    fn reads_and_writes_what_serde_json_does() {
        for json in [
            r#""""#,
            r#""plain, Grüße, 🌍, and more than one word of eight""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0041\u00e9\u20AC\ud83d\uDE00\u0000""#,
            r#""a\u0041""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ude00""#,
            r#""\u+041""#,
            r#""\u004""#,
            r#""\u00g1""#,
            r#""\x""#,
            r#""\""#,
            r#""no end"#,
            "\"a\u{1f}\"",
            "\"a\u{7f}\"",
            "\"",
        ] {
            let expected = serde_json::from_str::<String>(json).ok();
            assert_eq!(read(json), expected, "{json}");
            if let Some(text) = expected {
                let mut out = String::new();
                write_quoted(&text, &mut out);
                assert_eq!(out, serde_json::to_string(&text).unwrap(), "{json}");
            }
        }
        let every: String = (0..=0x7f).map(char::from).collect();
        let mut out = String::new();
        write_quoted(&every, &mut out);
        assert_eq!(out, serde_json::to_string(&every).unwrap());
        assert_eq!(read(&out), Some(every));
    }

    #[test]
    fn a_text_has_hardly_more_room_than_its_json() {
        for piece in
            [r"a\n", r"\u00e9", r"\ud83d\ude00", r"\ud83d", "abcdefghijklmnopqrstuvwxyz0123456789 \\n"]
        {
            for pieces in (0..70).chain([1_000, 5_000]) {
                let json = format!("{}\"", piece.repeat(pieces));
                let text = quoted(&json).unwrap().text.into_string();
                assert!(
                    text.capacity() <= json.len().max(2 * SHORT) + LONGEST,
                    "{} of {}",
                    text.capacity(),
                    json.len()
                );
                assert_eq!(text, unescaped(piece, plain_length(piece.as_bytes())).text.repeat(pieces));
            }
        }
    }

    #[test]
    fn half_a_pair_is_replaced() {
        for (inside, expected) in [
            (r"\ud83d", "\u{fffd}"),
            (r"\ud83dx", "\u{fffd}x"),
            (r"\ud83d\n", "\u{fffd}\n"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(unquoted(inside, true), (Text::from(expected), true), "{inside}");
        }
    }
}
