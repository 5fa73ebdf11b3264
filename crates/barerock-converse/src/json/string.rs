//! JSON strings: length, escapes and writing (RFC 8259, section 7).

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
pub(crate) fn string_length(inside: &[u8]) -> Result<(usize, bool), usize> {
    let (mut at, mut escaped) = (0, false);
    loop {
        let rest = inside.get(at..).unwrap_or_default();
        at += plain_length(rest);
        match inside.get(at..).unwrap_or_default() {
            [b'"', ..] => return Ok((at, escaped)),
            [b'\\', b'u', ..] => {
                unit(inside.get(at..).unwrap_or_default()).ok_or(at)?;
                at += UNIT_LENGTH;
            }
            [b'\\', letter, ..] if ESCAPES.iter().any(|(escape, _)| escape == letter) => at += 2,
            _ => return Err(at),
        }
        escaped = true;
    }
}

/// Decodes the text between the quotes of a string; true if half a surrogate pair was replaced.
#[inline]
pub(crate) fn unquoted(inside: &str, escaped: bool) -> (Text<'_>, bool) {
    if !escaped {
        return (inside.into(), false);
    }
    let (text, is_lossy) = unescaped(inside);
    (text.into(), is_lossy)
}

/// Decodes escapes. Half a surrogate pair becomes U+FFFD, as in lossy decoders, and the flag is true.
fn unescaped(inside: &str) -> (String, bool) {
    let (mut text, mut rest, mut is_lossy) = (String::with_capacity(inside.len()), inside, false);
    while let Some((plain, from_escape)) = rest.split_at_checked(plain_length(rest.as_bytes())) {
        text.push_str(plain);
        let (character, length) = match from_escape.as_bytes() {
            [b'\\', b'u', ..] => character(from_escape.as_bytes()).unwrap_or_else(|| {
                is_lossy = true;
                (char::REPLACEMENT_CHARACTER, UNIT_LENGTH)
            }),
            [b'\\', escape, ..] => {
                let meant =
                    ESCAPES.iter().find(|(known, _)| known == escape).map_or(*escape, |(_, meant)| *meant);
                (char::from(meant), 2)
            }
            _ => break,
        };
        text.push(character);
        rest = from_escape.get(length..).unwrap_or_default();
    }
    (text, is_lossy)
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

/// The number of bytes before the first `"`, `\` or control character.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    // Names and tokens are short; only what is longer is worth blocks.
    let short = bytes.get(..SHORT).unwrap_or(bytes);
    let length = plain_length_by_words(short);
    if length < SHORT {
        return length;
    }
    // Without branches in a block, so that the compiler compares all of it at once.
    let is_special = |byte: &u8| (*byte == b'"') | (*byte == b'\\') | (*byte < 0x20);
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |any, byte| any | is_special(byte));
    let blocks = bytes.get(SHORT..).unwrap_or_default().chunks_exact(16).filter_map(<[u8]>::first_chunk);
    let length = SHORT + blocks.take_while(is_plain).count() * 16;
    length + plain_length_by_words(bytes.get(length..).unwrap_or_default())
}

/// Length up to which strings are looked at by words alone.
const SHORT: usize = 16;

#[inline]
fn plain_length_by_words(bytes: &[u8]) -> usize {
    let mut length = 0;
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    for word in words.filter_map(<[u8]>::first_chunk::<8>) {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            // The lowest byte comes first, and its highest bit is the one that is set.
            let ahead = found.trailing_zeros() / 8;
            return length + usize::try_from(ahead).unwrap_or_default();
        }
        length += word.len();
    }
    let plain = |byte: &&u8| !matches!(**byte, b'"' | b'\\' | 0..=0x1f);
    length + rest.iter().take_while(plain).count()
}

/// Sets the highest bit of each byte that is `"`, `\` or a control character; bits above the first such byte are undefined.
#[inline]
fn special(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = EACH << 7;
    // A byte is below n, if taking n from it borrows and its own highest bit was not set.
    let below = |word: u64, n: u64| word.wrapping_sub(EACH * n) & !word;
    // `"` is 0x22: with its bit 0x02 inverted it is 0x20, and what was below 0x20 still is.
    let is_quote_or_control = below(word ^ (EACH * 0x02), 0x21);
    let is_backslash = below(word ^ (EACH * u64::from(b'\\')), 1);
    (is_quote_or_control | is_backslash) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The string that `json`, quotes and all, stands for.
    fn read(json: &str) -> Option<String> {
        let inside = json.strip_prefix('"')?;
        let (length, escaped) = string_length(inside.as_bytes()).ok()?;
        let (text, is_lossy) = (inside.len() == length + 1).then(|| unquoted(&inside[..length], escaped))?;
        (!is_lossy).then(|| text.into_string())
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

    #[test]
    fn finds_every_special_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..80 {
                let mut bytes = [b'a'; 80];
                bytes[place] = byte;
                // What is above 0x7f must not look like a control character to the byte before it.
                bytes[79 - place] = if place == 79 - place { byte } else { 0x80 };
                let plain = |byte: u8| byte != b'"' && byte != b'\\' && byte >= 0x20;
                let expected = bytes.iter().take_while(|byte| plain(**byte)).count();
                assert_eq!(plain_length(&bytes), expected, "{byte:#x} at {place}");
            }
        }
    }
}
