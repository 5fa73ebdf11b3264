//! Free-form JSON: the model's `document` type.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;

use crate::json::{Fault, FromJson, Reader, ToJson, Writer, one_value};

/// Any JSON value, kept as the text it came as: key order, number spelling and all.
///
/// Tool inputs, tool schemas and model-specific fields are documents. Read one with [`parse`](Self::parse), write one
/// from a `serde_json::Value` (`json!({…})`) or with [`from_serialize`](Self::from_serialize). Two documents are equal
/// when they are written alike, white space between tokens aside.
#[derive(Clone)]
pub struct Document(Box<str>);

impl Document {
    /// Checks that `text` is one JSON value and keeps it.
    ///
    /// # Errors
    /// The parser's, with line and column, if it is not.
    pub fn from_json(text: impl Into<String>) -> serde_json::Result<Self> {
        RawValue::from_string(text.into()).map(Self::from)
    }

    /// As [`from_json`](Self::from_json), by this crate's reader: who only reads events links no other.
    pub(crate) fn checked(text: &str) -> Result<Self, Fault> {
        one_value(text).map(|json| Self(json.into()))
    }

    /// Writes `value` as JSON.
    ///
    /// # Errors
    /// Those of the value's own `Serialize`, and maps whose keys are not strings.
    pub fn from_serialize(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self::from)
    }

    /// What is known to be one JSON value.
    pub(crate) fn from_checked(json: &str) -> Self {
        Self(json.into())
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// Reads the document as a type of yours, or as a `serde_json::Value`.
    ///
    /// # Errors
    /// If the document has not the shape of `T`.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.as_json())
    }

    /// Writes `value` as JSON.
    pub(crate) fn of(value: &impl ToJson) -> Self {
        Self(Writer::write(value).into())
    }

    /// `null`.
    pub(crate) fn null() -> Self {
        Self("null".into())
    }

    /// The text's bytes without the white space between tokens.
    fn significant(&self) -> impl Iterator<Item = u8> + '_ {
        let (mut in_string, mut escaped) = (false, false);
        self.as_json().bytes().filter(move |byte| {
            let keep = in_string || !byte.is_ascii_whitespace();
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = !in_string,
                _ => {}
            }
            keep
        })
    }
}

impl Default for Document {
    /// The empty object, `{}`.
    fn default() -> Self {
        Self("{}".into())
    }
}

impl From<Box<RawValue>> for Document {
    fn from(json: Box<RawValue>) -> Self {
        Self(json.into())
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(|json: Box<RawValue>| Self::from(json))
    }
}

impl From<serde_json::Value> for Document {
    fn from(value: serde_json::Value) -> Self {
        #[expect(clippy::expect_used, reason = "a Value has only string keys, so writing it cannot fail")]
        Self::from_serialize(&value).expect("a serde_json::Value is JSON")
    }
}

impl ToJson for Document {
    fn to_json(&self, out: &mut Writer) {
        out.raw(self.as_json());
    }
}

impl<'a> FromJson<'a> for Document {
    fn from_json(json: &'a str, _reader: &mut Reader<'a>) -> Self {
        // It was taken out of a text that was checked.
        Self::from_checked(json)
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.significant().eq(other.significant())
    }
}

impl Eq for Document {}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

/// A member of a union that this crate does not know: its name and its value, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownMember {
    /// The member's name.
    pub name: String,
    /// The member's value.
    pub value: Document,
}

impl UnknownMember {
    /// A member of your own, for what the service takes and this crate does not know yet.
    pub fn new(name: impl Into<String>, value: impl Into<Document>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_numbers() {
        let text = r#"{"z":1.0,"a":12345678901234567890.10}"#;
        let document: Document = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&document).unwrap(), text);
    }

    #[test]
    fn equality_ignores_white_space_between_tokens_only() {
        let a = Document::from_json("{ \"a\" : \"x y\\\" \" }").unwrap();
        assert_eq!(a, Document::from_json("{\"a\":\"x y\\\" \"}").unwrap());
        assert_ne!(a, Document::from_json("{\"a\":\"xy\\\" \"}").unwrap());
        assert_ne!(Document::from_json("1").unwrap(), Document::from_json("12").unwrap());
    }

    #[test]
    fn refuses_what_is_not_json() {
        let error = Document::from_json("{").unwrap_err();
        assert!(error.to_string().contains("line 1 column 1"), "{error}");
    }
}
