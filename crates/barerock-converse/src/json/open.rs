//! Readers of the shapes that AWS may extend: unions and string enums.

use super::read::{Notes, Reader};
use super::{CorrectionKind, Mode, index_of};
use crate::types::{Document, Text, UnknownMember};

// spec: restjson1#union-type "Deserializers MUST ignore an unrecognized __type member if present."
/// Name of a member that some AWS protocols use for the type of a value; ignored in a union.
pub(super) const TYPE_NAME: &str = "__type";

/// Reader of a union, an object with one member. Each byte is read once: instead of looking ahead, what was noted for a
/// member that is not kept is removed.
pub(crate) struct Union<'a> {
    /// Offset of the value.
    start: usize,
    depth: usize,
    /// False if the value is not an object.
    is_object: bool,
    is_first: bool,
    /// True if an unknown member is kept whatever its name and value are.
    is_event: bool,
    /// What was noted before the union.
    before: Notes,
    /// Offsets of the names of its members that count as absent.
    absent: Vec<usize>,
    /// Index of the known member that was read.
    known: Option<usize>,
    /// The first unknown member.
    unknown: Option<(Text<'a>, &'a str)>,
    unknown_count: usize,
    /// True if there are two known members.
    is_several: bool,
}

impl<'a> Union<'a> {
    /// Begins to read a union.
    pub(crate) fn open(reader: &mut Reader<'a>) -> Self {
        Self::begin(false, reader)
    }

    /// Begins to read an event, whose name and payload are any text and any JSON if it is unknown.
    pub(crate) fn open_event(reader: &mut Reader<'a>) -> Self {
        Self::begin(true, reader)
    }

    #[inline(never)]
    fn begin(is_event: bool, reader: &mut Reader<'a>) -> Self {
        let is_object = reader.scanner.peek() == Some(b'{');
        let (start, depth, before) = (reader.scanner.at(), reader.depth(), reader.notes());
        if is_object {
            reader.scanner.take(b'{');
        } else {
            reader.skip();
        }
        Self {
            start,
            depth,
            is_object,
            is_first: true,
            is_event,
            before,
            absent: Vec::new(),
            known: None,
            unknown: None,
            unknown_count: 0,
            is_several: false,
        }
    }

    /// Goes to the value of the next member in `names`, which [`index_of`] takes, and returns its index. The caller reads
    /// the value, which replaces an earlier one.
    #[inline(never)]
    pub(crate) fn next(&mut self, names: &str, reader: &mut Reader<'a>) -> Option<usize> {
        if !self.is_object {
            return None;
        }
        loop {
            let (name, at) = reader.member(self.depth, self.is_first)?;
            self.is_first = false;
            let index = index_of(names, &name);
            let is_kept = self.is_event && index == usize::MAX;
            if !is_kept && reader.take_null() {
                self.absent.push(at);
            } else if *name == *TYPE_NAME && !is_kept {
                reader.skip();
                self.absent.push(at);
            } else if index == usize::MAX {
                reader.note_unknown(None);
                let json = reader.skip();
                self.unknown_count += 1;
                self.unknown.get_or_insert((name, json));
            } else if self.is_several || self.known.is_some_and(|known| known != index) {
                self.is_several = true;
                reader.skip();
            } else {
                if self.known.replace(index).is_some() {
                    reader.undo(&self.before);
                    reader.leave(self.depth);
                    reader.note(CorrectionKind::Twice);
                }
                return Some(index);
            }
        }
    }

    /// Ends the union. Returns the unknown member to keep instead of the value that was read; its name is empty if it is the
    /// whole union, which has no member or several.
    #[inline(never)]
    pub(crate) fn end(self, reader: &mut Reader<'a>) -> Option<UnknownMember> {
        reader.leave(self.depth);
        let member = self.member(reader);
        reader.absent.extend(self.absent);
        member
    }

    /// The unknown member to keep instead of the value that was read.
    fn member(&self, reader: &mut Reader<'a>) -> Option<UnknownMember> {
        // It is part of a text that was checked.
        let kept = |name: &str, json| {
            Some(UnknownMember { name: name.to_owned(), value: Document::from_checked(json) })
        };
        // spec: bedrock#union "This data type is a UNION, so only one of the following members can be specified when used or returned."
        let has_unknown = self.unknown_count > 0;
        let is_exact = matches!(reader.mode, Mode::Exact | Mode::Request);
        let why = if !self.is_object {
            CorrectionKind::NotAUnion
        } else if self.known.is_some() && !self.is_several && !(is_exact && has_unknown) {
            if has_unknown {
                reader.note(CorrectionKind::UnknownBeside);
            }
            return None;
        } else if self.known.is_none() && !has_unknown {
            CorrectionKind::NoMember
        } else {
            match &self.unknown {
                Some((name, json))
                    if self.known.is_none()
                        && self.unknown_count == 1
                        && (self.is_event || !name.is_empty()) =>
                {
                    return kept(name, json);
                }
                _ => CorrectionKind::SeveralMembers,
            }
        };
        // The whole value is kept unchanged: nothing in it was corrected.
        reader.undo(&self.before);
        reader.note(why);
        kept("", reader.scanner.since(self.start))
    }
}

/// A value of a string enum.
pub(crate) struct OpenValue {
    /// Index of the value among the known ones; `usize::MAX` if it is unknown.
    pub(crate) index: usize,
    /// The text of an unknown value.
    pub(crate) unknown: String,
}

impl OpenValue {
    /// Reads a string. `known` is as [`index_of`] takes it.
    #[inline(never)]
    pub(crate) fn read(known: &str, reader: &mut Reader<'_>) -> Self {
        let text = reader.text();
        // spec: bedrock#unknown-value a string with an enum trait has one of its values, or one that a later model adds
        let value = Self::of(&text, known);
        if value.index == usize::MAX && !text.is_empty() {
            reader.note_unknown(Some(&text));
        }
        value
    }

    #[inline(never)]
    pub(crate) fn of(text: &str, known: &str) -> Self {
        let index = index_of(known, text);
        let unknown = if index == usize::MAX { text.to_owned() } else { String::new() };
        Self { index, unknown }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Mode, read};
    use crate::types::ContentBlock;

    // spec-test: restjson1#null, restjson1#union-type
    #[test]
    fn null_members_and_type_names_do_not_count() {
        for json in [
            r#"{"text":"a"}"#,
            r#"{"__type":"com.amazon#Text","text":"a"}"#,
            r#"{"text":"a","__type":{"b":[1]}}"#,
            r#"{"image":null,"text":"a","later":null}"#,
        ] {
            let (block, reader) = read::<ContentBlock>(json, "", Mode::Response).unwrap();
            assert_eq!((block.as_text(), reader.corrections.as_slice()), (Some("a"), &[][..]), "{json}");
        }
    }
}
