//! Serializes JSON text with a serde serializer.

use core::cell::Cell;

use serde::Serialize;
use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use super::scan::{Fault, Scanner};
use super::string::unquoted;

/// Depth to which maps and lists are serialized as such, which recurses; deeper values are serialized as raw JSON.
const DEPTH: usize = 100;

/// The next value of `scanner`, serialized token by token: the text is read once.
pub(super) struct Tokens<'c, 'a> {
    pub(super) scanner: &'c Cell<Scanner<'a>>,
    pub(super) depth: usize,
}

impl<'a> Tokens<'_, 'a> {
    fn take<T, E: serde::ser::Error>(
        &self,
        with: impl FnOnce(&mut Scanner<'a>) -> Result<T, Fault>,
    ) -> Result<T, E> {
        let mut scanner = self.scanner.get();
        let taken = with(&mut scanner);
        self.scanner.set(scanner);
        taken.map_err(E::custom)
    }

    fn inner(&self) -> Self {
        Self { scanner: self.scanner, depth: self.depth + 1 }
    }
}

impl Serialize for Tokens<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.take(|scanner| Ok(scanner.peek()))? {
            Some(b'{') if self.depth < DEPTH => {
                let mut map = serializer.serialize_map(None)?;
                let mut is_first = self.take(|scanner| Ok(scanner.take(b'{')))?;
                while self.take(|scanner| scanner.more(b'}', is_first))? {
                    is_first = false;
                    let (inside, escaped) = self.take(Scanner::name)?;
                    map.serialize_entry(&*unquoted(inside, escaped).0, &self.inner())?;
                }
                map.end()
            }
            Some(b'[') if self.depth < DEPTH => {
                let mut list = serializer.serialize_seq(None)?;
                let mut is_first = self.take(|scanner| Ok(scanner.take(b'[')))?;
                while self.take(|scanner| scanner.more(b']', is_first))? {
                    is_first = false;
                    list.serialize_element(&self.inner())?;
                }
                list.end()
            }
            Some(b'"') => {
                let (inside, escaped) = self.take(Scanner::string)?;
                match unquoted(inside, escaped) {
                    (text, false) => serializer.serialize_str(&text),
                    // Half a surrogate pair can only be written as JSON text.
                    (_, true) => raw(&["\"", inside, "\""].concat(), serializer),
                }
            }
            _ => match self.take(Scanner::value)? {
                "true" => serializer.serialize_bool(true),
                "false" => serializer.serialize_bool(false),
                "null" => serializer.serialize_unit(),
                other => number(other, serializer),
            },
        }
    }
}

/// A number, as a type that is written with the same digits, otherwise as raw JSON: `1.50` stays `1.50`.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(number) = text.parse::<u64>().ok().filter(|number| number.to_string() == text) {
        return serializer.serialize_u64(number);
    }
    if let Some(number) = text.parse::<i64>().ok().filter(|number| number.to_string() == text) {
        return serializer.serialize_i64(number);
    }
    match serde_json::from_str::<f64>(text) {
        Ok(number) if serde_json::to_string(&number).is_ok_and(|written| written == text) => {
            serializer.serialize_f64(number)
        }
        _ => raw(text, serializer),
    }
}

/// JSON text that serde_json writes unchanged.
fn raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::from_str::<&RawValue>(json).map_err(S::Error::custom)?.serialize(serializer)
}
