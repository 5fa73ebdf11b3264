//! JSON text in, values out.
//!
//! An object is read as its members' names and the text of each value, once for all types; a type then takes the members
//! it knows. A value is looked at again at every level it lies under, which is fine for the small and rare: large
//! answers are read by serde's derive. A value that is not as it should be is noted, stands in as an empty one, and the
//! whole is refused at the end: so no type needs a way out of its own for every member.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::camel_case;
use crate::types::Text;

/// A value that can be read from JSON text.
pub(crate) trait FromJson<'a>: Sized {
    /// Reads the value; `json` is one JSON value without white space around it. What is not as it should be is noted
    /// in `reader`, and the value that comes of it is thrown away in the end.
    fn from_json(json: &'a str, reader: &mut Reader) -> Self;
}

/// Reads a whole value.
///
/// # Errors
/// If the text is no JSON value, or the value has not the shape it should have: where, and what.
pub(crate) fn from_json<'a, T: FromJson<'a>>(json: &'a str) -> Result<T, String> {
    let mut reader = Reader::default();
    let value = T::from_json(json, &mut reader);
    match reader.error {
        Some(error) => Err(error),
        None => Ok(value),
    }
}

/// Where reading is, and what went wrong first.
#[derive(Default)]
pub(crate) struct Reader {
    path: String,
    error: Option<String>,
}

impl Reader {
    /// Notes what is wrong with the value that is being read.
    pub(crate) fn fail(&mut self, what: &str) {
        let Self { path, error } = self;
        error
            .get_or_insert_with(|| if path.is_empty() { what.to_owned() } else { format!("{path}: {what}") });
    }

    /// Reads what serde_json knows how to read; the text must be a whole value.
    fn scalar<'a, T: Deserialize<'a> + Default>(&mut self, json: &'a str) -> T {
        serde_json::from_str(json).unwrap_or_else(|error| {
            self.fail_json(&error);
            T::default()
        })
    }

    fn fail_json(&mut self, error: &serde_json::Error) {
        let text = error.to_string();
        // A value that is JSON but not what it should be has a path; where in itself it goes wrong says nothing.
        match text.rsplit_once(" at line ") {
            Some((what, _)) if error.is_data() => self.fail(what),
            _ => self.fail(&text),
        }
    }

    /// Goes down to a member, and says where to come back to.
    fn enter(&mut self, name: impl Iterator<Item = u8>) -> usize {
        let back = self.path.len();
        if back > 0 {
            self.path.push('.');
        }
        self.path.extend(name.map(char::from));
        back
    }

    fn leave(&mut self, back: usize) {
        self.path.truncate(back);
    }
}

/// The members of an object, each with the text of its value.
#[derive(Default)]
pub(crate) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads an object's members; there are none if the text is no object.
    pub(crate) fn read(json: &'a str, reader: &mut Reader) -> Self {
        reader.scalar(json)
    }

    /// A member that must be there.
    pub(crate) fn required<T: FromJson<'a>>(&self, name: &str, reader: &mut Reader) -> T {
        let (back, json) = self.enter(name, true, reader);
        let value = T::from_json(json.unwrap_or(NULL), reader);
        reader.leave(back);
        value
    }

    /// A member that may be missing, or null, which is the same.
    pub(crate) fn optional<T: FromJson<'a>>(&self, name: &str, reader: &mut Reader) -> Option<T> {
        let (back, json) = self.enter(name, false, reader);
        let value = json.map(|json| T::from_json(json, reader));
        reader.leave(back);
        value
    }

    /// The text of a member of this name on the wire, if it is there and a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).and_then(|json| from_json(json).ok())
    }

    /// The value of the first member of this name on the wire.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| **key == *name).map(|(_, value)| value.get())
    }

    /// Goes down to the member Rust has by `name`: where to come back to, and the text of its value, if it is there and
    /// not null. It stands apart from what reads the value, and so once for all types.
    #[inline(never)]
    fn enter(&self, name: &str, must_be: bool, reader: &mut Reader) -> (usize, Option<&'a str>) {
        let back = reader.enter(camel_case(name));
        let mut named = self.0.iter().filter(|(key, _)| camel_case(name).eq(key.bytes()));
        let value = named.next().map(|(_, value)| value.get());
        if named.next().is_some() {
            reader.fail("stands there twice");
        }
        if must_be && value.is_none() {
            reader.fail("is missing");
        }
        (back, value.filter(|json| *json != NULL))
    }
}

impl<'a> FromJson<'a> for Members<'a> {
    fn from_json(json: &'a str, reader: &mut Reader) -> Self {
        Self::read(json, reader)
    }
}

