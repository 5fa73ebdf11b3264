//! Formatting of JSON text: tokens and their order are unchanged, white space is not.

use super::scan::{Fault, Scanner};

/// Writes a JSON value on one line, or with each entry on its own line, indented by `indent` per level. Members whose names
/// are at the ascending offsets `absent` are omitted. Text that is not JSON is returned unchanged.
pub(crate) fn format(json: &str, indent: Option<&str>, absent: &[usize]) -> String {
    let mut formatter = Formatter {
        scanner: Scanner::new(json),
        indent,
        absent,
        out: String::with_capacity(json.len()),
        open: Vec::new(),
    };
    match formatter.run() {
        Ok(()) => formatter.out,
        Err(_) => json.to_owned(),
    }
}

struct Formatter<'a> {
    scanner: Scanner<'a>,
    indent: Option<&'a str>,
    absent: &'a [usize],
    out: String,
    /// The closing bracket of each value around this one, and whether it has entries so far.
    open: Vec<(u8, bool)>,
}

impl Formatter<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        self.value()?;
        while let Some((close, has_entries)) = self.open.last().copied() {
            // The members before may all have been omitted, so the text decides whether this entry is the first.
            let is_first = matches!(self.scanner.before(), Some(b'{' | b'['));
            if !self.scanner.more(close, is_first)? {
                self.open.pop();
                if has_entries {
                    self.line();
                }
                self.out.push(char::from(close));
                continue;
            }
            if close == b'}' && self.is_absent() {
                self.scanner.name()?;
                self.scanner.value()?;
                continue;
            }
            if has_entries {
                self.out.push(',');
            }
            if let Some((_, has_entries)) = self.open.last_mut() {
                *has_entries = true;
            }
            self.line();
            if close == b'}' {
                let start = self.scanner.at();
                self.scanner.string()?;
                self.out.push_str(self.scanner.since(start));
                self.scanner.colon()?;
                self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
            }
            self.value()?;
        }
        self.scanner.end()
    }

    fn is_absent(&mut self) -> bool {
        self.scanner.peek();
        let at = self.scanner.at();
        while let Some((first, rest)) = self.absent.split_first() {
            match at.cmp(first) {
                core::cmp::Ordering::Less => return false,
                core::cmp::Ordering::Equal => return true,
                // It is part of a member that was omitted.
                core::cmp::Ordering::Greater => self.absent = rest,
            }
        }
        false
    }

    /// Writes a value up to its first entry.
    fn value(&mut self) -> Result<(), Fault> {
        match self.scanner.peek() {
            Some(open @ (b'{' | b'[')) => {
                self.scanner.take(open);
                self.out.push(char::from(open));
                self.open.push((if open == b'{' { b'}' } else { b']' }, false));
            }
            _ => self.out.push_str(self.scanner.value()?),
        }
        Ok(())
    }

    fn line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.open.iter().for_each(|_| self.out.push_str(indent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_changes() {
        let text = " {\"z\" : [ 1.50,{ } ,[ ],{\"\\u0061\":\"\\ud83d x \"}] ,\n\"a\":1e400}\n";
        let compact = r#"{"z":[1.50,{},[],{"\u0061":"\ud83d x "}],"a":1e400}"#;
        assert_eq!(format(text, None, &[]), compact);
        let pretty = format(text, Some("  "), &[]);
        assert_eq!(
            pretty,
            "{\n  \"z\": [\n    1.50,\n    {},\n    [],\n    {\n      \"\\u0061\": \"\\ud83d x \"\n    }\n  ],\n  \"a\": 1e400\n}"
        );
        assert_eq!(format(&pretty, None, &[]), compact);
        assert_eq!(format("[", None, &[]), "[");
    }

    #[test]
    fn members_can_be_left_out() {
        for (text, name, expected) in [
            (r#"{"a":1,"b":{"c":[2]},"d":3}"#, "\"a", r#"{"b":{"c":[2]},"d":3}"#),
            (r#"{"a":1,"b":{"c":[2]},"d":3}"#, "\"b", r#"{"a":1,"d":3}"#),
            (r#"{"a":1,"b":{"c":[2]},"d":3}"#, "\"c", r#"{"a":1,"b":{},"d":3}"#),
            (r#"{"a":1,"b":{"c":[2]},"d":3}"#, "\"d", r#"{"a":1,"b":{"c":[2]}}"#),
        ] {
            assert_eq!(format(text, None, &[text.find(name).unwrap()]), expected);
        }
        assert_eq!(format(r#"{"a":{"b":1},"c":2}"#, None, &[1, 6, 13]), "{}");
    }

    #[test]
    fn depth_takes_no_stack() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(format(&deep, None, &[]), deep);
    }
}
