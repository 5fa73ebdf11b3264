//! Reader: JSON text to values.

use super::scan::{Fault, Scanner};
use super::string::unquoted;
use super::{CorrectionKind, Corrections};
#[cfg(feature = "drift")]
use crate::drift::UnknownList;
use crate::types::Text;

/// Name of the padding, by which the service hides the length of events.
// spec: bedrock#padding `{"contentBlockIndex":0,"delta":{"text":"OK"},"p":"abcdefghijklmnopqrstuvwx"}`, as recorded
pub(super) const PADDING: &str = "p";

/// A value that can be read from JSON text.
pub(crate) trait FromJson<'a>: Sized {
    /// Meaning of null for a required member of this type.
    const NULL: Null = Null::Corrected;

    /// The value of a required member that is missing.
    fn empty() -> Self;

    /// Reads the next value of the text into this one, which is [`empty`](Self::empty) or was [`reset`](Self::reset). One of
    /// another type is noted as a correction and read as the empty value. In place, because moving values took most of the
    /// code of a structure's reader.
    fn read_json(&mut self, reader: &mut Reader<'a>);

    /// Empties a value that was read, for one that replaces it. Structures, lists and maps need it; all others are replaced
    /// as a whole by [`read_json`](Self::read_json).
    fn reset(&mut self) {}

    /// Reads the next value.
    fn from_json(reader: &mut Reader<'a>) -> Self {
        let mut value = Self::empty();
        value.read_json(reader);
        value
    }
}

/// Meaning of null for a required member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    /// The member counts as missing.
    Corrected,
    /// The member counts as missing, but is written back as null: a union.
    Kept,
    /// Null is the value: a document.
    Value,
}

/// How values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A response: invalid members are corrected.
    Response,
    /// The payload of an event: as a response, without the padding `p`.
    Event,
    /// A value that is written back, as serde's users do: a union with an unknown member beside the known one is kept
    /// unchanged.
    Exact,
    /// A request: as `Exact`, and unknown members are listed.
    Request,
}

/// An unknown member of a request.
#[derive(Debug)]
pub(crate) struct UnknownAt<'a> {
    /// Path of its object; empty for the request.
    pub(crate) parent: String,
    pub(crate) name: String,
    /// The known members of the object, as [`index_of`](super::index_of) takes them.
    pub(crate) known: &'static str,
    /// Its value.
    pub(crate) json: &'a str,
}

/// A step of a path: a member of an object, by its name as spelled in the text, or an element of a list.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Index(usize),
}

/// How much a reader has noted.
#[derive(Debug)]
pub(super) struct Notes {
    corrections: usize,
    absent: usize,
    unknown: usize,
}

/// Reads JSON text once, from start to end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) mode: Mode,
    path: Vec<Step<'a>>,
    fault: Option<Fault>,
    pub(crate) corrections: Corrections,
    /// Byte offsets of the names of members that count as absent.
    pub(super) absent: Vec<usize>,
    pub(crate) unknown: Vec<UnknownAt<'a>>,
    /// Members and values the model does not have, where they are wanted.
    #[cfg(feature = "drift")]
    pub(crate) drift: Option<UnknownList>,
}

/// Reads a whole text as one value; `name`, unless empty, is the first step of the path of each correction.
///
/// # Errors
/// If the text is not JSON.
pub(crate) fn read<'a, T: FromJson<'a>>(
    json: &'a str,
    name: &'a str,
    mode: Mode,
) -> Result<(T, Reader<'a>), Fault> {
    let mut reader = Reader::new(json, name, mode);
    let value = T::from_json(&mut reader);
    reader.finish().map(|reader| (value, reader))
}

impl<'a> Reader<'a> {
    pub(crate) fn new(json: &'a str, name: &'a str, mode: Mode) -> Self {
        let mut path = Vec::new();
        if !name.is_empty() {
            path.push(Step::Member(name));
        }
        Self {
            scanner: Scanner::new(json),
            mode,
            path,
            fault: None,
            corrections: Corrections::default(),
            absent: Vec::new(),
            unknown: Vec::new(),
            #[cfg(feature = "drift")]
            drift: None,
        }
    }

    pub(crate) fn finish(mut self) -> Result<Self, Fault> {
        let end = self.scanner.end();
        match self.fault.map_or(end, Err) {
            Ok(()) => Ok(self),
            Err(fault) => Err(fault),
        }
    }

    /// Notes a correction of the value being read.
    #[cold]
    #[inline(never)]
    pub(crate) fn note(&mut self, kind: CorrectionKind) {
        if self.fault.is_none() {
            let path = self.path();
            self.corrections.add(path, kind);
        }
    }

    /// Lists the value being read as unknown to the model where that is wanted: the member, or its value.
    #[cfg(feature = "drift")]
    #[inline(never)]
    pub(super) fn note_unknown(&mut self, value: Option<&str>) {
        if self.drift.is_some() && self.fault.is_none() {
            let path = self.path();
            self.drift.get_or_insert_default().add(path, value.map(str::to_owned));
        }
    }

