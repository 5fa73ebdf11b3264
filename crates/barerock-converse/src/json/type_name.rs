//! `__type`, the member in which AWS's JSON names the shape of a value.

use super::open::TYPE_NAME;
use super::scan::{Fault, Scanner};
use super::string::unquoted;

/// True if an object inside the value has the member `__type`, however the name is escaped. The value's own members do not
/// count. Takes no stack for depth.
pub(crate) fn has_nested_type(json: &str) -> bool {
    // The name stands in the text, or has an escape.
    (json.contains(TYPE_NAME) || json.contains('\\')) && find(json).unwrap_or(false)
}

fn find(json: &str) -> Result<bool, Fault> {
    let mut scanner = Scanner::new(json);
    // The closing bracket of each value around the current one.
    let mut open = Vec::new();
    loop {
        if scanner.take(b'{') {
            open.push(b'}');
        } else if scanner.take(b'[') {
            open.push(b']');
        } else {
            scanner.value()?;
        }
        loop {
            let Some(close) = open.last().copied() else { return Ok(false) };
            let is_first = matches!(scanner.before(), Some(b'{' | b'['));
            if !scanner.more(close, is_first)? {
                open.pop();
                continue;
            }
            if close == b'}' {
                let (name, is_escaped) = scanner.name()?;
                if open.len() > 1 && *unquoted(name, is_escaped).0 == *TYPE_NAME {
                    return Ok(true);
                }
            }
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_member_is_found_whatever_its_depth_and_spelling() {
        for (json, expected) in [
            (r#"{"a":{"__type":"x"}}"#, true),
            (r#" { "a" : [ 1, [ { "b":[], "__type" : null } ] ] }"#, true),
            (r#"{"a":{"\u005f_ty\u0070e":{}}}"#, true),
            (r#"[{"__type":"x"}]"#, true),
            (r#"{"a":{},"b":[],"c":{"d":{"e":1}},"f":{"__type":1}}"#, true),
            (r#"{"__type":"x"}"#, false),
            (r#"{"a":{},"__type":{"b":"__type"}}"#, false),
            (r#"{"a":{"__typename":1,"__types":2,"_type":3,"type":4}}"#, false),
            (r#"{"a":["__type",":"],"b":"{\"__type\":1}"}"#, false),
            (r#""__type""#, false),
            ("{}", false),
            ("", false),
            (r#"{"a":{"\\__type":1}}"#, false),
        ] {
            assert_eq!(has_nested_type(json), expected, "{json}");
        }
        let deep = "[".repeat(100_000) + r#"{"__type":1}"# + &"]".repeat(100_000);
        assert!(has_nested_type(&deep));
    }
}
