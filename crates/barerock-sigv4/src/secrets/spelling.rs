//! Patterns of a secret, and matching of their encodings in a text.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Length in bytes from which a secret's base64 and hexadecimal forms are searched. Shorter ones would match by accident.
const MIN_ENCODED: usize = 6;

/// Length in bytes from which a secret is redacted inside of longer words too. The secrets that AWS issues are longer.
const MIN_INSIDE_WORD: usize = 16;

/// Number of characters of a truncated secret at the end of a text from which it is recognised.
const MIN_CUT: usize = 8;

/// Limit on the encoding of one character, in bytes: `\u{10ffff}` after some backslashes, `%252525XX`.
const LONGEST_SPELLING: usize = 24;

/// First bytes of an encoded character.
const ESCAPES: &[u8] = b"\\%&";

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One form of a secret to search for.
#[derive(Clone)]
pub(super) struct Pattern {
    bytes: Zeroizing<Vec<u8>>,
    is_base64: bool,
    /// True for a short secret, which matches whole words only.
    is_word: bool,
}

/// Match of a secret in a text, ordered by its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// End of the match in the text.
    pub(super) end: usize,
    /// Number of bytes before the match that belong to it: those of a base64 text that hold its first bits.
    pub(super) before: usize,
}

/// Returns the forms of a secret.
pub(super) fn patterns(secret: &[u8]) -> Vec<Pattern> {
    let mut all: Vec<Pattern> = Vec::new();
    if secret.is_empty() {
        return all;
    }
    let is_short = secret.len() < MIN_INSIDE_WORD;
    let mut add = |bytes: Vec<u8>, is_base64: bool| {
        if all.iter().all(|pattern| *pattern.bytes != bytes) {
            all.push(Pattern { bytes: Zeroizing::new(bytes), is_base64, is_word: is_short && !is_base64 });
        }
    };
    add(secret.to_vec(), false);
    if !secret.is_ascii() {
        // Many clients decode header values as ISO 8859-1.
        let latin1: String = secret.iter().map(|byte| char::from(*byte)).collect();
        for text in [String::from_utf8_lossy(secret).into_owned(), latin1] {
            add(text.chars().map(upper_case).collect::<String>().into_bytes(), false);
            add(text.chars().map(lower_case).collect::<String>().into_bytes(), false);
            add(text.into_bytes(), false);
        }
    }
    if secret.len() >= MIN_ENCODED {
        let wide = utf16_forms(secret);
        for bytes in core::iter::once(secret).chain(wide.iter().map(|bytes| bytes.as_slice())) {
            add(bytes.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 0xf)]).collect(), false);
            for offset in 0..3 {
                add(base64_inside(bytes, offset), true);
            }
        }
        wide.into_iter().for_each(|mut bytes| add(core::mem::take(&mut *bytes), false));
    }
    all
}

/// The secret in UTF-16. The first form is for both byte orders: a zero between letters. That is all of ASCII, and other letters where
/// UTF-16 was read as ISO 8859-1.
fn utf16_forms(secret: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let Ok(text) = core::str::from_utf8(secret) else { return Vec::new() };
    let form = |bytes: fn(u16) -> [u8; 2]| Zeroizing::new(text.encode_utf16().flat_map(bytes).collect());
    let mut spaced: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.chars().flat_map(|c| [c, '\0']).collect::<String>().into_bytes());
    spaced.pop();
    if secret.is_ascii() {
        return [spaced].into();
    }
    [spaced, form(u16::to_le_bytes), form(u16::to_be_bytes)].into()
}

/// Returns the upper case of a letter of ASCII or ISO 8859-1. Unicode's case tables would add 28 KB to a program, and header
/// values in other alphabets are rare.
fn upper_case(letter: char) -> char {
    match letter {
        'ß' | '÷' | 'ÿ' => letter,
        'à'..='þ' => char::from_u32(u32::from(letter) ^ CASE).unwrap_or(letter),
        _ => letter.to_ascii_uppercase(),
    }
}

/// Returns the lower case of a letter of ASCII or ISO 8859-1.
fn lower_case(letter: char) -> char {
    match letter {
        '×' => letter,
        'À'..='Þ' => char::from_u32(u32::from(letter) ^ CASE).unwrap_or(letter),
        _ => letter.to_ascii_lowercase(),
    }
}

/// Bit in which the two cases of a letter differ.
const CASE: u32 = 0x20;

fn hex(nibble: u8) -> u8 {
    char::from_digit(nibble.into(), 16).map_or(b'0', |digit| u8::try_from(digit).unwrap_or(b'0'))
}

