//! The JSON on the wire, for the requests every embedder sends and the events every embedder reads.
//!
//! serde's derive writes each type's code anew for each format, which is what a program pays for most. So the shapes of
//! the model have two more traits, [`ToJson`] and [`FromJson`], which the macros of `types` write beside serde's: they
//! know one writer and one reader, and a type costs a few calls. serde_json still reads every token and writes every
//! string and number. The suite keeps the two ways equal.

mod read;
mod write;

pub(crate) use read::{FromJson, Members, Reader, from_json, union_member};
pub(crate) use write::{ToJson, Writer};

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
    fn names_are_the_wires() {
        for (name, wire) in
            [("role", "role"), ("tool_use_id", "toolUseId"), ("r#type", "type"), ("top_p", "topP")]
        {
            assert!(camel_case(name).eq(wire.bytes()), "{name}");
        }
    }
}
