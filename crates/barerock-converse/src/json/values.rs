//! Readers of strings, numbers, booleans, lists and maps.

use std::collections::BTreeMap;

use super::CorrectionKind;
use super::number::{NoInteger, integer};
use super::read::{FromJson, Null, Reader};
use crate::types::Text;

impl<'a> FromJson<'a> for Text<'a> {
    fn empty() -> Self {
        Self::default()
    }

    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = reader.text();
    }
}

impl<'a> FromJson<'a> for String {
    fn empty() -> Self {
        Self::new()
    }

    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = reader.text().into_string();
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Box<T> {
    const NULL: Null = T::NULL;

    fn empty() -> Self {
        Self::new(T::empty())
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        (**self).read_json(reader);
    }

    fn reset(&mut self) {
        (**self).reset();
    }
}

impl<'a> FromJson<'a> for bool {
    fn empty() -> Self {
        false
    }

    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = match reader.scanner.peek() {
            Some(b't' | b'f') => reader.skip() == "true",
            _ => {
                reader.wrong_type(CorrectionKind::NotABoolean);
                false
            }
        };
    }
}

/// True if a number comes next.
fn is_number(reader: &mut Reader<'_>) -> bool {
    matches!(reader.scanner.peek(), Some(b'-' | b'0'..=b'9'))
}

impl<'a> FromJson<'a> for u64 {
    fn empty() -> Self {
        0
    }

    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = 0;
        if !is_number(reader) {
            return reader.wrong_type(CorrectionKind::NotAnInteger);
        }
        match integer(reader.skip()) {
            Ok(number) => *self = number,
            Err(NoInteger::Fraction) => reader.note(CorrectionKind::NotAnInteger),
            Err(NoInteger::OutOfRange) => reader.note(CorrectionKind::OutOfRange),
        }
    }
}

macro_rules! smaller {
    ($($type:ty),*) => {$(
        impl<'a> FromJson<'a> for $type {
            fn empty() -> Self {
                0
            }

            fn read_json(&mut self, reader: &mut Reader<'a>) {
                *self = Self::try_from(u64::from_json(reader)).unwrap_or_else(|_| {
                    reader.note(CorrectionKind::OutOfRange);
                    0
                });
            }
        }
    )*};
}
smaller!(u16, u32);

/// NaN and infinities, which are strings in Smithy's JSON.
pub(super) const NOT_FINITE: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];

impl<'a> FromJson<'a> for f64 {
    fn empty() -> Self {
        0.0
    }

    /// Uses serde_json, which programs that only read events do not link: no event has such a number.
    #[inline(never)]
    fn read_json(&mut self, reader: &mut Reader<'a>) {
        *self = 0.0;
        if is_number(reader) {
            match serde_json::from_str(reader.skip()) {
                Ok(number) => *self = number,
                // 1e400 is valid JSON.
                Err(_) => reader.note(CorrectionKind::OutOfRange),
            }
            return;
        }
        let before = reader.scanner;
        if before.clone().peek() == Some(b'"') {
            let text = reader.skip().trim_matches('"');
            if let Some((_, value)) = NOT_FINITE.iter().find(|(name, _)| *name == text) {
                *self = *value;
                return;
            }
        }
        reader.scanner = before;
        reader.wrong_type(CorrectionKind::NotANumber);
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Option<T> {
    fn empty() -> Self {
        None
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        self.insert(T::empty()).read_json(reader);
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for Vec<T> {
    fn empty() -> Self {
        Self::new()
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let depth = reader.depth();
        if reader.open(b'[', CorrectionKind::NotAList) {
            while reader.element(depth, self.len()) {
                self.push(T::empty());
                if let Some(value) = self.last_mut() {
                    value.read_json(reader);
                }
            }
        }
    }

    fn reset(&mut self) {
        self.clear();
    }
}

impl<'a, T: FromJson<'a>> FromJson<'a> for BTreeMap<String, T> {
    fn empty() -> Self {
        Self::new()
    }

    fn read_json(&mut self, reader: &mut Reader<'a>) {
        let (depth, mut is_first) = (reader.depth(), true);
        if reader.open(b'{', CorrectionKind::NotAnObject) {
            while let Some((name, _)) = reader.member(depth, is_first) {
                is_first = false;
                let value = T::from_json(reader);
                self.insert(name.into_string(), value);
            }
        }
    }

    fn reset(&mut self) {
        self.clear();
    }
}
