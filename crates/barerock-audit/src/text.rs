//! Text that is safe to show on a terminal, and numbers that are easy to read.

use core::fmt::Write as _;

/// The text with escapes for characters that control a terminal, are invisible, or reorder text; line breaks and tabs are
/// escaped too.
#[must_use]
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_safe(&mut out, c));
    out
}

/// [`safe`] for a text of several lines: keeps line feeds and tabs.
#[must_use]
pub fn safe_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| if c == '\n' || c == '\t' { out.push(c) } else { push_safe(&mut out, c) });
    out
}

/// JSON of the same value, with `\u` escapes for characters that are not safe on a terminal. JSON text holds such characters
/// only inside strings; line breaks stand between tokens.
#[must_use]
pub fn safe_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || (is_safe(c) && !matches!(c, '\u{200c}' | '\u{200d}')) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Appends a character, escaped where [`safe`] escapes it.
pub(crate) fn push_safe(out: &mut String, c: char) {
    if is_safe(c) { out.push(c) } else { out.extend(c.escape_default()) }
}

/// False for control characters, line and paragraph separators, bidirectional controls, invisible characters and tags. The
/// two zero width joiners are safe: emoji and several scripts are written with them.
fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A number and what it counts: `1 frame`, `85,123 frames`.
#[must_use]
pub fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with its digits in groups of three: `85,123`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The length of a slice as the number it is on the wire and in reports.
pub(crate) fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (85_123, "85,123"), (1 << 30, "1,073,741,824")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "frame"), "1 frame");
        assert_eq!(counted(0, "frame"), "0 frames");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(safe("a\u{1b}[31mé\n\u{9b}\u{202e}"), "a\\u{1b}[31mé\\n\\u{9b}\\u{202e}");
        assert_eq!(safe_lines("a\n\tb\r"), "a\n\tb\\r");
        let unsafe_characters = "\u{7f}\u{80}\u{9b}\u{61c}\u{200b}\u{200e}\u{2028}\u{2029}\u{202a}\u{2060}\u{2066}\u{feff}\u{e0041}";
        for c in unsafe_characters.chars() {
            assert_eq!(safe(&c.to_string()), c.escape_default().to_string());
            let shown = safe_json(&serde_json::to_string(&c).unwrap());
            assert!(shown.is_ascii(), "{shown}");
            assert_eq!(serde_json::from_str::<char>(&shown).unwrap(), c);
        }
        assert_eq!(safe("👨\u{200d}👩"), "👨\u{200d}👩");
        assert_eq!(safe_json("{\n    \"é\": \"\u{200d}\"\n}\n"), "{\n    \"é\": \"\\u200d\"\n}\n");
    }
}
