//! Equality of JSON values whatever their spelling.

use std::collections::BTreeMap;

use super::scan::{Fault, Scanner};
use super::string::unquoted;
use crate::types::Text;

/// True if two JSON texts stand for the same value: white space, escapes, the order of members and the spelling of numbers
/// are irrelevant. Numbers are compared exactly, in any size. Of members with the same name the last counts, as in most
/// readers. Takes O(n log n) time, and no stack for depth.
pub(crate) fn same_value(a: &str, b: &str) -> bool {
    let mut values = Values::default();
    a == b || values.read(a).is_ok_and(|a| values.read(b).is_ok_and(|b| a == b))
}

/// A value or the name of a member, as the number of its [`Key`].
type Id = usize;

/// What makes values the same. Containers have numbers for their entries, so that comparing two keys takes no recursion.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// `true`, `false` or `null`.
    Word(&'a str),
    Number(Decimal),
    /// A number whose exponent has more than 38 digits.
    HugeNumber(String),
    Text(Text<'a>),
    /// A string with half a surrogate pair, which is no text: its spelling.
    Spelling(&'a str),
    List(Vec<Id>),
    /// Name and value of each member, ordered by name.
    Object(Vec<(Id, Id)>),
}

/// ±digits · 10^exponent, without leading or trailing zeros; zero has no digits.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i128,
}

/// An object or list that has not ended.
struct Open {
    close: u8,
    /// The name of the member being read.
    name: Id,
    entries: Vec<(Id, Id)>,
}

/// Gives equal values equal numbers.
#[derive(Default)]
struct Values<'a>(BTreeMap<Key<'a>, Id>);

impl<'a> Values<'a> {
    fn id(&mut self, key: Key<'a>) -> Id {
        let next = self.0.len();
        *self.0.entry(key).or_insert(next)
    }

    fn read(&mut self, json: &'a str) -> Result<Id, Fault> {
        let mut scanner = Scanner::new(json);
        let mut open: Vec<Open> = Vec::new();
        loop {
            let bracket = scanner.peek().filter(|byte| matches!(byte, b'{' | b'['));
            let mut value = match bracket {
                Some(bracket) => {
                    scanner.take(bracket);
                    let close = if bracket == b'{' { b'}' } else { b']' };
                    open.push(Open { close, name: 0, entries: Vec::new() });
                    None
                }
                None => Some(self.scalar(scanner.value()?)),
            };
            loop {
                let Some(container) = open.last_mut() else {
                    scanner.end()?;
                    return Ok(value.unwrap_or_default());
                };
                let is_first = value.is_none();
                container.entries.extend(value.take().map(|value| (container.name, value)));
                if scanner.more(container.close, is_first)? {
                    if container.close == b'}' {
                        let (name, escaped) = scanner.name()?;
                        container.name = self.string(name, escaped);
                    }
                    break;
                }
                value = open.pop().map(|ended| self.id(ended.key()));
            }
        }
    }

    fn scalar(&mut self, json: &'a str) -> Id {
        let inside = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let key = match inside {
            Some(inside) => return self.string(inside, inside.contains('\\')),
            None if json.starts_with(['t', 'f', 'n']) => Key::Word(json),
            None => number(json),
        };
        self.id(key)
    }

    fn string(&mut self, inside: &'a str, escaped: bool) -> Id {
        let (text, is_lossy) = unquoted(inside, escaped);
        self.id(if is_lossy { Key::Spelling(inside) } else { Key::Text(text) })
    }
}

impl Open {
    fn key<'a>(mut self) -> Key<'a> {
        if self.close == b']' {
            return Key::List(self.entries.into_iter().map(|(_, value)| value).collect());
        }
        // The last of a name comes first of its kind, and stays.
        self.entries.reverse();
        self.entries.sort_by_key(|(name, _)| *name);
        self.entries.dedup_by_key(|(name, _)| *name);
        Key::Object(self.entries)
    }
}

