//! JSON text in, values out.
//!
//! An object is read as its members' names and the text of each value, once for all types; a type then takes the members
//! it knows. A value is looked at again at every level it lies under, which is fine for the small and rare: large
//! answers are read by serde's derive. A value that is not as it should be is noted, stands in as an empty one, and the
//! whole is refused at the end: so no type needs a way out of its own for every member.

use core::fmt::Write as _;

use super::camel_case;
use super::scan::{Fault, Scanner};
use super::string::unquoted;
use crate::types::Text;

/// A value that can be read from JSON text.
pub(crate) trait FromJson<'a>: Sized {
    /// Reads the value; `json` is one JSON value without white space around it. What is not as it should be is noted
    /// in `reader`, and the value that comes of it is thrown away in the end.
    fn from_json(json: &'a str, reader: &mut Reader<'a>) -> Self;
}

/// Reads a whole value.
///
/// # Errors
/// If the text is no JSON value, or the value has not the shape it should have: where, and what.
pub(crate) fn from_json<'a, T: FromJson<'a>>(json: &'a str) -> Result<T, String> {
    let mut reader = Reader::default();
    let value = T::from_json(json, &mut reader);
    match reader.error {
        Some(error) => Err(error),
        None => Ok(value),
    }
}

/// A member's name and the text of its value.
type Member<'a> = (Text<'a>, &'a str);

/// Where reading is, what was found, and what went wrong first.
#[derive(Default)]
pub(crate) struct Reader<'a> {
    /// The members of all objects that were read so far, each object's one behind the other. There are never more than
    /// the text has, and no object needs a list of its own.
    members: Vec<Member<'a>>,
    path: String,
    error: Option<String>,
}

impl<'a> Reader<'a> {
    /// How many letters of the path lead to the value that is being read.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// Notes what is wrong with the value that is being read.
    #[cold]
    pub(crate) fn fail(&mut self, what: &str) {
        let Self { path, error, .. } = self;
        let separator = if path.is_empty() { "" } else { ": " };
        error.get_or_insert_with(|| [path, separator, what].concat());
    }

    /// Notes what is not JSON.
    #[cold]
    pub(crate) fn fail_json(&mut self, fault: &Fault) {
        self.fail(&fault.to_string());
    }

    /// Goes to a member of what stands `depth` letters of the path down.
    pub(super) fn enter(&mut self, depth: usize, name: impl Iterator<Item = u8>) {
        self.path.truncate(depth);
        if depth > 0 {
            self.path.push('.');
        }
        self.path.extend(name.map(char::from));
    }

    /// The entries of an object or a list; none, if `json` begins with another bracket.
    pub(super) fn open(&mut self, json: &'a str, bracket: u8, what: &str) -> Option<Scanner<'a>> {
        let mut scanner = Scanner::new(json);
        if scanner.take(bracket) {
            return Some(scanner);
        }
        self.fail(what);
        None
    }

    fn add_members(&mut self, mut scanner: Scanner<'a>) -> Result<(), Fault> {
        let mut is_first = true;
        while scanner.more(b'}', is_first)? {
            let name = scanner.name()?;
            let name = self.unquoted(name);
            self.members.push((name, scanner.value()?));
            is_first = false;
        }
        Ok(())
    }

    /// The next element of the list that stands `depth` letters of the path down.
    pub(super) fn element(&mut self, list: &mut Scanner<'a>, depth: usize, index: usize) -> Option<&'a str> {
        self.path.truncate(depth);
        match list
            .more(b']', index == 0)
            .and_then(|more| if more { list.value().map(Some) } else { Ok(None) })
        {
            Ok(element) => {
                // Writing to a string never fails.
                let _infallible = write!(self.path, "[{index}]");
                element
            }
            Err(fault) => {
                self.fail_json(&fault);
                None
            }
        }
    }

    pub(super) fn text(&mut self, json: &'a str) -> Text<'a> {
        let Some(mut scanner) = self.open(json, b'"', "is not a string") else { return Text::default() };
        match scanner.rest_of_string().and_then(|text| scanner.end().map(|()| text)) {
            Ok(text) => self.unquoted(text),
            Err(fault) => {
                self.fail_json(&fault);
                Text::default()
            }
        }
    }

    fn unquoted(&mut self, (inside, escaped): (&'a str, bool)) -> Text<'a> {
        unquoted(inside, escaped).unwrap_or_else(|| {
            self.fail("has half a surrogate pair, which is no character");
            Text::default()
        })
    }
}

/// The members of an object, which `reader` has.
pub(crate) struct Members {
    first: usize,
    pub(super) count: usize,
    /// How many letters of the path lead to the object.
    pub(super) depth: usize,
}

impl Members {
    /// Reads an object's members; there are none if the text is no object.
    pub(crate) fn read<'a>(json: &'a str, reader: &mut Reader<'a>) -> Self {
        let first = reader.members.len();
        if let Some(scanner) = reader.open(json, b'{', "is not an object")
            && let Err(fault) = reader.add_members(scanner)
        {
            reader.members.truncate(first);
            reader.fail_json(&fault);
        }
        Self { first, count: reader.members.len() - first, depth: reader.path.len() }
    }

    /// A member that must be there.
    pub(crate) fn required<'a, T: FromJson<'a>>(&self, name: &str, reader: &mut Reader<'a>) -> T {
        T::from_json(self.enter(name, true, reader).unwrap_or(NULL), reader)
    }

    /// A member that may be missing, or null, which is the same.
    pub(crate) fn optional<'a, T: FromJson<'a>>(&self, name: &str, reader: &mut Reader<'a>) -> Option<T> {
        self.enter(name, false, reader).map(|json| T::from_json(json, reader))
    }

    pub(super) fn of<'r, 'a>(&self, reader: &'r mut Reader<'a>) -> &'r mut [Member<'a>] {
        let members = reader.members.get_mut(self.first..).unwrap_or_default();
        members.get_mut(..self.count).unwrap_or_default()
    }

    /// Goes to the member Rust has by `name`: the text of its value, if it is there and not null. It stands apart from
    /// what reads the value, and so once for all types.
    #[inline(never)]
    fn enter<'a>(&self, name: &str, must_be: bool, reader: &mut Reader<'a>) -> Option<&'a str> {
        reader.enter(self.depth, camel_case(name));
        let mut named = self.of(reader).iter().filter(|(key, _)| camel_case(name).eq(key.bytes()));
        let (value, is_twice) = (named.next().map(|(_, value)| *value), named.next().is_some());
        if is_twice {
            reader.fail("stands there twice");
        }
        if must_be && value.is_none() {
            reader.fail("is missing");
        }
        value.filter(|json| *json != NULL)
    }
}

pub(super) const NULL: &str = "null";

/// An object of which only some texts are wanted, whatever else it may be.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<Member<'a>>);

impl<'a> Object<'a> {
    /// The object `json` is; if it is none, an empty one.
    pub(crate) fn read(json: &'a str) -> Self {
        let mut reader = Reader::default();
        Members::read(json, &mut reader);
        Self(reader.members)
    }

