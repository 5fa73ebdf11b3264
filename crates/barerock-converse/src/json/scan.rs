//! Tokenizer of JSON text (RFC 8259).

use core::fmt;

use super::string::{quoted, string_length};
use crate::types::Text;

/// Error for text that is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(super) expected: &'static str,
    /// In bytes from the start of the text.
    pub(crate) offset: usize,
    /// True if the text ends there.
    pub(super) is_cut: bool,
}

/// The tokens that may follow an entry.
const ENTRY_OR_END: &str = "`,` or the closing bracket";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = if self.is_cut { " (end of input)" } else { "" };
        write!(f, "invalid JSON at byte {}{cut}: expected {}", self.offset, self.expected)
    }
}

/// Reads JSON text token by token; skips white space between tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(json: &'a str) -> Self {
        Self { json, at: 0 }
    }

    /// Offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Moves past bytes that were looked at.
    #[inline]
    fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        #[cfg(test)]
        work::add(bytes);
    }

    /// The text from `start` to the current offset.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.json.get(start..self.at).unwrap_or_default()
    }

    /// The byte before.
    pub(super) fn before(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at.checked_sub(1)?).copied()
    }

    /// Skips the rest of the text.
    pub(super) fn stop(&mut self) {
        self.at = self.json.len();
    }

    /// The first byte of the next token.
    pub(super) fn peek(&mut self) -> Option<u8> {
        // spec: rfc8259#whitespace "Insignificant whitespace is allowed before or after any of the six structural characters."
        loop {
            let byte = self.json.as_bytes().get(self.at).copied();
            match byte {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.advance(1),
                byte => return byte,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.json.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn fault<T>(&self, expected: &'static str) -> Result<T, Fault> {
        Err(self.fault_at(self.at, expected))
    }

    fn fault_at(&self, offset: usize, expected: &'static str) -> Fault {
        Fault { expected, offset, is_cut: offset >= self.json.len() }
    }

    /// Takes `byte` if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.advance(usize::from(is_next));
        is_next
    }

    /// Goes to the next entry of an object or list; false if `close` ends it.
    pub(super) fn more(&mut self, close: u8, is_first: bool) -> Result<bool, Fault> {
        if !is_first && self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return Ok(false);
        }
        if is_first { Ok(true) } else { self.fault(ENTRY_OR_END) }
    }

    /// Checks that the text ends.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.peek().is_none() { Ok(()) } else { self.fault("the end") }
    }

    /// Reads a string: the text between its quotes, and whether it contains escapes.
    pub(super) fn string(&mut self) -> Result<(&'a str, bool), Fault> {
        if !self.take(b'"') {
            return self.fault("a string");
        }
        let start = self.at;
        let (length, escaped) = string_length(self.rest())
            .map_err(|offset| self.fault_at(start + offset, "a character of a string"))?;
        self.advance(length + 1);
        Ok((self.json.get(start..start + length).unwrap_or_default(), escaped))
    }

    /// Reads a string: its text, and whether half a surrogate pair was replaced in it.
    pub(super) fn text(&mut self) -> Result<(Text<'a>, bool), Fault> {
        if !self.take(b'"') {
            return self.fault("a string");
        }
        let start = self.at;
        let read = quoted(self.json.get(start..).unwrap_or_default())
            .map_err(|offset| self.fault_at(start + offset, "a character of a string"))?;
        self.advance(read.length + 1);
        Ok((read.text, read.is_lossy))
    }

    /// Reads the name of a member, as [`string`](Self::string) returns it, and the colon.
    pub(super) fn name(&mut self) -> Result<(&'a str, bool), Fault> {
        let name = self.string()?;
        self.colon().map(|()| name)
    }

    pub(super) fn colon(&mut self) -> Result<(), Fault> {
        if self.take(b':') { Ok(()) } else { self.fault("`:`") }
    }

    /// Reads a value and returns its text. Open brackets are kept in a list, so that depth takes no stack.
    pub(super) fn value(&mut self) -> Result<&'a str, Fault> {
        self.peek();
        let start = self.at;
        let mut open = Vec::new();
        loop {
            let close = match self.peek() {
                Some(b'{') => Some(b'}'),
                Some(b'[') => Some(b']'),
                _ => None,
            };
            match close {
                Some(close) => {
                    self.advance(1);
                    if !self.take(close) {
                        self.name_in(close)?;
                        open.push(close);
                        continue;
                    }
                }
                None => self.scalar()?,
            }
            // The end of a value can be the end of those that contain it.
            loop {
                let Some(close) = open.last().copied() else { return Ok(self.since(start)) };
                if self.take(close) {
                    open.pop();
                } else if self.take(b',') {
                    self.name_in(close)?;
                    break;
                } else {
                    return self.fault(ENTRY_OR_END);
                }
            }
        }
    }

    /// Reads a member's name if `close` is an object's.
    fn name_in(&mut self, close: u8) -> Result<(), Fault> {
        if close == b'}' { self.name().map(|_| ()) } else { Ok(()) }
    }

    /// Reads a string, number, boolean or null.
    fn scalar(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'"') {
            return self.string().map(|_| ());
        }
        for word in ["true", "false", "null"] {
            if self.rest().starts_with(word.as_bytes()) {
                self.advance(word.len());
                return Ok(());
            }
        }
        self.number()
    }

    // spec: rfc8259#number "Leading zeros are not allowed."
    /// `number = [ minus ] int [ frac ] [ exp ]`
    fn number(&mut self) -> Result<(), Fault> {
        self.skip(b"-");
        let leading_zero = self.rest().first() == Some(&b'0');
        let digits = self.digits();
        if digits == 0 || (leading_zero && digits > 1) {
            return self.fault("a value");
        }
        if self.skip(b".") && self.digits() == 0 {
            return self.fault("a digit");
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            if self.digits() == 0 {
                return self.fault("a digit");
            }
        }
        Ok(())
    }

    /// Takes the next byte if it is one of `bytes`.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.rest().first().is_some_and(|byte| bytes.contains(byte));
        self.advance(usize::from(is_next));
        is_next
    }

    /// Takes digits and returns their number.
    fn digits(&mut self) -> usize {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.advance(digits);
        digits
    }
}