fn number<'a>(json: &'a str) -> Key<'a> {
    let (is_negative, rest) = json.strip_prefix('-').map_or((false, json), |rest| (true, rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return Key::Number(Decimal { is_negative: false, digits: String::new(), exponent: 0 });
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    let shift = i128::try_from(zeros).ok().zip(i128::try_from(fraction.len()).ok());
    let exponent = exponent
        .parse::<i128>()
        .ok()
        .zip(shift)
        .and_then(|(exponent, (zeros, fraction))| exponent.checked_add(zeros)?.checked_sub(fraction));
    match exponent {
        Some(exponent) => Key::Number(Decimal { is_negative, digits: digits.to_owned(), exponent }),
        None => Key::HugeNumber(json.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Each line has spellings of one value, and no two lines of the same.
    const VALUES: [&[&str]; 20] = [
        &["{}", " { } ", "{\n}"],
        &["[]", "[ ]"],
        &["null", " null"],
        &["true"],
        &["false"],
        &["0", "-0", "0.0", "0e7", "-0.00E-99999999999999999999999999999999999999999999"],
        &["1", "1.0", "1e0", "10e-1", "0.1E+1", "0.0001e4", "1000000000000000000000e-21"],
        &["-1", "-1.00"],
        &["100", "1e2", "1.00e2", "10E1"],
        &["12345678901234567890123", "12345678901234567890123.0", "1.2345678901234567890123e22"],
        &["12345678901234567890124"],
        &["0.1"],
        &["0.10000000000000000001"],
        &["1e99999999999999999999999999999999999999999999", "1E99999999999999999999999999999999999999999999"],
        &["1e400"],
        &[r#""a\n""#, r#""\u0061\u000a""#, r#""\u0061\n""#],
        &[r#""\ud83d""#],
        &[r#""\\ud83d""#],
        &[
            r#"{"a":1,"b":[2,{"c":3}]}"#,
            r#"{ "b" : [ 2.0, {"\u0063":30e-1} ], "a":1 }"#,
            r#"{"b":7,"a":1,"b":[2,{"c":3}]}"#,
        ],
        &[r#"{"a":1,"b":[{"c":3},2]}"#],
    ];

    #[test]
    fn spellings_of_one_value_are_the_same_and_no_others() {
        for (a, spellings) in VALUES.iter().enumerate() {
            for (b, others) in VALUES.iter().enumerate() {
                for (one, other) in
                    spellings.iter().flat_map(|one| others.iter().map(move |other| (one, other)))
                {
                    assert_eq!(same_value(one, other), a == b, "{one} {other}");
                    // Inside of others as well.
                    let [one, other] =
                        [one, other].map(|json| format!("[[],{{\"x\":{json},\"y\":[{json}]}}]"));
                    assert_eq!(same_value(&one, &other), a == b, "{one} {other}");
                }
            }
        }
        assert!(!same_value("[1,2]", "[2,1]") && !same_value("[1]", "[1,1]") && !same_value("[[]]", "[{}]"));
        assert!(
            same_value(r#"{"a":1,"a":2}"#, r#"{"a":2}"#) && !same_value(r#"{"a":1,"a":2}"#, r#"{"a":1}"#)
        );
        assert!(!same_value(r#"{"\ud800":1}"#, r#"{"\ud801":1}"#));
        // Text that is not JSON is never a value.
        assert!(!same_value("{", " {") && !same_value("1 2", "1  2") && !same_value("", " "));
    }

    #[test]
    fn is_what_serde_json_finds_equal() {
        let values: Vec<Value> = vec![
            json!({"a": {"b": [1, null, true, "x"], "c": {}}, "d": "é\u{1f600}\n\"\\"}),
            json!({"a": {"b": [1, null, true, "x"], "c": []}, "d": "é\u{1f600}\n\"\\"}),
            json!([[[]], [{}], {"": {"": ""}}]),
            json!([[[]], [{}], {"": {"": " "}}]),
            json!({"d": "é\u{1f600}\n\"\\", "a": {"c": {}, "b": [1, null, true, "x"]}}),
        ];
        for one in &values {
            for other in &values {
                let (compact, pretty) = (one.to_string(), serde_json::to_string_pretty(other).unwrap());
                assert_eq!(same_value(&compact, &pretty), one == other, "{compact} {pretty}");
            }
        }
    }

    #[test]
    fn deep_and_wide_values_compare() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = |inside: &str| format!("{}{inside}{}", open.repeat(60_000), close.repeat(60_000));
            assert!(same_value(&deep("1"), &deep("1.0")) && !same_value(&deep("1"), &deep("2")));
        }
        let wide = |order: &mut dyn Iterator<Item = usize>| {
            let members: Vec<String> = order.map(|at| format!("\"k{at}\":[{at},0]")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(same_value(&wide(&mut (0..2_000)), &wide(&mut (0..2_000).rev())));
        assert!(!same_value(&wide(&mut (0..2_000)), &wide(&mut (1..2_001))));
    }
}