const NULL: &str = "null";

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The one member of a union: the known one that is not null, else the first that is unknown. What there is of it is
/// read by `read`.
pub(crate) fn union_member<'a, T>(
    json: &'a str,
    union: &str,
    known: &[&str],
    reader: &mut Reader,
    read: impl FnOnce(&str, &'a str, &mut Reader) -> T,
) -> T {
    let (name, value) = one_of(json, union, known, reader);
    let back = reader.enter(name.bytes());
    let member = read(&name, value, reader);
    reader.leave(back);
    member
}

fn one_of<'a>(json: &'a str, union: &str, known: &[&str], reader: &mut Reader) -> (Text<'a>, &'a str) {
    let (mut chosen, mut unknown) = (None, None);
    for (name, value) in Members::read(json, reader).0 {
        let value = value.get();
        if !known.contains(&&*name) {
            unknown.get_or_insert((name, value));
        } else if value != NULL && chosen.replace((name, value)).is_some() {
            reader.fail(&format!("two members of the union {union}, which has exactly one"));
        }
    }
    chosen.or(unknown).unwrap_or_else(|| {
        reader.fail(&format!("no member of the union {union}, which has exactly one"));
        (Text::default(), NULL)
    })
}

macro_rules! scalars {
    ($($type:ty),+) => {$(
        impl<'a> FromJson<'a> for $type {
            fn from_json(json: &'a str, reader: &mut Reader) -> Self {
                reader.scalar(json)
            }
        }
    )+};
}
scalars!(f64, Text<'a>);

/// What JSON and Rust write alike: `json` is a whole JSON value, so that Rust's other spellings do not occur.
macro_rules! plain {
    ($($type:ty: $what:literal),+) => {$(
        impl<'a> FromJson<'a> for $type {
            fn from_json(json: &'a str, reader: &mut Reader) -> Self {
                json.parse().unwrap_or_else(|_| {
                    reader.fail(concat!("is not ", $what));
                    Self::default()
                })
            }
        }
    )+};
}
plain!(bool: "true or false", u32: "a whole number", u64: "a whole number");

impl<'a> FromJson<'a> for String {
    fn from_json(json: &'a str, reader: &mut Reader) -> Self {
        Text::from_json(json, reader).into_string()
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(json: &'a str, reader: &mut Reader) -> Self {
        let values: Vec<&RawValue> = reader.scalar(json);
        let mut read = Self::new();
        for value in values {
            let back = reader.path.len();
            reader.path.push_str(&format!("[{}]", read.len()));
            read.push(T::from_json(value.get(), reader));
            reader.leave(back);
        }
        read
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for BTreeMap<String, T> {
    fn from_json(json: &'a str, reader: &mut Reader) -> Self {
        let mut read = Self::new();
        for (name, value) in Members::read(json, reader).0 {
            let back = reader.enter(name.bytes());
            read.insert(name.into_string(), T::from_json(value.get(), reader));
            reader.leave(back);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Message, TokenUsage};

    fn error<T: for<'a> FromJson<'a>>(json: &str) -> String {
        from_json::<T>(json).map(|_| ()).unwrap_err()
    }

    #[test]
    fn errors_say_where_and_what() {
        for (json, expected) in [
            (r#"{"content":[]}"#, "role: is missing"),
            (r#"{"role":7,"content":[]}"#, "role: invalid type: integer `7`, expected a string"),
            (r#"{"role":"user","content":{}}"#, "content: invalid type: map, expected a sequence"),
            (
                r#"{"role":"user","content":[{"text":"a"},{"toolUse":{"toolUseId":"i","input":{}}}]}"#,
                "content[1].toolUse.name: is missing",
            ),
            (
                r#"{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"?"}}}]}"#,
                "content[0].image.source.bytes: not base64: what stands at offset 0 is no letter of it",
            ),
            (r#"{"role":"user","content":[],"role":"user"}"#, "role: stands there twice"),
            (
                r#"{"role":"user","content":[{"text":"a","image":{}}]}"#,
                "content[0]: two members of the union ContentBlock, which has exactly one",
            ),
            (
                r#"{"role":"user","content":[{"text":null}]}"#,
                "content[0]: no member of the union ContentBlock, which has exactly one",
            ),
            ("[]", "invalid type: sequence, expected an object"),
            (r#"{"role":"user","content":["#, "EOF while parsing a list at line 1 column 26"),
        ] {
            assert_eq!(error::<Message>(json), expected, "{json}");
        }
        assert_eq!(
            error::<TokenUsage>(r#"{"inputTokens":-1,"outputTokens":"","totalTokens":1}"#),
            "inputTokens: is not a whole number"
        );
    }
}
