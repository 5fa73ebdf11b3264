//! Reader for JSON objects of services. Errors name a member but never its value.

use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON object that may contain secrets: its strings are zeroed when it is dropped.
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Parses an object; the error says where it is invalid.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice(text) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(mut other) => {
                clear(&mut other);
                Err("it is not a JSON object".to_owned())
            }
            // The text of the error may quote the input.
            Err(error) => Err(format!("it is not JSON from line {} column {}", error.line(), error.column())),
        }
    }

    /// Takes a member that is an object.
    pub(super) fn object(&mut self, name: &str) -> Result<Self, String> {
        match self.0.remove(name) {
            Some(Value::Object(members)) => Ok(Self(members)),
            Some(mut other) => {
                clear(&mut other);
                Err(format!("{name} is not an object"))
            }
            None => Err(format!("{name} is missing")),
        }
    }

    /// A string; `None` if it is missing, empty or null.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(&**text).filter(|text| !text.is_empty())),
            Some(_) => Err(format!("{name} is not a string")),
        }
    }

    /// A string that must not be missing or empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, String> {
        self.text(name)?.ok_or_else(|| format!("{name} is missing or empty"))
    }

    /// A whole number that must not be missing.
    pub(super) fn integer(&self, name: &str) -> Result<i64, String> {
        let value = self.0.get(name).ok_or_else(|| format!("{name} is missing"))?;
        value.as_i64().ok_or_else(|| format!("{name} is not a whole number"))
    }

    /// Sets a member to a string.
    pub(super) fn set(&mut self, name: &str, text: &str) {
        if let Some(mut old) = self.0.insert(name.to_owned(), Value::String(text.to_owned())) {
            clear(&mut old);
        }
    }

    /// Sets a member to an object.
    #[cfg(feature = "login")]
    pub(super) fn put(&mut self, name: &str, mut object: Self) {
        let value = Value::Object(core::mem::take(&mut object.0));
        if let Some(mut old) = self.0.insert(name.to_owned(), value) {
            clear(&mut old);
        }
    }

    /// The object as JSON.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // A map of JSON values can always be written.
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
    fn errors_name_members_and_no_value() {
        let mut object =
            Object::parse(br#"{"a":"x","b":"","c":null,"d":5,"e":{"f":7,"g":7.5},"h":"SQUIRREL"}"#).unwrap();
        assert_eq!(object.text("a"), Ok(Some("x")));
        assert_eq!((object.text("b"), object.text("c"), object.text("z")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(object.text("d").unwrap_err(), "d is not a string");
        assert_eq!(object.required("b").unwrap_err(), "b is missing or empty");
        assert_eq!(object.integer("d"), Ok(5));
        assert_eq!(object.integer("h").unwrap_err(), "h is not a whole number");
        let inner = object.object("e").unwrap();
        assert_eq!(inner.integer("f"), Ok(7));
        assert_eq!(inner.integer("g").unwrap_err(), "g is not a whole number");
        assert_eq!(object.object("h").err().unwrap(), "h is not an object");
        assert_eq!(object.object("e").err().unwrap(), "e is missing");
        object.set("d", "new");
        assert_eq!(Object::parse(&object.to_bytes()).unwrap().text("d"), Ok(Some("new")));
        for (text, error) in [
            (&b"\"SQUIRREL\""[..], "it is not a JSON object"),
            (b"{\"a\":\n SQUIRREL", "it is not JSON from line 2 column 2"),
            (b"", "it is not JSON from line 1 column 0"),
        ] {
            assert_eq!(Object::parse(text).err().unwrap(), error);
        }
    }
}
