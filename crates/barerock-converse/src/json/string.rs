//! JSON strings: where one ends, what its escapes mean, and how one is written (RFC 8259, section 7).

use crate::types::Text;

/// Letters that stand for another behind a `\`, and what they stand for; all but `/` are written so, too.
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

/// The letters of `\u` and its four digits.
const UNIT_LENGTH: usize = 6;

/// How many bytes of `inside`, which begins behind the opening quote, stand before the closing one, and whether there is
/// an escape among them. What is no string is refused with the offset of what cannot stand there.
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

/// The text between two quotes, of which [`string_length`] has found the second.
pub(crate) fn unquoted(inside: &str, escaped: bool) -> Option<Text<'_>> {
    if escaped { unescaped(inside).map(Text::from) } else { Some(inside.into()) }
}

/// The text without its escapes; `None` if half a surrogate pair stands alone: no Rust string can hold it.
fn unescaped(inside: &str) -> Option<String> {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    loop {
        let (plain, from_escape) = rest.split_at_checked(plain_length(rest.as_bytes()))?;
        text.push_str(plain);
        rest = from_escape;
        let (letter, length) = match rest.as_bytes() {
            [] => return Some(text),
            [b'\\', b'u', ..] => character(rest.as_bytes())?,
            [_, letter, ..] => {
                let (_, meant) = ESCAPES.iter().find(|(escape, _)| escape == letter)?;
                (char::from(*meant), 2)
            }
            [_] => return None,
        };
        text.push(letter);
        rest = rest.get(length..)?;
    }
}

/// The character that one `\u`, or a pair of them, stands for, and the length of what stands for it.
fn character(escape: &[u8]) -> Option<(char, usize)> {
    let first = unit(escape)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, UNIT_LENGTH));
    }
    let second = unit(escape.get(UNIT_LENGTH..)?)?;
    // RFC 8259, section 7: "a character not in the Basic Multilingual Plane is represented as a 12-character sequence,
    // encoding the UTF-16 surrogate pair".
    match (first, second) {
        (0xd800..=0xdbff, 0xdc00..=0xdfff) => {
            let character = char::from_u32(0x1_0000 + ((first & 0x3ff) << 10) + (second & 0x3ff))?;
            Some((character, 2 * UNIT_LENGTH))
        }
        _ => None,
    }
}

/// The four hexadecimal digits behind `\u`.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..UNIT_LENGTH - 2)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// Writes a string with its quotes.
pub(super) fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, from_special) =
            rest.split_at_checked(plain_length(rest.as_bytes())).unwrap_or((rest, ""));
        out.push_str(plain);
        // What is special is ASCII.
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

/// How many bytes stand before the first that ends or escapes a JSON string, or may not stand in one.
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
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

/// The highest bit of each byte that is `"`, `\` or a control character; bits above the first such byte mean nothing.
fn special(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = EACH << 7;
    // A byte is below n, if taking n from it borrows and its own highest bit was not set.
    let below = |word: u64, n: u64| word.wrapping_sub(EACH * n) & !word & HIGH;
    let equal = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    below(word, 0x20) | equal(b'"') | equal(b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The string that `json`, quotes and all, stands for.
    fn read(json: &str) -> Option<String> {
        let inside = json.strip_prefix('"')?;
        let (length, escaped) = string_length(inside.as_bytes()).ok()?;
        (inside.len() == length + 1).then(|| unquoted(&inside[..length], escaped))?.map(Text::into_string)
    }

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
    fn finds_every_special_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                let mut bytes = [b'a'; 20];
                bytes[place] = byte;
                // What is above 0x7f must not look like a control character to the byte before it.
                bytes[19 - place] = if place == 19 - place { byte } else { 0x80 };
                let plain = |byte: u8| byte != b'"' && byte != b'\\' && byte >= 0x20;
                let expected = bytes.iter().take_while(|byte| plain(**byte)).count();
                assert_eq!(plain_length(&bytes), expected, "{byte:#x} at {place}");
            }
        }
    }
}