/// Returns the base64 characters that depend on the secret alone if it begins at byte `offset` of a group of three.
fn base64_inside(secret: &[u8], offset: usize) -> Vec<u8> {
    let mut encoded = Vec::new();
    let mut bytes = core::iter::repeat_n(0, offset).chain(secret.iter().copied()).fuse();
    let total_bits = offset.saturating_add(secret.len()).saturating_mul(8);
    while let Some(first) = bytes.next() {
        let (second, third) = (bytes.next().unwrap_or(0), bytes.next().unwrap_or(0));
        let group = u32::from_be_bytes([0, first, second, third]);
        for shift in [18, 12, 6, 0] {
            let index = usize::try_from((group >> shift) & 0x3f).unwrap_or_default();
            encoded.push(BASE64.get(index).copied().unwrap_or_default());
        }
    }
    encoded.truncate(total_bits / 6);
    // The first characters hold bits of the text before the secret.
    let foreign = offset.saturating_mul(8).div_ceil(6).min(encoded.len());
    encoded.split_off(foreign)
}

impl Pattern {
    /// Marks the bytes with which an encoding of the pattern can begin.
    pub(super) fn mark_beginnings(&self, begins: &mut [bool; 256]) {
        let Some(first) = self.bytes.first() else { return };
        for (byte, mark) in (0..=u8::MAX).zip(begins) {
            *mark |= self.is_same(*first, byte) || ESCAPES.contains(&byte);
        }
    }

    /// Matches the pattern at `start`, in any encoding.
    pub(super) fn find_at(&self, text: &[u8], start: usize) -> Option<Found> {
        let begins_with_letter = self.bytes.first().is_some_and(u8::is_ascii_alphanumeric);
        if self.is_word && begins_with_letter && is_inside_word(text.get(..start).unwrap_or_default()) {
            return None;
        }
        let mut at = start;
        let mut matched = 0;
        while let Some(rest) = self.bytes.get(matched..).filter(|rest| !rest.is_empty()) {
            let ahead = text.get(at..).unwrap_or_default();
            match self.step(rest, ahead) {
                Some((of_pattern, of_text)) => {
                    matched = matched.saturating_add(of_pattern);
                    at = at.saturating_add(of_text);
                }
                None if matched >= MIN_CUT && is_cut(ahead) => {
                    return Some(Found { end: text.len(), before: 0 });
                }
                None => return None,
            }
        }
        let ends_in_letter = self.bytes.last().is_some_and(u8::is_ascii_alphanumeric);
        if self.is_word && ends_in_letter && text.get(at).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        Some(if self.is_base64 { self.widened(text, start, at) } else { Found { end: at, before: 0 } })
    }

    /// Returns the lengths of the next character in the pattern and in the text.
    fn step(&self, pattern: &[u8], text: &[u8]) -> Option<(usize, usize)> {
        let (expected, first) = (pattern.first()?, text.first()?);
        if self.is_same(*expected, *first) {
            return Some((1, 1));
        }
        let (spelled, length) = spelled(text)?;
        let spelled = spelled.as_bytes();
        let beginning = pattern.get(..spelled.len())?;
        let same = beginning.iter().zip(spelled).all(|(expected, byte)| self.is_same(*expected, *byte));
        same.then_some((spelled.len(), length))
    }

    fn is_same(&self, expected: u8, byte: u8) -> bool {
        expected.eq_ignore_ascii_case(&byte)
            || (self.is_base64 && matches!((expected, byte), (b'+', b'-') | (b'/', b'_')))
    }

    /// Extends a match by the adjacent characters of a base64 text, which hold the rest of the secret's bits.
    fn widened(&self, text: &[u8], start: usize, end: usize) -> Found {
        let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
        let before = text.get(..start).unwrap_or_default().iter().rev().take(2).take_while(is_letter).count();
        let after = text.get(end..).unwrap_or_default().iter().take(2).take_while(is_letter).count();
        Found { end: end.saturating_add(after), before }
    }
}