/// The text of the single value in `json`, without surrounding white space.
///
/// # Errors
/// If it is not JSON.
pub(crate) fn one_value(json: &str) -> Result<&str, Fault> {
    let mut scanner = Scanner::new(json);
    let value = scanner.value()?;
    scanner.end()?;
    Ok(value)
}

/// Counts the bytes that scanners have gone over, for tests that reading takes linear work.
#[cfg(test)]
pub(crate) mod work {
    use core::cell::Cell;

    thread_local! {
        static BYTES: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn add(bytes: usize) {
        BYTES.with(|total| total.set(total.get() + bytes));
    }

    /// The bytes gone over on this thread while `act` runs.
    pub(crate) fn of<R>(act: impl FnOnce() -> R) -> (R, usize) {
        let before = BYTES.with(Cell::get);
        let result = act();
        (result, BYTES.with(Cell::get) - before)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    // spec-test: rfc8259#whitespace, rfc8259#number
    #[test]
    fn is_json_what_serde_json_says_is() {
        let whole = r#" {"a":[1,-0.5e+10,{"b\n":{}},[] ,[[true,false,null]]],"":"\ud83d\uDE00 x"} "#;
        let texts = [
            whole,
            "0",
            "-0",
            "00",
            "01",
            "-",
            "+1",
            "1.",
            ".5",
            "1.5E-3",
            "1e",
            "1e+",
            "1e5.",
            "tru",
            "truex",
            "nul",
            "null",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "}",
            "{]",
            "[}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1",
            "{a:1}",
            "{\"a\" : 1 , \"b\" : [ ] }",
            "\"",
            "\"\\ud800\"",
            "\"\\u12\"",
            "[\"a\u{1}\"]",
            "",
            " ",
            "1 2",
            "\u{a0}1",
            "\u{feff}1",
            "NaN",
            "'a'",
        ];
        let cut = (0..whole.len()).filter_map(|length| whole.get(..length));
        for text in texts.into_iter().chain(cut) {
            let expected = serde_json::from_str::<&RawValue>(text).ok();
            assert_eq!(one_value(text).ok(), expected.map(RawValue::get), "{text}");
        }
    }

    #[test]
    fn faults_say_what_is_missing_where() {
        for (text, expected, offset) in [
            ("", "a value", 0),
            ("[1 2]", ENTRY_OR_END, 3),
            ("{\"a\" 1}", "`:`", 5),
            ("{1}", "a string", 1),
            ("[\"a\\x\"]", "a character of a string", 3),
            ("[\"a", "a character of a string", 3),
            ("1.x", "a digit", 2),
            ("{} {}", "the end", 3),
        ] {
            let is_cut = offset == text.len();
            assert_eq!(one_value(text), Err(Fault { expected, offset, is_cut }), "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(one_value(&deep).unwrap_err().offset, deep.len());
        let whole = deep + &"]".repeat(1_000_000);
        assert_eq!(one_value(&whole), Ok(&*whole));
    }
}
