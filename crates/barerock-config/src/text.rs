//! Foreign text for messages: on one line, of limited length, with control characters escaped.

/// Appends a character. Control, bidirectional formatting and invisible characters are escaped.
fn push_printable(text: &mut String, letter: char) {
    // Only quotes and the backslash have an escape of two characters.
    let escaped = letter.escape_debug();
    if escaped.len() > 2 || letter.is_control() { text.extend(escaped) } else { text.push(letter) }
}

/// At most the first `limit` characters of a text.
pub(crate) fn shown(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    text.chars().take(limit).for_each(|letter| push_printable(&mut shown, letter));
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

/// At most the last `limit` characters of a text, with each run of white space as one space.
pub(crate) fn shown_end(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = line.chars().count();
    let mut shown = String::new();
    if count > limit {
        shown.push('…');
    }
    line.chars().skip(count.saturating_sub(limit)).for_each(|letter| push_printable(&mut shown, letter));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_the_length_is_limited() {
        assert_eq!(shown("a\u{1b}[31m\"b\"\u{202e}\n", 80), "a\\u{1b}[31m\"b\"\\u{202e}\\n");
        assert_eq!((shown("éé", 2), shown("ééé", 2)), ("éé".to_owned(), "éé…".to_owned()));
        assert_eq!(shown_end(" one\r\n\ttwo \u{7}", 80), "one two \\u{7}");
        assert_eq!((shown_end("abc", 3), shown_end("abcd", 3)), ("abc".to_owned(), "…bcd".to_owned()));
    }
}
