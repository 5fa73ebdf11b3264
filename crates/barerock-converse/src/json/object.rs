//! Objects without a type, such as error bodies.

use super::read::{Mode, PADDING, Reader};
use crate::types::Text;

/// The members of an object and the text of each value.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<(Text<'a>, &'a str)>);

impl<'a> Object<'a> {
    /// Reads an object; empty if the text is not one.
    pub(crate) fn read(json: &'a str) -> Self {
        let mut reader = Reader::new(json, "", Mode::Exact);
        let mut members = Vec::new();
        if reader.scanner.take(b'{') {
            while let Some((name, _)) = reader.member(0, members.is_empty()) {
                members.push((name, reader.skip()));
            }
        }
        reader.finish().map(|_| Self(members)).unwrap_or_default()
    }

    /// The members in their order.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, json)| (&**name, *json))
    }

    /// The member of this name, if it is a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let json = self.value(name).filter(|json| json.starts_with('"'))?;
        super::read(json, "", Mode::Exact).ok().map(|(text, _)| text)
    }

    /// The value of the first member of this name.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| **key == *name).map(|(_, value)| *value)
    }

    /// The member of this name as an integer that fits, if it is one.
    pub(crate) fn integer<T: TryFrom<u64>>(&self, name: &str) -> Option<T> {
        let json = self.value(name)?;
        let (number, reader) = super::read::<u64>(json, "", Mode::Exact).ok()?;
        T::try_from(number).ok().filter(|_| reader.corrections.as_slice().is_empty())
    }
}

/// Byte offsets of the names of the padding in the payload of an event.
pub(crate) fn padding(json: &str) -> Vec<usize> {
    let mut reader = Reader::new(json, "", Mode::Exact);
    let (mut at, mut is_first) = (Vec::new(), true);
    if reader.scanner.take(b'{') {
        while let Some((name, name_at)) = reader.member(0, is_first) {
            is_first = false;
            reader.skip();
            if *name == *PADDING {
                at.push(name_at);
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_has_members() {
        let object = Object::read(r#"{"a":"\u0041","b":1}"#);
        assert_eq!(
            (object.text("a").as_deref(), object.text("b"), object.value("b"), object.integer::<u16>("b")),
            (Some("A"), None, Some("1"), Some(1))
        );
        for json in ["", "[]", r#"{"a":"x""#, r#"{"a":"x"}}"#] {
            assert_eq!(Object::read(json).text("a"), None, "{json}");
        }
    }
}
