//! Shapes that AWS may extend: unions, and strings with known values.

use super::read::Reader;
use super::{CorrectionKind, Mode, index_of, nth};
use crate::types::{Document, Text, UnknownMember};

/// The member of a union.
pub(crate) struct UnionMember<'a> {
    /// The index of the member in the known ones; past their end if it is unknown.
    pub(crate) index: usize,
    /// The name of an unknown member; empty if `json` is the union's whole value.
    pub(crate) name: Text<'a>,
    /// The value of an unknown member, or of the union as a whole.
    pub(crate) json: &'a str,
    /// Where the union ends.
    end: usize,
    depth: usize,
}

/// The member by which some protocols of AWS name the type of a value; it is ignored in a union.
const TYPE_NAME: &str = "__type";

impl<'a> UnionMember<'a> {
    /// Reads a union up to the value of its member. `known` are the names as [`index_of`] takes them. A union without a
    /// member, or with several, is unknown as a whole.
    #[inline(never)]
    pub(crate) fn read(known: &'static str, reader: &mut Reader<'a>) -> Self {
        let is_first = reader.scanner.peek();
        let (start, depth) = (reader.scanner.at, reader.depth());
        let whole = |json, reader: &Reader<'a>| Self {
            index: usize::MAX,
            name: Text::default(),
            json,
            end: reader.scanner.at,
            depth,
        };
        if is_first != Some(b'{') {
            let json = reader.skip();
            reader.note(CorrectionKind::NotAUnion);
            return whole(json, reader);
        }
        let found = Found::among(known, reader);
        let end = reader.scanner.at;
        let json = reader.scanner.since(start);
        let (is_exact, has_unknown) =
            (matches!(reader.mode, Mode::Exact | Mode::Request), found.unknown.is_some());
        match (found.known, found.unknown) {
            (Some(_), _) if found.is_several || (is_exact && has_unknown) => {
                reader.note(CorrectionKind::SeveralMembers);
                whole(json, reader)
            }
            (Some((index, at)), _) => {
                if has_unknown {
                    reader.note(CorrectionKind::UnknownBeside);
                }
                reader.scanner.at = at;
                reader.enter(depth, nth(known, index));
                Self { index, name: Text::default(), json: "", end, depth }
            }
            (None, Some((name, json))) if !found.is_several && !name.is_empty() => {
                Self { index: usize::MAX, name, json, end, depth }
            }
            (None, unknown) => {
                reader.note(match unknown {
                    Some(_) => CorrectionKind::SeveralMembers,
                    None => CorrectionKind::NoMember,
                });
                whole(json, reader)
            }
        }
    }

    /// Goes to the end of the union.
    pub(crate) fn end(&self, reader: &mut Reader<'_>) {
        reader.scanner.at = self.end;
        reader.leave(self.depth);
    }

    /// A member the model does not have.
    #[inline(never)]
    pub(crate) fn into_unknown(self, reader: &mut Reader<'_>) -> UnknownMember {
        self.end(reader);
        // It is part of a text that was checked.
        UnknownMember { name: self.name.into_string(), value: Document::from_checked(self.json) }
    }
}

/// The members of a union that are not null.
struct Found<'a> {
    /// The index of the known one, and where its value is.
    known: Option<(usize, usize)>,
    unknown: Option<(Text<'a>, &'a str)>,
    /// True if there are two known ones, or two unknown ones and no known one.
    is_several: bool,
}

impl<'a> Found<'a> {
    fn among(known: &'static str, reader: &mut Reader<'a>) -> Self {
        reader.scanner.take(b'{');
        let (depth, mut is_first) = (reader.depth(), true);
        let mut found = Self { known: None, unknown: None, is_several: false };
        let mut unknown_ones = 0;
        while let Some((name, name_at)) = reader.member(depth, is_first) {
            is_first = false;
            reader.scanner.peek();
            let at = reader.scanner.at;
            let json = reader.skip();
            let index = index_of(known, &name);
            if json == "null" || *name == *TYPE_NAME {
                reader.absent.push(name_at);
            } else if index == usize::MAX {
                unknown_ones += 1;
                found.unknown.get_or_insert((name, json));
            } else {
                match found.known.replace((index, at)) {
                    Some((before, _)) if before != index => found.is_several = true,
                    Some(_) => reader.note(CorrectionKind::Twice),
                    None => {}
                }
            }
        }
        found.is_several |= found.known.is_none() && unknown_ones > 1;
        found
    }
}

/// A string with known values.
pub(crate) struct OpenValue {
    /// The index of the value in the known ones; past their end if it is unknown.
    pub(crate) index: usize,
    /// The text of an unknown value.
    pub(crate) unknown: String,
}

impl OpenValue {
    /// Reads a string. `known` is as [`index_of`] takes it.
    #[inline(never)]
    pub(crate) fn read(known: &str, reader: &mut Reader<'_>) -> Self {
        Self::of(&reader.text(), known)
    }

    #[inline(never)]
    pub(crate) fn of(text: &str, known: &str) -> Self {
        let index = index_of(known, text);
        let unknown = if index == usize::MAX { text.to_owned() } else { String::new() };
        Self { index, unknown }
    }
}
