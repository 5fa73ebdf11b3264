//! serde's traits, implemented with this crate's reader and writer.
//!
//! serde_json passes the text of values unchanged in both directions: key order and numbers stay exact. A container that
//! buffers (an internally tagged or untagged enum, a flattened structure) passes values instead: key order stays, numbers are
//! serde_json's.

use core::cell::Cell;
use core::fmt;
use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer;

use super::emit::Tokens;
use super::read::{FromJson, Mode, read};
use super::scan::Scanner;
use super::{Correction, ToJson, Writer, one_value};

/// Serializes a value.
pub(crate) fn serialize<T: ToJson + ?Sized, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut writer = Writer::default();
    value.to_json(&mut writer);
    serialize_json(writer.as_str(), serializer)
}

/// Serializes JSON text.
pub(crate) fn serialize_json<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::Serialize as _;
    Tokens { scanner: &Cell::new(Scanner::new(json)), depth: 0 }.serialize(serializer)
}

/// Reads a value from a deserializer.
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> FromJson<'a>,
    D: Deserializer<'de>,
{
    parse(&json(deserializer)?)
}

/// Reads a value from the text of a deserializer. Corrections are errors, as serde users expect (an untagged enum tries the
/// next variant), except for values that are kept unchanged.
pub(crate) fn parse<'a, T: FromJson<'a>, E: serde::de::Error>(json: &'a str) -> Result<T, E> {
    let (value, reader) = read(json, "", Mode::Exact).map_err(E::custom)?;
    let is_lossy = |correction: &&Correction| !correction.kind.is_lossless() || correction.path.is_empty();
    match reader.corrections.as_slice().iter().find(is_lossy) {
        Some(correction) => Err(E::custom(correction)),
        None => Ok(value),
    }
}

/// Name by which serde_json passes the text of a value.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
/// Name by which it passes the text of a number with its feature `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Deserializes a value as JSON text.
pub(crate) fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE, Text)
}

struct Text;

macro_rules! forward {
    ($($visit:ident($($argument:ident: $type:ty)?),)*) => {$(
        fn $visit<E: serde::de::Error>(self $(, $argument: $type)?) -> Result<Self::Value, E> {
            let mut writer = Writer::default();
            Append(&mut writer).$visit($($argument)?)?;
            Ok(Cow::Owned(writer.into_string()))
        }
    )*};
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut writer = Writer::default();
        Append(&mut writer).deserialize(deserializer)?;
        Ok(Cow::Owned(writer.into_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut writer = Writer::default();
        match map.next_key_seed(Key { writer: &mut writer, is_first: true })? {
            Some(Special::Raw) => map.next_value_seed(Raw),
            first => {
                Append(&mut writer).entries(first, map)?;
                Ok(Cow::Owned(writer.into_string()))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        let mut writer = Writer::default();
        Append(&mut writer).visit_seq(list)?;
        Ok(Cow::Owned(writer.into_string()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.visit_newtype_struct(deserializer)
    }

    forward! {
        visit_bool(value: bool), visit_i64(value: i64), visit_i128(value: i128), visit_u64(value: u64),
        visit_u128(value: u128), visit_f64(value: f64), visit_str(value: &str), visit_bytes(value: &[u8]),
        visit_unit(), visit_none(),
    }
}

/// Raw JSON, borrowed where it can be.
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Raw {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("raw JSON")
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, json: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(json))
    }
    fn visit_str<E: serde::de::Error>(self, json: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(json.to_owned()))
    }
    fn visit_string<E: serde::de::Error>(self, json: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(json))
    }
}

/// Writes a buffered value.
struct Append<'w>(&'w mut Writer);

/// The first key of a map.
enum Special {
    Raw,
    Number,
    /// An ordinary key, already written.
    Member,
}

impl Append<'_> {
    fn entries<'de, A: MapAccess<'de>>(self, first: Option<Special>, mut map: A) -> Result<(), A::Error> {
        match first {
            None => self.0.raw("{}"),
            Some(Special::Raw | Special::Number) => {
                let json = map.next_value_seed(Raw)?;
                self.0.raw(one_value(&json).map_err(A::Error::custom)?);
            }
            Some(Special::Member) => {
                map.next_value_seed(Append(&mut *self.0))?;
                while map.next_key_seed(Key { writer: &mut *self.0, is_first: false })?.is_some() {
                    map.next_value_seed(Append(&mut *self.0))?;
                }
                self.0.end_object();
            }
        }
        Ok(())
    }

    fn write<E>(self, value: &(impl ToJson + ?Sized)) -> Result<(), E> {
        value.to_json(self.0);
        Ok(())
    }

    fn digits<E>(self, value: &impl ToString) -> Result<(), E> {
        self.0.raw(&value.to_string());
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Append<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Append<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.digits(&value)
    }

    fn visit_i128<E>(self, value: i128) -> Result<(), E> {
        self.digits(&value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_u128<E>(self, value: u128) -> Result<(), E> {
        self.digits(&value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.write(&value)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.string(value);
        Ok(())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<(), E> {
        self.0.base64(value);
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.0.raw("null");
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.begin_list();
        while list.next_element_seed(Element(&mut *self.0))?.is_some() {}
        self.0.end_list();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let first = map.next_key_seed(Key { writer: &mut *self.0, is_first: true })?;
        self.entries(first, map)
    }
}

/// Writes an entry of a list.
struct Element<'w>(&'w mut Writer);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.separate();
        Append(self.0).deserialize(deserializer)
    }
}

/// Writes a key, and before the first one the bracket.
struct Key<'w> {
    writer: &'w mut Writer,
    is_first: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Special;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Special, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Special;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Special, E> {
        match key {
            RAW_VALUE if self.is_first => return Ok(Special::Raw),
            NUMBER if self.is_first => return Ok(Special::Number),
            _ if self.is_first => self.writer.begin_object(),
            _ => {}
        }
        self.writer.key(key);
        Ok(Special::Member)
    }
}
