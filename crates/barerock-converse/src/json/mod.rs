//! The JSON on the wire, for the requests every embedder sends and the events every embedder reads.
//!
//! serde's derive writes each type's code anew for each format, which is what a program pays for most. So the shapes of
//! the model have two more traits, [`ToJson`] and [`FromJson`], which the macros of `types` write beside serde's: they
//! know one writer and one reader, and a type costs a few calls. Tokens are read and strings are written here too:
//! serde_json's parser is 20 KB of a program that otherwise does without. The suite keeps the two ways equal.

mod open;
mod read;
mod scan;
mod string;
mod values;
mod write;

pub(crate) use open::{OpenValue, UnionMember};
pub(crate) use read::{FromJson, Members, Object, Reader, from_json};
pub(crate) use scan::{Fault, one_value};
pub(crate) use string::{string_length, unquoted};
pub(crate) use write::{ToJson, Writer};

/// Which of `names` is `name`, behind each of which stands a `|`; `usize::MAX` if none is. One text instead of a list,
/// for a list's entry takes 40 bytes more in a program that can be loaded anywhere.
#[inline(never)]
pub(crate) fn index_of(names: &str, name: &str) -> usize {
    names.split_terminator('|').position(|known| known == name).unwrap_or(usize::MAX)
}

/// The letters of a member's name as the wire has it, from the name Rust has it by: `tool_use_id` is `toolUseId`,
/// `r#type` is `type`.
fn camel_case(name: &str) -> impl Iterator<Item = u8> + '_ {
    let mut upper = false;
    name.strip_prefix("r#").unwrap_or(name).bytes().filter_map(move |byte| {
        let after_line = core::mem::replace(&mut upper, byte == b'_');
        match byte {
            b'_' => None,
            _ if after_line => Some(byte.to_ascii_uppercase()),
            _ => Some(byte),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_a_text() {
        for (name, index) in
            [("a", 0), ("bc", 1), ("d", 2), ("", usize::MAX), ("b", usize::MAX), ("a|bc", usize::MAX)]
        {
            assert_eq!(index_of("a|bc|d|", name), index, "{name}");
        }
    }

    #[test]
    fn names_are_the_wires() {
        for (name, wire) in
            [("role", "role"), ("tool_use_id", "toolUseId"), ("r#type", "type"), ("top_p", "topP")]
        {
            assert!(camel_case(name).eq(wire.bytes()), "{name}");
        }
    }
}
