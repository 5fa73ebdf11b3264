//! The values that hold no names of the model's: strings, numbers, lists and maps.

use std::collections::BTreeMap;

use super::read::{FromJson, Members, Reader};
use crate::types::Text;

impl<'a> FromJson<'a> for Text<'a> {
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        reader.text(json)
    }
}

impl<'a> FromJson<'a> for f64 {
    /// As serde_json reads it, which other parsers differ from by the last digit. No event has such a number.
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        serde_json::from_str(json).unwrap_or_else(|_| {
            reader.fail("is not a number");
            Self::default()
        })
    }
}

/// What JSON and Rust write alike: `json` is a whole JSON value, so that Rust's other spellings do not occur.
macro_rules! plain {
    ($($type:ty: $what:literal),+) => {$(
        impl<'a> FromJson<'a> for $type {
            fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
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
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        reader.text(json).into_string()
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        let mut read = Self::new();
        let depth = reader.depth();
        if let Some(mut list) = reader.open(json, b'[', "is not a list") {
            while let Some(json) = reader.element(&mut list, depth, read.len()) {
                read.push(T::from_json(json, reader));
            }
        }
        read
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for BTreeMap<String, T> {
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self {
        let mut read = Self::new();
        let members = Members::read(json, reader);
        for index in 0..members.count {
            let Some((name, json)) = members.of(reader).get_mut(index) else { break };
            let (name, json) = (core::mem::take(name), *json);
            reader.enter(members.depth, name.bytes());
            read.insert(name.into_string(), T::from_json(json, reader));
        }
        read
    }
}
