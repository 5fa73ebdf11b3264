//! Values without names of the model: strings, numbers, lists and maps.

use std::collections::BTreeMap;

use super::CorrectionKind;
use super::number::{NoInteger, integer};
use super::read::{FromJson, Reader};
use crate::types::Text;

impl<'a> FromJson<'a> for Text<'a> {
    fn from_json(reader: &mut Reader<'a>) -> Self {
        reader.text()
    }
}

impl<'a> FromJson<'a> for String {
    fn from_json(reader: &mut Reader<'a>) -> Self {
        reader.text().into_string()
    }
}

impl<'a> FromJson<'a> for bool {
    #[inline(never)]
    fn from_json(reader: &mut Reader<'a>) -> Self {
        match reader.scanner.peek() {
            Some(b't' | b'f') => reader.skip() == "true",
            _ => {
                reader.wrong_type(CorrectionKind::NotABoolean);
                false
            }
        }
    }
}

/// True if a number comes next.
fn is_number(reader: &mut Reader<'_>) -> bool {
    matches!(reader.scanner.peek(), Some(b'-' | b'0'..=b'9'))
}

impl<'a> FromJson<'a> for u64 {
    #[inline(never)]
    fn from_json(reader: &mut Reader<'a>) -> Self {
        if !is_number(reader) {
            reader.wrong_type(CorrectionKind::NotAnInteger);
            return 0;
        }
        integer(reader.skip()).unwrap_or_else(|error| {
            reader.note(match error {
                NoInteger::Fraction => CorrectionKind::NotAnInteger,
                NoInteger::OutOfRange => CorrectionKind::OutOfRange,
            });
            0
        })
    }
}

macro_rules! smaller {
    ($($type:ty),*) => {$(
        impl<'a> FromJson<'a> for $type {
            fn from_json(reader: &mut Reader<'a>) -> Self {
                Self::try_from(u64::from_json(reader)).unwrap_or_else(|_| {
                    reader.note(CorrectionKind::OutOfRange);
                    0
                })
            }
        }
    )*};
}
smaller!(u16, u32);

/// JSON has no NaN and no infinities: in Smithy's JSON they are these strings.
pub(super) const NOT_FINITE: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];

impl<'a> FromJson<'a> for f64 {
    /// As serde_json reads it. No event has such a number.
    #[inline(never)]
    fn from_json(reader: &mut Reader<'a>) -> Self {
        if is_number(reader) {
            // 1e400 is a number, but none that fits.
            return serde_json::from_str(reader.skip()).unwrap_or_else(|_| {
                reader.note(CorrectionKind::OutOfRange);
                0.0
            });
        }
        let before = reader.scanner;
        if before.clone().peek() == Some(b'"') {
            let text = reader.skip().trim_matches('"');
            if let Some((_, value)) = NOT_FINITE.iter().find(|(name, _)| *name == text) {
                return *value;
            }
        }
        reader.scanner = before;
        reader.wrong_type(CorrectionKind::NotANumber);
        0.0
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn from_json(reader: &mut Reader<'a>) -> Self {
        let mut read = Self::new();
        let depth = reader.depth();
        if reader.open(b'[', CorrectionKind::NotAList) {
            while reader.element(depth, read.len()) {
                read.push(T::from_json(reader));
            }
        }
        read
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for BTreeMap<String, T> {
    fn from_json(reader: &mut Reader<'a>) -> Self {
        let (mut read, mut is_first) = (Self::new(), true);
        let depth = reader.depth();
        if reader.open(b'{', CorrectionKind::NotAnObject) {
            while let Some((name, _)) = reader.member(depth, is_first) {
                is_first = false;
                let value = T::from_json(reader);
                read.insert(name.into_string(), value);
            }
        }
        read
    }
}
