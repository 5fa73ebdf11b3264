//! JSON text in, values out.
//!
//! An object is read as its members' names and the text of each value, once for all types; a type then takes the members
//! it knows. A value is looked at again at every level it lies under, which is fine for the small and rare: large
//! answers are read by serde's derive.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::camel_case;
use crate::types::Text;

/// A value that can be read from JSON text.
pub(crate) trait FromJson<'a>: Sized {
    /// Reads the value; `json` is one JSON value without white space around it.
    ///
    /// # Errors
    /// If the value has not the shape it should have.
    fn from_json(json: &'a str) -> Result<Self, ReadError>;
}

/// Where in a value something is not as it should be, and what.
#[derive(Debug)]
pub(crate) struct ReadError(Box<(String, String)>);

impl ReadError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(Box::new((String::new(), what.into())))
    }

    /// The same error, seen from the object whose member the value is.
    pub(crate) fn within(mut self, name: &str) -> Self {
        let path = &mut self.0.0;
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        path.insert_str(0, dot);
        path.insert_str(0, name);
        self
    }

    /// As [`within`](Self::within), for the name Rust has the member by.
    fn within_member(self, name: &str) -> Self {
        self.within(&camel_case(name).map(char::from).collect::<String>())
    }
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        let mut text = error.to_string();
        // A value that is JSON but not what it should be has a path; where in itself it goes wrong says nothing.
        if error.is_data()
            && let Some((what, _)) = text.rsplit_once(" at line ")
        {
            text.truncate(what.len());
        }
        Self::new(text)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, what) = &*self.0;
        if path.is_empty() { f.write_str(what) } else { write!(f, "{path}: {what}") }
    }
}

/// The members of an object, each with the text of its value.
#[derive(Default)]
pub(crate) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads an object's members.
    ///
    /// # Errors
    /// serde_json's, if the text is no JSON object.
    pub(crate) fn read(json: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// If it is not, stands there twice, or has not the shape it should have.
    pub(crate) fn required<T: FromJson<'a>>(&self, name: &str) -> Result<T, ReadError> {
        match self.find(name)? {
            Some(json) => T::from_json(json).map_err(|error| error.within_member(name)),
            None => Err(ReadError::new("is missing").within_member(name)),
        }
    }

    /// A member that may be missing, or null, which is the same.
    ///
    /// # Errors
    /// If it stands there twice or has not the shape it should have.
    pub(crate) fn optional<T: FromJson<'a>>(&self, name: &str) -> Result<Option<T>, ReadError> {
        match self.find(name)? {
            Some(json) if json != NULL => {
                T::from_json(json).map(Some).map_err(|error| error.within_member(name))
            }
            _ => Ok(None),
        }
    }

    /// The text of a member of this name on the wire, if it is there and a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).and_then(|json| String::from_json(json).ok())
    }

    /// The value of the first member of this name on the wire.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| **key == *name).map(|(_, value)| value.get())
    }

    fn find(&self, name: &str) -> Result<Option<&'a str>, ReadError> {
        let mut named = self.0.iter().filter(|(key, _)| camel_case(name).eq(key.bytes()));
        let value = named.next().map(|(_, value)| value.get());
        match named.next() {
            Some(_) => Err(ReadError::new("stands there twice").within_member(name)),
            None => Ok(value),
        }
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

/// The one member of a union: the known one that is not null, else the first that is unknown.
///
/// # Errors
/// If there is none, or two known ones.
pub(crate) fn union_member<'a>(
    json: &'a str,
    union: &str,
    known: &[&str],
) -> Result<(Text<'a>, &'a str), ReadError> {
    let (mut chosen, mut unknown) = (None, None);
    for (name, value) in Members::read(json)?.0 {
        let value = value.get();
        if !known.contains(&&*name) {
            unknown.get_or_insert((name, value));
        } else if value != NULL && chosen.replace((name, value)).is_some() {
            return Err(ReadError::new(format!("two members of the union {union}, which has exactly one")));
        }
    }
    chosen
        .or(unknown)
        .ok_or_else(|| ReadError::new(format!("no member of the union {union}, which has exactly one")))
}

macro_rules! scalars {
    ($($type:ty),+) => {$(
        impl<'a> FromJson<'a> for $type {
            fn from_json(json: &'a str) -> Result<Self, ReadError> {
                Ok(serde_json::from_str(json)?)
            }
        }
    )+};
}
scalars!(bool, u32, u64, f64, Text<'a>);

impl<'a> FromJson<'a> for String {
    fn from_json(json: &'a str) -> Result<Self, ReadError> {
        Text::from_json(json).map(Text::into_string)
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(json: &'a str) -> Result<Self, ReadError> {
        let values: Vec<&RawValue> = serde_json::from_str(json)?;
        let value = |(index, value): (usize, &'a RawValue)| {
            T::from_json(value.get()).map_err(|error| error.within(&format!("[{index}]")))
        };
        values.into_iter().enumerate().map(value).collect()
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for BTreeMap<String, T> {
    fn from_json(json: &'a str) -> Result<Self, ReadError> {
        let member = |(name, value): (Text<'a>, &'a RawValue)| match T::from_json(value.get()) {
            Ok(value) => Ok((name.into_string(), value)),
            Err(error) => Err(error.within(&name)),
        };
        Members::read(json)?.0.into_iter().map(member).collect()
    }
}
