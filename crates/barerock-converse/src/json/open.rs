//! What AWS may extend, read: unions, and strings that are one of some known.

use super::index_of;
use super::read::{Members, NULL, Reader};
use crate::types::{Document, Text, UnknownMember};

/// The one member of a union: the known one that is not null, else the first that is unknown.
pub(crate) struct UnionMember<'a> {
    /// Which of the known ones it is; behind their end if it is none.
    pub(crate) index: usize,
    /// Its name, for one that is unknown.
    pub(crate) name: Text<'a>,
    /// The text of its value.
    pub(crate) json: &'a str,
}

impl<'a> UnionMember<'a> {
    /// Goes to the member of the union named `union` that `json` is. `known` are the names as
    /// [`index_of`](super::index_of) takes them.
    #[inline(never)]
    pub(crate) fn read(json: &'a str, union: &str, known: &str, reader: &mut Reader<'a>) -> Self {
        let members = Members::read(json, reader);
        let (mut chosen, mut unknown, mut is_twice) = (None, None, false);
        for (name, json) in members.of(reader) {
            let index = index_of(known, name);
            let member = Self { index, name: core::mem::take(name), json };
            if index == usize::MAX {
                unknown.get_or_insert(member);
            } else if *json != NULL {
                is_twice |= chosen.replace(member).is_some();
            }
        }
        if is_twice {
            reader.fail(&["two members of the union ", union, ", which has exactly one"].concat());
        }
        let member = chosen.or(unknown).unwrap_or_else(|| {
            reader.fail(&["no member of the union ", union, ", which has exactly one"].concat());
            Self { index: usize::MAX, name: Text::default(), json: NULL }
        });
        reader.enter(members.depth, member.name.bytes());
        member
    }
}

impl UnionMember<'_> {
    /// One that no type is known for.
    #[inline(never)]
    pub(crate) fn into_unknown(self) -> UnknownMember {
        // It was taken out of a text that was checked.
        UnknownMember { name: self.name.into_string(), value: Document::from_checked(self.json) }
    }
}

/// A string that is one of some known, or any other.
pub(crate) struct OpenValue {
    /// Which of the known ones it is; behind their end if it is none.
    pub(crate) index: usize,
    /// The text, if it is none.
    pub(crate) unknown: String,
}

impl OpenValue {
    /// The string that `json` is. `known` is as [`index_of`](super::index_of) takes it.
    #[inline(never)]
    pub(crate) fn read<'a>(json: &'a str, known: &str, reader: &mut Reader<'a>) -> Self {
        Self::of(&reader.text(json), known)
    }

    #[inline(never)]
    pub(crate) fn of(text: &str, known: &str) -> Self {
        let index = index_of(known, text);
        let unknown = if index == usize::MAX { text.to_owned() } else { String::new() };
        Self { index, unknown }
    }
}
