//! Reader of the members of a structure.

use super::read::{FromJson, Mode, Null, Reader, UnknownAt};
use super::{CorrectionKind, index_of, nth};
use crate::types::{Document, Extra, UnknownMember};

/// The required members of a structure, one bit each.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Required {
    all: u32,
    /// Members with [`Null::Kept`].
    kept: u32,
    /// Members with [`Null::Value`].
    values: u32,
}

impl Required {
    /// The required members by index, with the meaning of null.
    pub(crate) const fn new(members: &[(u32, Null)]) -> Self {
        let (mut required, mut next) = (Self { all: 0, kept: 0, values: 0 }, 0);
        while next < members.len() {
            let (index, null) = members[next];
            required.all |= 1 << index;
            match null {
                Null::Corrected => {}
                Null::Kept => required.kept |= 1 << index,
                Null::Value => required.values |= 1 << index,
            }
            next += 1;
        }
        required
    }
}

/// Reader of the members of an object.
pub(crate) struct Members {
    /// Names of the known members.
    known: &'static str,
    required: Required,
    /// True if the value is an object.
    is_object: bool,
    is_first: bool,
    depth: usize,
    /// Known members received, and those received as null, one bit each.
    seen: u32,
    nulls: u32,
    /// True if the member was read before: its value is replaced.
    is_again: bool,
}

impl Members {
    /// Begins an object; another value has no members.
    #[inline(never)]
    pub(crate) fn open(known: &'static str, required: Required, reader: &mut Reader<'_>) -> Self {
        let is_object = reader.open(b'{', CorrectionKind::NotAnObject);
        Self {
            known,
            required,
            is_object,
            is_first: true,
            depth: reader.depth(),
            seen: 0,
            nulls: 0,
            is_again: false,
        }
    }

    /// Goes to the value of the next known member; unknown ones are added to `extra`. A null member is absent, as in every
    /// AWS SDK. At the end, missing required members are noted.
    #[inline(never)]
    pub(crate) fn next(&mut self, extra: &mut Extra, reader: &mut Reader<'_>) -> Option<usize> {
        if !self.is_object {
            return None;
        }
        loop {
            let Some((name, at)) = reader.member(self.depth, self.is_first) else {
                self.note_missing(reader);
                return None;
            };
            self.is_first = false;
            let is_padding = reader.is_padding(self.depth, &name);
            let index = if is_padding { usize::MAX } else { index_of(self.known, &name) };
            // spec: bedrock#unknown-member a structure has the members of its shape, and those that a later model adds
            if index == usize::MAX {
                let json = reader.skip();
                if !is_padding {
                    reader.note_unknown(None);
                    if reader.mode == Mode::Request {
                        self.list(&name, json, reader);
                    }
                    extra.push(UnknownMember {
                        name: name.into_string(),
                        value: Document::from_checked(json),
                    });
                }
                continue;
            }
            let bit = 1 << index;
            // spec: restjson1#null "Values that are null MUST be omitted from wire contents"
            if reader.scanner.peek() == Some(b'n') {
                // No other value begins with an n.
                reader.absent.push(at);
                if self.required.values & bit == 0 {
                    reader.skip();
                    self.nulls |= bit;
                    continue;
                }
            }
            self.is_again = self.seen & bit != 0;
            if self.is_again {
                reader.note(CorrectionKind::Twice);
            }
            self.seen |= bit;
            return Some(index);
        }
    }

    /// Reads the value of a required member, which is empty unless the member was read before.
    #[inline(always)]
    pub(crate) fn read<'a, T: FromJson<'a>>(&self, value: &mut T, reader: &mut Reader<'a>) {
        if self.is_again {
            value.reset();
        }
        value.read_json(reader);
    }

    fn list<'a>(&self, name: &str, json: &'a str, reader: &mut Reader<'a>) {
        reader.leave(self.depth);
        let parent = reader.path();
        reader.unknown.push(UnknownAt { parent, name: name.to_owned(), known: self.known, json });
    }

    /// Notes the missing required members.
    fn note_missing(&self, reader: &mut Reader<'_>) {
        // spec: restjson1#error-correction "Client deserializers SHOULD attempt to error correct structures that omit a required member"
        let mut missing = self.required.all & !self.seen;
        if reader.mode == Mode::Exact {
            missing &= !(self.nulls & self.required.kept);
        }
        while missing != 0 {
            let index = missing.trailing_zeros();
            let bit = 1 << index;
            missing ^= bit;
            let name = nth(self.known, usize::try_from(index).unwrap_or(usize::MAX));
            reader.enter(self.depth, name);
            reader.note(if self.nulls & bit == 0 { CorrectionKind::Missing } else { CorrectionKind::Null });
        }
        reader.leave(self.depth);
    }
}
