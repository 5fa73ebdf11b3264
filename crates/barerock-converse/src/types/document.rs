//! Free-form JSON: the model's `document` type.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::serde_facade;
use crate::json::{
    CorrectionKind, Fault, FromJson, Object, Reader, ToJson, UnionMember, Writer, format, one_value,
};

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

    /// The same JSON on one line.
    #[must_use]
    pub fn to_compact(&self) -> String {
        format(self.as_json(), None, &[])
    }

    /// The same JSON with each member and entry on a line of its own, indented by `indent` for each level. Tokens stay as they
    /// are.
    #[must_use]
    pub fn to_pretty(&self, indent: &str) -> String {
        format(self.as_json(), Some(indent), &[])
    }

    /// The members of an object in their order; `None` if the document is something else.
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

    /// Writes `value` as JSON.
    pub(crate) fn of(value: &impl ToJson) -> Self {
        Self(Writer::write(value).into())
    }

    /// A payload as JSON, or else its text as a JSON string; bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn of_payload(payload: &[u8]) -> Self {
        let json = core::str::from_utf8(payload).ok().and_then(|json| Self::checked(json).ok());
        json.unwrap_or_else(|| Self::of(&String::from_utf8_lossy(payload).into_owned()))
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
    fn from_json(reader: &mut Reader<'a>) -> Self {
        Self::from_checked(reader.skip())
    }

    /// `null` is a document like any other; a missing one is read as the empty object, which is what a tool without
    /// arguments is called with.
    fn missing(reader: &mut Reader<'a>, why: CorrectionKind) -> Self {
        if why == CorrectionKind::Null {
            return Self::null();
        }
        reader.note(why);
        Self::default()
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

/// A member this crate does not know: its name and its value. In JSON it is the object of this one member.
///
/// A union that has no member, or several, is one without a name: `value` is then the whole union.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownMember {
    /// The member's name.
    pub name: String,
    /// The member's value.
    pub value: Document,
}

impl UnknownMember {
    /// A member that the service takes and this crate does not know.
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
    fn from_json(reader: &mut Reader<'a>) -> Self {
        UnionMember::read("", reader).into_unknown(reader)
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
