//! JSON values compared by meaning: key order and the spelling of numbers do not matter.

use serde_json::{Number, Value};

/// Characters of a value shown in a difference.
const SHOWN_CHARS: usize = 60;
/// Characters of a whole difference: a client chooses how long its member names are.
const DIFFERENCE_CHARS: usize = 300;

/// Whether two values mean the same. `1`, `1.0` and `1e0` are one number.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Whether two numbers are equal: exactly as integers, else as floating-point numbers.
pub(crate) fn same_number(a: &Number, b: &Number) -> bool {
    // Beyond 2^53 only the integer form is exact.
    let integers = (a.is_u64() || a.is_i64()) && (b.is_u64() || b.is_i64());
    a == b || !integers && a.as_f64() == b.as_f64()
}

/// The first difference of a request from a recorded one, with its path; `None` if they are equal.
#[must_use]
pub fn first_difference(asked: &Value, recorded: &Value) -> Option<String> {
    let mut path = String::new();
    differ(asked, recorded, &mut path).map(|difference| shorten(difference, DIFFERENCE_CHARS))
}

fn differ(asked: &Value, recorded: &Value, path: &mut String) -> Option<String> {
    if equal(asked, recorded) {
        return None;
    }
    let depth = path.len();
    match (asked, recorded) {
        (Value::Object(asked), Value::Object(recorded)) => {
            for (key, value) in asked {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
                match recorded.get(key) {
                    None => return Some(format!("{path} is only in the request")),
                    Some(other) => {
                        if let Some(difference) = differ(value, other, path) {
                            return Some(difference);
                        }
                    }
                }
                path.truncate(depth);
            }
            let key = recorded.keys().find(|key| !asked.contains_key(*key))?;
            let dot = if path.is_empty() { "" } else { "." };
            Some(format!("{path}{dot}{key} is only in the recording"))
        }
        (Value::Array(asked), Value::Array(recorded)) => {
            for (index, (value, other)) in asked.iter().zip(recorded).enumerate() {
                path.push_str(&format!("[{index}]"));
                if let Some(difference) = differ(value, other, path) {
                    return Some(difference);
                }
                path.truncate(depth);
            }
            Some(format!("{path} has {} elements, the recording {}", asked.len(), recorded.len()))
        }
        (asked, recorded) => {
            let whole = if path.is_empty() { "the body" } else { path.as_str() };
            Some(format!("{whole} is {}, in the recording {}", show(asked), show(recorded)))
        }
    }
}

fn show(value: &Value) -> String {
    shorten(value.to_string(), SHOWN_CHARS)
}

fn shorten(mut text: String, chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_compared_by_value() {
        let parse = |text| serde_json::from_str::<Value>(text).unwrap();
        assert!(equal(&parse(r#"{"a":1,"b":[0.5]}"#), &parse(r#"{"b":[5e-1],"a":1.0}"#)));
        assert!(!equal(&parse("9007199254740993"), &parse("9007199254740992")));
        assert!(!equal(&parse("1"), &parse("\"1\"")));
    }

    #[test]
    fn the_first_difference_is_named_with_its_path() {
        let recorded = json!({"messages": [{"content": [{"text": "a"}]}], "system": []});
        for (asked, expected) in [
            (
                json!({"messages": [{"content": [{"text": "b"}]}], "system": []}),
                r#"messages[0].content[0].text is "b", in the recording "a""#,
            ),
            (json!({"messages": [{"content": [{"text": "a"}]}]}), "system is only in the recording"),
            (
                json!({"messages": [{"content": [{"text": "a"}, {}]}], "system": []}),
                "messages[0].content has 2 elements, the recording 1",
            ),
            (
                json!({"a": 1, "messages": [{"content": [{"text": "a"}]}], "system": []}),
                "a is only in the request",
            ),
            (json!(null), "the body is null, in the recording {"),
        ] {
            let difference = first_difference(&asked, &recorded).unwrap();
            assert!(difference.starts_with(expected), "{difference}");
            assert!(difference.chars().count() < 200);
        }
        assert_eq!(first_difference(&recorded, &recorded), None);
        let long = first_difference(&json!({"é".repeat(9_999): 1}), &recorded).unwrap();
        assert_eq!(long.chars().count(), DIFFERENCE_CHARS + 1);
    }
}
