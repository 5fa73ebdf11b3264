//! JSON objects of others, read member by member. What is wrong is told by the member's name and never by its value.

use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON object that may hold secrets: its texts are overwritten with zeros when it is dropped.
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Reads an object; the error says where it is none.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice(text) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(mut other) => {
                clear(&mut other);
                Err("it is JSON, but no object".to_owned())
            }
            // The error's own words may quote what it found.
            Err(error) => Err(format!("it is not JSON from line {} column {}", error.line(), error.column())),
        }
    }

    /// An object in the object.
    pub(super) fn object(&mut self, name: &str) -> Result<Self, String> {
        match self.0.remove(name) {
            Some(Value::Object(members)) => Ok(Self(members)),
            Some(mut other) => {
                clear(&mut other);
                Err(format!("{name} is no object"))
            }
            None => Err(format!("{name} is missing")),
        }
    }

    /// A text that may be missing; an empty one and null are none.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(&**text).filter(|text| !text.is_empty())),
            Some(_) => Err(format!("{name} is no text")),
        }
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, String> {
        self.text(name)?.ok_or_else(|| format!("{name} is missing or empty"))
    }

    /// A whole number that must be there.
    pub(super) fn integer(&self, name: &str) -> Result<i64, String> {
        let value = self.0.get(name).ok_or_else(|| format!("{name} is missing"))?;
        value.as_i64().ok_or_else(|| format!("{name} is no whole number"))
    }

    /// Puts a text in place of the one there is.
    pub(super) fn set(&mut self, name: &str, text: &str) {
        if let Some(mut old) = self.0.insert(name.to_owned(), Value::String(text.to_owned())) {
            clear(&mut old);
        }
    }

    /// The object as text.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // A map of texts always has a text.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        self.0.values_mut().for_each(clear);
    }
}

fn clear(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(clear),
        Value::Object(members) => members.values_mut().for_each(clear),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_by_name_and_values_not_at_all() {
        let mut object =
            Object::parse(br#"{"a":"x","b":"","c":null,"d":5,"e":{"f":7,"g":7.5},"h":"SQUIRREL"}"#).unwrap();
        assert_eq!(object.text("a"), Ok(Some("x")));
        assert_eq!((object.text("b"), object.text("c"), object.text("z")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(object.text("d").unwrap_err(), "d is no text");
        assert_eq!(object.required("b").unwrap_err(), "b is missing or empty");
        assert_eq!(object.integer("d"), Ok(5));
        assert_eq!(object.integer("h").unwrap_err(), "h is no whole number");
        let inner = object.object("e").unwrap();
        assert_eq!(inner.integer("f"), Ok(7));
        assert_eq!(inner.integer("g").unwrap_err(), "g is no whole number");
        assert_eq!(object.object("h").err().unwrap(), "h is no object");
        assert_eq!(object.object("e").err().unwrap(), "e is missing");
        object.set("d", "new");
        assert_eq!(Object::parse(&object.to_bytes()).unwrap().text("d"), Ok(Some("new")));
        for (text, error) in [
            (&b"\"SQUIRREL\""[..], "it is JSON, but no object"),
            (b"{\"a\":\n SQUIRREL", "it is not JSON from line 2 column 2"),
            (b"", "it is not JSON from line 1 column 0"),
        ] {
            assert_eq!(Object::parse(text).err().unwrap(), error);
        }
    }
}
