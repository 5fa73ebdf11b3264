//! JSON as a tree that keeps the order of members and the spelling of numbers.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree<'t> {
    Null,
    Bool(bool),
    /// The number as it is spelled.
    Number(&'t str),
    Text(String),
    List(Vec<Tree<'t>>),
    Object(Vec<(String, Tree<'t>)>),
}

impl<'t> Tree<'t> {
    /// Reads JSON at most 128 levels deep, in one pass; `None` if it is deeper or not JSON.
    pub(super) fn read(json: &'t str) -> Option<Self> {
        let json = json.trim_start_matches('\u{feff}');
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let mut numbers = Numbers { rest: json };
        let tree = Node(&mut numbers).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok().map(|()| tree)
    }

    /// Appends the value as JSON text.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&super::json_text(text)),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    out.push(if index == 0 { '[' } else { ',' });
                    item.write(out);
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push(if index == 0 { '{' } else { ',' });
                    out.push_str(&super::json_text(name));
                    out.push(':');
                    value.write(out);
                }
                out.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }

    /// The value as JSON text.
    pub(super) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// The numbers of a JSON text, in order. serde_json hands over their values, not their spelling.
struct Numbers<'t> {
    rest: &'t str,
}

impl<'t> Numbers<'t> {
    fn next(&mut self) -> Option<&'t str> {
        let (bytes, mut at, mut in_string) = (self.rest.as_bytes(), 0, false);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' if in_string => at += 1,
                b'"' => in_string = !in_string,
                b'-' | b'0'..=b'9' if !in_string => break,
                _ => {}
            }
            at += 1;
        }
        let rest = self.rest.get(at..)?;
        let is_part = |byte: u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        let length = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let (number, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(number)
    }
}

struct Node<'n, 't>(&'n mut Numbers<'t>);

impl<'de, 't> DeserializeSeed<'de> for Node<'_, 't> {
    type Value = Tree<'t>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'t>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Node<'_, 't> {
    fn number<E: serde::de::Error>(self) -> Result<Tree<'t>, E> {
        self.0.next().map(Tree::Number).ok_or_else(|| E::custom("no number"))
    }
}

impl<'de, 't> Visitor<'de> for Node<'_, 't> {
    type Value = Tree<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree<'t>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'t>, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Tree<'t>, E> {
        self.number()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Tree<'t>, E> {
        self.number()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Tree<'t>, E> {
        self.number()
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'t>, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree<'t>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Node(self.0))? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            members.push((name, map.next_value_seed(Node(self.0))?));
        }
        Ok(Tree::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spelling_are_kept() {
        let json =
            r#"{"z":1.10,"a\"9":[-0,1e5,"7",12345678901234567890123],"e":[],"o":{},"n":null,"b":true}"#;
        assert_eq!(Tree::read(json).unwrap().to_json(), json);
        assert_eq!(Tree::read(" 5 "), Some(Tree::Number("5")));
    }

    #[test]
    fn depth_is_bounded_and_what_is_not_json_is_none() {
        assert_eq!(Tree::read(&"[".repeat(100_000)), None);
        assert!(Tree::read(&("[".repeat(120) + &"]".repeat(120))).is_some());
        for text in ["", "{", "{} {}", "nul", "[1,]"] {
            assert_eq!(Tree::read(text), None, "{text}");
        }
    }
}