    /// The text of a member of this name on the wire, if it is there and a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).and_then(|json| from_json(json).ok())
    }

    /// The value of the first member of this name on the wire.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| **key == *name).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Message, TokenUsage};

    fn error<T: for<'a> FromJson<'a>>(json: &str) -> String {
        from_json::<T>(json).map(|_| ()).unwrap_err()
    }

    #[test]
    fn errors_say_where_and_what() {
        for (json, expected) in [
            (r#"{"content":[]}"#, "role: is missing"),
            (r#"{"role":7,"content":[]}"#, "role: is not a string"),
            (r#"{"role":"\ud83d","content":[]}"#, "role: has half a surrogate pair, which is no character"),
            (r#"{"role":"user","content":{}}"#, "content: is not a list"),
            (
                r#"{"role":"user","content":[{"text":"a"},{"toolUse":{"toolUseId":"i","input":{}}}]}"#,
                "content[1].toolUse.name: is missing",
            ),
            (
                r#"{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"?"}}}]}"#,
                "content[0].image.source.bytes: not base64: what stands at offset 0 is no letter of it",
            ),
            (r#"{"role":"user","content":[],"role":"user"}"#, "role: stands there twice"),
            (
                r#"{"role":"user","content":[{"text":"a","image":{}}]}"#,
                "content[0]: two members of the union ContentBlock, which has exactly one",
            ),
            (
                r#"{"role":"user","content":[{"text":null}]}"#,
                "content[0]: no member of the union ContentBlock, which has exactly one",
            ),
            ("[]", "is not an object"),
            (
                r#"{"role":"user","content":["#,
                "is not JSON: it ends at offset 26, where a value should stand",
            ),
            (
                r#"{"role":"user","content":[]} x"#,
                "is not JSON: something else stands at offset 29, where the end should stand",
            ),
        ] {
            assert_eq!(error::<Message>(json), expected, "{json}");
        }
        assert_eq!(
            error::<TokenUsage>(r#"{"inputTokens":-1,"outputTokens":"","totalTokens":1}"#),
            "inputTokens: is not a whole number"
        );
    }

    #[test]
    fn a_member_of_a_member_leaves_the_path() {
        let usage = r#"{"inputTokens":1,"outputTokens":2,"totalTokens":3,"cacheDetails":[{"inputTokens":1,"ttl":"5m"}],"cacheReadInputTokens":""}"#;
        assert_eq!(error::<TokenUsage>(usage), "cacheReadInputTokens: is not a whole number");
    }

    #[test]
    fn what_is_no_object_has_no_texts() {
        let object = Object::read(r#"{"a":"\u0041","b":1}"#);
        assert_eq!(
            (object.text("a").as_deref(), object.text("b"), object.value("b")),
            (Some("A"), None, Some("1"))
        );
        for json in ["", "[]", r#"{"a":"x""#, r#"{"a":"x"}}"#] {
            assert_eq!(Object::read(json).text("a"), None, "{json}");
        }
    }
}