    /// Without the feature nothing is listed.
    #[cfg(not(feature = "drift"))]
    pub(super) fn note_unknown(&mut self, _value: Option<&str>) {}

    /// How much was noted so far.
    pub(super) fn notes(&self) -> Notes {
        Notes {
            corrections: self.corrections.as_slice().len(),
            absent: self.absent.len(),
            unknown: self.unknown.len(),
        }
    }

    /// Removes what was noted since `before`, for a value that is kept unchanged or replaced.
    pub(super) fn undo(&mut self, before: &Notes) {
        self.corrections.truncate(before.corrections);
        self.absent.truncate(before.absent);
        self.unknown.truncate(before.unknown);
    }

    /// The path of the value being read.
    pub(super) fn path(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(name);
                }
                Step::Index(index) => {
                    out.push('[');
                    out.push_str(&index.to_string());
                    out.push(']');
                }
            }
        }
        out
    }

    /// Returns the value of a token, or ends reading: nothing after a syntax error is read.
    #[inline]
    pub(super) fn or_stop<T>(&mut self, token: Result<T, Fault>) -> Option<T> {
        token.map_err(|fault| self.stop(fault)).ok()
    }

    #[cold]
    #[inline(never)]
    fn stop(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        self.scanner.stop();
    }

    /// Returns the text of the next value.
    pub(crate) fn skip(&mut self) -> &'a str {
        let value = self.scanner.value();
        self.or_stop(value).unwrap_or("null")
    }

    /// Takes the next value if it is null.
    pub(super) fn take_null(&mut self) -> bool {
        // No other value begins with an n.
        let is_null = self.scanner.peek() == Some(b'n');
        if is_null {
            self.skip();
        }
        is_null
    }

    /// Takes an opening bracket; another value is noted as a correction and skipped.
    pub(super) fn open(&mut self, bracket: u8, kind: CorrectionKind) -> bool {
        let is_open = self.scanner.take(bracket);
        if !is_open {
            self.wrong_type(kind);
        }
        is_open
    }

    #[cold]
    #[inline(never)]
    pub(super) fn wrong_type(&mut self, kind: CorrectionKind) {
        let is_null = self.skip() == "null";
        self.note(if is_null { CorrectionKind::Null } else { kind });
    }

    /// Reads a string.
    #[inline(never)]
    pub(crate) fn text(&mut self) -> Text<'a> {
        if self.scanner.peek() != Some(b'"') {
            self.wrong_type(CorrectionKind::NotAString);
            return Text::default();
        }
        let string = self.scanner.text();
        let (text, is_lossy) = self.or_stop(string).unwrap_or_default();
        self.checked(text, is_lossy)
    }

    fn checked(&mut self, text: Text<'a>, is_lossy: bool) -> Text<'a> {
        if is_lossy {
            self.note(CorrectionKind::LoneSurrogate);
        }
        text
    }

    fn unquoted(&mut self, (inside, escaped): (&'a str, bool)) -> Text<'a> {
        let (text, is_lossy) = unquoted(inside, escaped);
        self.checked(text, is_lossy)
    }

    /// Number of steps of the path.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// Sets the path to a member of the value at `depth`.
    pub(super) fn enter(&mut self, depth: usize, name: &'a str) {
        self.path.truncate(depth);
        self.path.push(Step::Member(name));
    }

    /// Sets the path to the value at `depth`.
    pub(super) fn leave(&mut self, depth: usize) {
        self.path.truncate(depth);
    }

    /// Goes to the next element of the list at `depth`; false at its end.
    #[inline(never)]
    pub(super) fn element(&mut self, depth: usize, index: usize) -> bool {
        self.path.truncate(depth);
        let more = self.scanner.more(b']', index == 0);
        let more = self.or_stop(more).unwrap_or(false);
        if more {
            self.path.push(Step::Index(index));
        }
        more
    }

    /// Goes to the next member of the object at `depth`: its name, and the offset of the name.
    #[inline(never)]
    pub(super) fn member(&mut self, depth: usize, is_first: bool) -> Option<(Text<'a>, usize)> {
        self.path.truncate(depth);
        let more = self.scanner.more(b'}', is_first);
        if !self.or_stop(more)? {
            return None;
        }
        self.scanner.peek();
        let at = self.scanner.at();
        let name = self.scanner.name();
        let name = self.or_stop(name)?;
        self.path.push(Step::Member(name.0));
        Some((self.unquoted(name), at))
    }

    /// True for the padding of an event, which has no meaning.
    pub(super) fn is_padding(&self, depth: usize, name: &str) -> bool {
        self.mode == Mode::Event && depth == 1 && name == PADDING
    }
}

#[cfg(test)]
mod tests;
