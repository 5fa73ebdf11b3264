//! JSON text taken apart: where each value begins and ends, and that it is JSON (RFC 8259).

use core::fmt;

use super::string::string_length;

/// What is not JSON: what should stand where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(super) expected: &'static str,
    /// In bytes from the start of the text.
    pub(super) offset: usize,
    /// Whether the text ends there.
    pub(super) is_cut: bool,
}

/// What should stand behind an entry.
const ENTRY_OR_END: &str = "`,`, or the end of what was begun";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = if self.is_cut { "it ends" } else { "something else stands" };
        write!(f, "is not JSON: {found} at offset {}, where {} should stand", self.offset, self.expected)
    }
}

/// Goes through JSON text from value to value. White space between tokens is passed over.
pub(super) struct Scanner<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(json: &'a str) -> Self {
        Self { json, at: 0 }
    }

    /// The token that comes next.
    pub(super) fn peek(&mut self) -> Option<u8> {
        // RFC 8259, section 2: "Insignificant whitespace is allowed before or after any of the six structural characters."
        let space = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(space).count();
        self.rest().first().copied()
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

    /// Takes `byte`, if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Whether another entry of what `close` ends comes; if none does, that nothing follows.
    pub(super) fn more(&mut self, close: u8, is_first: bool) -> Result<bool, Fault> {
        if !is_first && self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return self.end().map(|()| false);
        }
        if is_first { Ok(true) } else { self.fault(ENTRY_OR_END) }
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.peek().is_none() { Ok(()) } else { self.fault("the end") }
    }

    /// What stands between the quotes of a string, and whether there are escapes in it.
    pub(super) fn string(&mut self) -> Result<(&'a str, bool), Fault> {
        if self.take(b'"') { self.rest_of_string() } else { self.fault("a string") }
    }

    /// The same behind the opening quote.
    pub(super) fn rest_of_string(&mut self) -> Result<(&'a str, bool), Fault> {
        let start = self.at;
        let (length, escaped) = string_length(self.rest())
            .map_err(|offset| self.fault_at(start + offset, "a letter of a string"))?;
        self.at += length + 1;
        Ok((self.json.get(start..start + length).unwrap_or_default(), escaped))
    }

    /// A member's name, as [`string`](Self::string) has it, and the colon behind it.
    pub(super) fn name(&mut self) -> Result<(&'a str, bool), Fault> {
        let name = self.string()?;
        if self.take(b':') { Ok(name) } else { self.fault("`:`") }
    }

    /// The text of a value, without white space around it. However deep it is, the stack is not: what is open is kept
    /// in a list.
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
                    self.at += 1;
                    if !self.take(close) {
                        self.name_in(close)?;
                        open.push(close);
                        continue;
                    }
                }
                None => self.scalar()?,
            }
            // A value has ended, and with it perhaps those it lies in.
            loop {
                let Some(close) = open.last().copied() else {
                    return Ok(self.json.get(start..self.at).unwrap_or_default());
                };
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

    /// In an object, each value has a name before it.
    fn name_in(&mut self, close: u8) -> Result<(), Fault> {
        if close == b'}' { self.name().map(|_| ()) } else { Ok(()) }
    }

    /// A value that holds no other.
    fn scalar(&mut self) -> Result<(), Fault> {
        if self.peek() == Some(b'"') {
            return self.string().map(|_| ());
        }
        for word in ["true", "false", "null"] {
            if self.rest().starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        self.number()
    }

    /// RFC 8259, section 6: `number = [ minus ] int [ frac ] [ exp ]`; "Leading zeros are not allowed."
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

    /// Takes one of `bytes`, if it comes at once.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.rest().first().is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes the digits that come at once: how many there are.
    fn digits(&mut self) -> usize {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        digits
    }
}

/// The text of the one value that `json` is, without white space around it.
///
/// # Errors
/// What should stand where, if it is not JSON.
pub(crate) fn one_value(json: &str) -> Result<&str, Fault> {
    let mut scanner = Scanner::new(json);
    let value = scanner.value()?;
    scanner.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

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
            ("[1 2]", "`,`, or the end of what was begun", 3),
            ("{\"a\" 1}", "`:`", 5),
            ("{1}", "a string", 1),
            ("[\"a\\x\"]", "a letter of a string", 3),
            ("[\"a", "a letter of a string", 3),
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
