//! Free-form JSON: the model's `document` type.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::serde_facade;
use crate::json::{
    Fault, FromJson, Null, Object, Reader, ToJson, Union, Writer, format, one_value, same_value,
};

// spec: restjson1#document "Any JSON value"
/// Any JSON value, stored as its original text, so that key order and number formatting are preserved.
///
/// Tool inputs, tool schemas and model-specific fields are documents. Read one with [`parse`](Self::parse), write one
/// from a `serde_json::Value` (`json!({…})`) or with [`from_serialize`](Self::from_serialize).
///
/// Two documents are equal if their values are: the order of members, the spelling of numbers, escapes and white space are
/// irrelevant. Numbers are compared exactly, in any size. If a name occurs twice in an object, the last member counts.
///
/// ```
/// # use barerock_converse::types::Document;
/// let document = Document::from_json(r#"{"city": "Oslo", "days": 2.0}"#)?;
/// assert_eq!(document, serde_json::json!({"days": 2, "city": "Oslo"}).into());
/// #[derive(serde::Deserialize)]
/// struct Forecast {
///     city: String,
/// }
/// assert_eq!(document.parse::<Forecast>()?.city, "Oslo");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Document(Box<str>);

impl Document {
    /// Creates a document from JSON text after checking that it is exactly one JSON value.
    ///
    /// # Errors
    /// The parser's error, with line and column, if `text` is not one JSON value.
    pub fn from_json(text: impl Into<String>) -> serde_json::Result<Self> {
        RawValue::from_string(text.into()).map(Self::from)
    }

    /// [`from_json`](Self::from_json) with this crate's reader, so that programs that only read events do not link
    /// serde_json's parser.
    pub(crate) fn checked(text: &str) -> Result<Self, Fault> {
        one_value(text).map(|json| Self(json.into()))
    }

    /// Serializes `value` to JSON.
    ///
    /// # Errors
    /// Errors of the value's own `Serialize`, and maps whose keys are not strings.
    pub fn from_serialize(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self::from)
    }

    /// Creates a document from text that is known to be one JSON value.
    pub(crate) fn from_checked(json: &str) -> Self {
        Self(json.into())
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// Deserializes the document into `T`, such as a type of yours or `serde_json::Value`.
    ///
    /// # Errors
    /// If the document does not have the shape of `T`.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.as_json())
    }

    /// The same JSON on one line.
    #[must_use]
    pub fn to_compact(&self) -> String {
        format(self.as_json(), None, &[])
    }

    /// The same JSON with each member and element on its own line, indented by `indent` per level. Tokens are
    /// unchanged.
    #[must_use]
    pub fn to_pretty(&self, indent: &str) -> String {
        format(self.as_json(), Some(indent), &[])
    }

    /// The members of the object, in order; `None` if the document is not an object.
    #[must_use]
    pub fn to_members(&self) -> Option<Vec<UnknownMember>> {
        let object = Object::read(self.as_json());
        let member = |(name, json): (&str, &str)| UnknownMember::new(name, Self::from_checked(json));
        self.is_object().then(|| object.members().map(member).collect())
    }

    /// True if the document is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.as_json().trim_ascii_start().starts_with('{')
    }

    /// Creates a document from `value` with this crate's writer.
    pub(crate) fn of(value: &impl ToJson) -> Self {
        Self(Writer::write(value).into())
    }

    /// Creates a document from a payload: the payload if it is JSON, otherwise its text as a JSON string, with U+FFFD
    /// for bytes that are not UTF-8.
    pub(crate) fn of_payload(payload: &[u8]) -> Self {
        let json = core::str::from_utf8(payload).ok().and_then(|json| Self::checked(json).ok());
        json.unwrap_or_else(|| Self::of(&String::from_utf8_lossy(payload).into_owned()))
    }

    /// `null`.
    pub(crate) fn null() -> Self {
        Self("null".into())
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

serde_facade!(Document);

impl From<&str> for Document {
    /// A JSON string.
    fn from(text: &str) -> Self {
        Self::of(&text.to_owned())
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
    const NULL: Null = Null::Value;

    /// The empty object, which is the input of a tool without arguments.
    fn empty() -> Self {
        Self::default()
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = Self::from_checked(reader.skip());
    }
}

/// Compares values, not texts; [`as_json`](Document::as_json) has the texts.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        same_value(self.as_json(), other.as_json())
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

/// Name and value of a member this crate does not know. In JSON it is an object with this one member.
///
/// For a union with no member or several, `name` is empty and `value` is the whole union.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownMember {
    /// The member's name.
    pub name: String,
    /// The member's value.
    pub value: Document,
}

impl UnknownMember {
    /// Creates a member that the service accepts and this crate does not know.
    pub fn new(name: impl Into<String>, value: impl Into<Document>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

serde_facade!(UnknownMember);

impl ToJson for UnknownMember {
    fn to_json(&self, out: &mut Writer) {
        out.unknown(self);
    }
}

impl<'a> FromJson<'a> for UnknownMember {
    fn empty() -> Self {
        Self { name: String::new(), value: Document::null() }
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let mut union = Union::open(reader);
        union.next("", reader);
        if let Some(member) = union.end(reader) {
            *self = member;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec-test: restjson1#document
    #[test]
    fn keeps_order_and_numbers() {
        let text = r#"{"z":1.0,"a":12345678901234567890.10}"#;
        let document: Document = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&document).unwrap(), text);
    }

    #[test]
    fn equality_is_that_of_values() {
        let a = Document::from_json("{ \"a\" : \"x y\\\" \", \"b\": 1.50 }").unwrap();
        assert_eq!(a, Document::from_json("{\"b\":15e-1,\"\\u0061\":\"x y\\\" \"}").unwrap());
        assert_ne!(a, Document::from_json("{\"b\":1.5,\"a\":\"xy\\\" \"}").unwrap());
        assert_ne!(Document::from_json("1").unwrap(), Document::from_json("12").unwrap());
    }

    #[test]
    fn refuses_what_is_not_json() {
        let error = Document::from_json("{").unwrap_err();
        assert!(error.to_string().contains("line 1 column 1"), "{error}");
    }
}
