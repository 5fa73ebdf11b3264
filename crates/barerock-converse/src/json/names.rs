//! Lists of names of members and enum values, each as one text: `text|image|`. An array of string slices takes 40 bytes more
//! per name in a position-independent program.

/// The index of `name` in `names`, which ends each name with `|`; `usize::MAX` if there is none.
#[inline(never)]
pub(crate) fn index_of(names: &str, name: &str) -> usize {
    let (mut rest, name) = (names.as_bytes(), name.as_bytes());
    let mut index = 0;
    while !rest.is_empty() {
        let length = length_to_bar(rest);
        // The lengths must be equal: a name with a `|` would otherwise match several names of the list.
        if length == name.len() && rest.starts_with(name) {
            return index;
        }
        rest = rest.get(length + 1..).unwrap_or_default();
        index += 1;
    }
    usize::MAX
}

/// The number of bytes before the first `|`.
fn length_to_bar(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut length = 0;
    for word in bytes.chunks_exact(8).filter_map(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word) ^ (EACH * u64::from(b'|'));
        // The lowest byte that was a bar is the first to borrow.
        let found = word.wrapping_sub(EACH) & !word & (EACH << 7);
        if found != 0 {
            return length + usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().position(|byte| *byte == b'|').unwrap_or(rest.len())
}

/// The name at `index` of `names`, as [`index_of`] takes them.
#[inline(never)]
pub(crate) fn nth(names: &'static str, index: usize) -> &'static str {
    let mut rest = names;
    for _ in 0..index {
        take(&mut rest);
    }
    take(&mut rest)
}

/// Removes the first name from `names` and returns it.
#[inline(never)]
pub(crate) fn take(names: &mut &'static str) -> &'static str {
    let (name, rest) = names.split_at_checked(length_to_bar(names.as_bytes())).unwrap_or_default();
    *names = rest.get(1..).unwrap_or_default();
    name
}

/// Next byte of Rust names as they are spelled on the wire: `tool_use_id|r#type|` is `toolUseId|type|`.
const fn next_byte(names: &[u8], at: usize) -> (Option<u8>, usize) {
    let is_start = at == 0 || names[at - 1] == b'|';
    if is_start && at + 1 < names.len() && names[at] == b'r' && names[at + 1] == b'#' {
        return (None, at + 2);
    }
    match names[at] {
        b'_' => (None, at + 1),
        byte if at > 0 && names[at - 1] == b'_' => (Some(byte.to_ascii_uppercase()), at + 1),
        byte => (Some(byte), at + 1),
    }
}

/// The length of the result of [`camel_case`].
pub(crate) const fn camel_case_length(names: &str) -> usize {
    let (names, mut at, mut length) = (names.as_bytes(), 0, 0);
    while at < names.len() {
        let (byte, next) = next_byte(names, at);
        if byte.is_some() {
            length += 1;
        }
        at = next;
    }
    length
}

/// Converts Rust names to their spelling on the wire, at compile time.
pub(crate) const fn camel_case<const N: usize>(names: &str) -> [u8; N] {
    let (names, mut at, mut out, mut length) = (names.as_bytes(), 0, [0; N], 0);
    while at < names.len() {
        let (byte, next) = next_byte(names, at);
        if let Some(byte) = byte {
            out[length] = byte;
            length += 1;
        }
        at = next;
    }
    out
}

/// The names of Rust fields as spelled on the wire: `names!(tool_use_id, r#type)` is `"toolUseId|type|"`.
macro_rules! names {
    ($($name:ident),* $(,)?) => {{
        const NAMES: &str = concat!($(stringify!($name), "|",)*);
        const BYTES: [u8; $crate::json::camel_case_length(NAMES)] = $crate::json::camel_case(NAMES);
        match core::str::from_utf8(&BYTES) {
            Ok(names) => names,
            Err(_) => panic!("Rust names are UTF-8"),
        }
    }};
}

pub(crate) use names;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_a_text() {
        for (name, index) in [
            ("a", 0),
            ("bc", 1),
            ("d", 2),
            ("", usize::MAX),
            ("b", usize::MAX),
            ("a|bc", usize::MAX),
            ("bc|", usize::MAX),
        ] {
            assert_eq!(index_of("a|bc|d|", name), index, "{name}");
        }
        assert_eq!((nth("a|bc|d|", 1), nth("a|bc|d|", 3)), ("bc", ""));
        assert_eq!(index_of("", ""), usize::MAX);
    }

    #[test]
    fn names_are_spelled_as_on_the_wire() {
        const NAMES: &str = names!(role, tool_use_id, r#type, top_p, r);
        assert_eq!(NAMES, "role|toolUseId|type|topP|r|");
        const NONE: &str = names!();
        assert_eq!(NONE, "");
    }
}
