//! Alignment of a canonical text with the text it was made of.

use core::ops::Range;

/// Canonical bytes and the bytes of the sent text that they were made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// How many canonical bytes.
    pub(super) length: usize,
    /// The sent bytes, from the start of the sent text.
    pub(super) from: Range<usize>,
    /// What was done.
    pub(super) change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The same bytes.
    Kept,
    /// Percent-encoded, or encoded again.
    Escaped,
    /// Blanks made one.
    Collapsed,
}

/// The canonical bytes that were consumed, in runs.
pub(super) type Runs = Vec<Run>;

/// The canonical bytes of all runs.
pub(super) fn length(runs: &[Run]) -> usize {
    runs.iter().fold(0, |sum, run| sum.saturating_add(run.length))
}

/// A part of a path. `is_encoded` says that the path as sent was encoded once more. `None` if `canonical` does not begin with what is made of `sent`.
pub(super) fn path(canonical: &str, sent: &str, is_encoded: bool) -> Option<Runs> {
    if !is_encoded {
        let length = canonical.starts_with(sent).then_some(sent.len())?;
        return Some(vec![Run { length, from: 0..length, change: Change::Kept }]);
    }
    let mut rest = canonical;
    let mut runs = Vec::new();
    for (at, c) in sent.char_indices() {
        let bytes = c.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
        align_character(&mut runs, &mut rest, at..at.saturating_add(c.len_utf8()), &bytes, c != '%')?;
    }
    Some(runs)
}

/// The name or the value of a query parameter.
pub(super) fn query(canonical: &str, sent: &str) -> Option<Runs> {
    let mut rest = canonical;
    let mut runs = Vec::new();
    let mut at = 0_usize;
    while let Some(c) = sent.get(at..).and_then(|sent| sent.chars().next()) {
        let escape = sent.get(at..).and_then(escaped_byte);
        let (length, bytes) = match (c, escape) {
            (_, Some(byte)) => (3, vec![byte]),
            ('+', _) => (1, vec![b' ']),
            _ => (c.len_utf8(), c.encode_utf8(&mut [0; 4]).as_bytes().to_vec()),
        };
        let from = at..at.saturating_add(length);
        at = from.end;
        let is_same = sent.get(from.clone()).filter(|unit| unit.len() == 3 && rest.starts_with(*unit));
        if let Some(unit) = is_same {
            // An escape that stays as it is.
            rest = rest.get(unit.len()..)?;
            push(&mut runs, Run { length: unit.len(), from, change: Change::Kept });
        } else {
            align_character(&mut runs, &mut rest, from, &bytes, c != '%' && c != '+')?;
        }
    }
    Some(runs)
}

/// The value of a header, whose runs of blanks are made one space or kept.
pub(super) fn value(canonical: &str, sent: &str) -> Option<Runs> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut rest = canonical;
    let mut runs = Vec::new();
    let mut at = sent.len().saturating_sub(sent.trim_start_matches(is_blank).len());
    loop {
        let sent_rest = sent.get(at..)?;
        let word = sent_rest.find(is_blank).unwrap_or(sent_rest.len());
        let from = at..at.saturating_add(word);
        if word > 0 {
            rest = rest.strip_prefix(sent.get(from.clone())?)?;
            push(&mut runs, Run { length: word, from: from.clone(), change: Change::Kept });
        }
        let sent_rest = sent.get(from.end..)?;
        let blanks = sent_rest.len().saturating_sub(sent_rest.trim_start_matches(is_blank).len());
        if blanks == sent_rest.len() {
            return Some(runs);
        }
        let kept = rest.len().saturating_sub(rest.trim_start_matches(is_blank).len());
        let blank = from.end..from.end.saturating_add(blanks);
        let is_same = rest.get(..kept) == sent.get(blank.clone());
        let change = if is_same { Change::Kept } else { Change::Collapsed };
        push(&mut runs, Run { length: kept, from: blank.clone(), change });
        rest = rest.get(kept..)?;
        at = blank.end;
    }
}

