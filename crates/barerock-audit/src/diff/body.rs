//! Bodies: JSON as values, everything else as text or bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tree::Tree;
use super::values::Values;
use super::{Compare, json_text};

/// Bytes shown on each side of the first byte that differs.
const AROUND: usize = 24;

/// Compares two bodies; true if they are equal but for ignored differences.
pub(super) fn compare(compare: &mut Compare<'_>, place: &str, a: &[u8], b: &[u8]) -> bool {
    if a == b {
        return true;
    }
    let trees = (read(a), read(b));
    let (Some(tree_a), Some(tree_b)) = trees else {
        return compare.add(None, place, Some(show(a)), Some(show(b)));
    };
    let mut values = Values { compare, place: place.to_owned(), is_event: false };
    let is_same = values.trees(&tree_a, &tree_b);
    if is_same && compare.is_strict {
        // The white space between tokens, or the escapes of strings.
        let (a, b) = around_first_difference(a, b);
        return compare.add(None, place, Some(show(a)), Some(show(b)));
    }
    is_same
}

pub(super) fn read(body: &[u8]) -> Option<Tree<'_>> {
    core::str::from_utf8(body).ok().and_then(Tree::read)
}

/// A body that is not JSON: its text, or its bytes in base64.
pub(super) fn show(body: &[u8]) -> String {
    match core::str::from_utf8(body) {
        Ok(text) => json_text(text),
        Err(_) => serde_json::json!({ "base64": STANDARD.encode(body) }).to_string(),
    }
}

/// The bytes of each side around the first that differs.
fn around_first_difference<'b>(a: &'b [u8], b: &'b [u8]) -> (&'b [u8], &'b [u8]) {
    let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    let start = at.saturating_sub(AROUND);
    let part =
        |bytes: &'b [u8]| bytes.get(start..at.saturating_add(AROUND).min(bytes.len())).unwrap_or_default();
    (part(a), part(b))
}