/// Returns true if `before` ends with a part of a word. The last letter of an escape such as `\n`, `%3D` or `\u003d` does not
/// count.
fn is_inside_word(before: &[u8]) -> bool {
    let is_escape = |length: usize| {
        let start = before.len().saturating_sub(length);
        before.get(start..).is_some_and(|escape| match escape {
            [b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
            [b'%' | b'\\', ..] => spelled(escape).is_some_and(|(_, spelled)| spelled == escape.len()),
            _ => false,
        })
    };
    before.last().is_some_and(u8::is_ascii_alphanumeric) && !(2..=6).any(is_escape)
}

/// Returns true if the text ends here or inside the encoding of a character.
fn is_cut(ahead: &[u8]) -> bool {
    let is_of_spelling = |byte: &u8| byte.is_ascii_alphanumeric() || b"\\%&#{".contains(byte);
    // Could be whole characters, or the beginning of an encoded one.
    let is_beginning =
        || ahead.iter().all(|byte| *byte == b'\\') || matches!(ahead, [b'%', b'2', b'5', _] | b"%25");
    match ahead.first() {
        None => true,
        Some(b'\\' | b'%' | b'&') => {
            let is_short = ahead.len() < LONGEST_SPELLING && ahead.iter().all(is_of_spelling);
            is_short && (is_beginning() || spelled(ahead).is_none())
        }
        Some(_) => false,
    }
}

/// A decoded character, as UTF-8 or as a single byte.
struct Spelled {
    bytes: [u8; 4],
    length: usize,
}

impl Spelled {
    fn byte(byte: u8) -> Self {
        Self { bytes: [byte, 0, 0, 0], length: 1 }
    }

    fn character(character: char) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        Self { bytes, length }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Decodes the escape at the start of a text; returns the character and the escape's length.
fn spelled(text: &[u8]) -> Option<(Spelled, usize)> {
    match text.first()? {
        b'\\' => escape(text),
        b'%' => percent(text),
        b'&' => reference(text),
        _ => None,
    }
}

/// Decodes `\/`, `\u003d`, `\u{3d}`, `\x3d`, after any number of backslashes: each further encoder doubles them.
fn escape(text: &[u8]) -> Option<(Spelled, usize)> {
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    let rest = text.get(slashes..)?;
    let (spelled, length) = match rest {
        [b'u' | b'U', b'{', digits @ ..] => {
            let length = digits.iter().take(7).position(|byte| *byte == b'}')?;
            let character = char::from_u32(hexadecimal(digits.get(..length)?)?)?;
            (Spelled::character(character), length.saturating_add(3))
        }
        [b'u' | b'U', digits @ ..] => utf16(digits)?,
        [b'x' | b'X', digits @ ..] => {
            let byte = u8::try_from(hexadecimal(digits.get(..2)?)?).ok()?;
            (Spelled::byte(byte), 3)
        }
        [byte, ..] if byte.is_ascii_punctuation() => (Spelled::byte(*byte), 1),
        // Backslashes alone are one backslash.
        _ if slashes > 1 => (Spelled::byte(b'\\'), 0),
        _ => return None,
    };
    Some((spelled, slashes.saturating_add(length)))
}

/// Decodes the four digits after `\u`, with those of a low surrogate. The length includes the `u`.
fn utf16(digits: &[u8]) -> Option<(Spelled, usize)> {
    let unit = |at: usize| u16::try_from(hexadecimal(digits.get(at..at.saturating_add(4))?)?).ok();
    let first = unit(0)?;
    let (units, length) = if (0xd800..0xdc00).contains(&first) {
        let slashes = digits.get(4..)?.iter().take_while(|byte| **byte == b'\\').count();
        let second = slashes.saturating_add(5);
        ([first, unit(second)?], second.saturating_add(5))
    } else {
        ([first, 0], 5)
    };
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((Spelled::character(character), length))
}

/// Decodes `%3d`, or `%253d` if it was encoded twice.
fn percent(text: &[u8]) -> Option<(Spelled, usize)> {
    let mut at: usize = 1;
    while text.get(at..at.saturating_add(2)) == Some(b"25") {
        // "%25" is a percent sign; followed by two digits, an escape that was encoded again.
        if text
            .get(at.saturating_add(2)..at.saturating_add(4))
            .is_none_or(|digits| hexadecimal(digits).is_none())
        {
            break;
        }
        at = at.saturating_add(2);
    }
    let byte = u8::try_from(hexadecimal(text.get(at..at.saturating_add(2))?)?).ok()?;
    Some((Spelled::byte(byte), at.saturating_add(2)))
}

/// Decodes `&#61;`, `&#x3d;`, `&amp;` and the other four predefined entities of XML.
fn reference(text: &[u8]) -> Option<(Spelled, usize)> {
    let length = text.iter().take(10).position(|byte| *byte == b';')?;
    let name = text.get(1..length)?;
    let character = match name {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hexadecimal(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(core::str::from_utf8(digits).ok()?.parse().ok()?)?,
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => return None,
    };
    Some((Spelled::character(character), length.saturating_add(1)))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    // `from_str_radix` would accept a sign.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}