/// Takes the canonical form of one character off `rest`: itself where it may stay, else an escape for each of its bytes.
fn align_character(
    runs: &mut Runs,
    rest: &mut &str,
    from: Range<usize>,
    bytes: &[u8],
    may_stay: bool,
) -> Option<()> {
    let plain = core::str::from_utf8(bytes).ok().filter(|plain| may_stay && rest.starts_with(*plain));
    if let (Some(plain), true) = (plain, from.len() == bytes.len()) {
        *rest = rest.get(plain.len()..)?;
        push(runs, Run { length: plain.len(), from, change: Change::Kept });
        return Some(());
    }
    let mut length = 0_usize;
    for byte in bytes {
        let taken = match escaped_byte(rest) {
            Some(escaped) if escaped == *byte => 3,
            None if rest.as_bytes().first() == Some(byte) => 1,
            _ => return None,
        };
        *rest = rest.get(taken..)?;
        length = length.saturating_add(taken);
    }
    push(runs, Run { length, from, change: Change::Escaped });
    Some(())
}

/// The byte that the escape `%HH` at the start of a text encodes.
fn escaped_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

/// Appends a run. One that continues the one before is joined to it, if its bytes are kept.
fn push(runs: &mut Runs, run: Run) {
    if let Some(last) = runs.last_mut()
        && (last.change, run.change) == (Change::Kept, Change::Kept)
        && last.from.end == run.from.start
    {
        last.length = last.length.saturating_add(run.length);
        last.from.end = run.from.end;
        return;
    }
    runs.push(run);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(runs: Option<Runs>) -> String {
        let Some(runs) = runs else { return "no".to_owned() };
        let run = |run: &Run| format!("{}<{}..{} {:?}", run.length, run.from.start, run.from.end, run.change);
        runs.iter().map(run).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn paths() {
        for (canonical, sent, runs) in [
            ("/a/b rest", "/a/b", "4<0..4 Kept"),
            ("/a%253A0", "/a%3A0", "2<0..2 Kept, 3<2..3 Escaped, 3<3..6 Kept"),
            ("/%E1%88%B4%20x", "/ሴ x", "1<0..1 Kept, 9<1..4 Escaped, 3<4..5 Escaped, 1<5..6 Kept"),
            ("/b", "/a", "no"),
            ("/%E1%88", "/ሴ", "no"),
            ("", "", ""),
        ] {
            assert_eq!(shown(path(canonical, sent, true)), runs, "{sent}");
        }
        assert_eq!(shown(path("/a%3A0", "/a%3A0", false)), "6<0..6 Kept");
    }

    #[test]
    fn queries() {
        for (canonical, sent, runs) in [
            ("abc", "abc", "3<0..3 Kept"),
            ("a%20b", "a+b", "1<0..1 Kept, 3<1..2 Escaped, 1<2..3 Kept"),
            ("a%20b", "a%20b", "5<0..5 Kept"),
            ("%2F", "%2f", "3<0..3 Escaped"),
            ("A", "%41", "1<0..3 Escaped"),
            ("%25zz", "%zz", "3<0..1 Escaped, 2<1..3 Kept"),
            ("%2F", "/", "3<0..1 Escaped"),
            ("%E1%88%B4", "ሴ", "9<0..3 Escaped"),
            ("%FF", "%ff", "3<0..3 Escaped"),
            ("b", "a", "no"),
        ] {
            assert_eq!(shown(query(canonical, sent)), runs, "{sent}");
        }
    }

    #[test]
    fn values() {
        for (canonical, sent, runs) in [
            ("a", " a ", "1<1..2 Kept"),
            ("a b,c", "a   b", "1<0..1 Kept, 1<1..4 Collapsed, 1<4..5 Kept"),
            ("a b", "a b", "3<0..3 Kept"),
            ("a b", " a\r\n  b\t", "1<1..2 Kept, 1<2..6 Collapsed, 1<6..7 Kept"),
            ("", "  ", ""),
            ("x", "y", "no"),
        ] {
            assert_eq!(shown(value(canonical, sent)), runs, "{sent:?}");
        }
    }
}
