//! AWS account ids and the access key ids that contain one.

use std::borrow::Cow;

/// What stands in the place of an account id: AWS's example. A number, so that JSON stays JSON.
const ACCOUNT: &[u8; 12] = b"123456789012";
/// What stands in the place of the last 16 characters of an access key id.
const KEY_SUFFIX: &[u8; 16] = b"IOSFODNN7EXAMPLE";
/// Prefixes of access key ids: long-term and temporary.
const KEY_PREFIXES: [&[u8]; 2] = [b"AKIA", b"ASIA"];

/// The bytes with other account ids and access key ids of the same length in the place of all.
pub(super) fn hide(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Cow::Borrowed(bytes);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let length = bytes
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let word = bytes.get(at..at.saturating_add(length)).unwrap_or_default();
        // The word that begins with the letters of an escape: `%3A123456789012`.
        let skipped = if is_escape(bytes, at) { 2 } else { 0 };
        if let Some(replacement) = replacement(word.get(skipped..).unwrap_or_default()) {
            let begin = at.saturating_add(skipped);
            if let Some(place) = out.to_mut().get_mut(begin..begin.saturating_add(replacement.len())) {
                place.copy_from_slice(&replacement);
            }
        }
        debug_assert!(length > 0 || !byte.is_ascii_alphanumeric());
        at = at.saturating_add(length.max(1));
    }
    if *out == *bytes { Cow::Borrowed(bytes) } else { out }
}

/// True if the word at this offset begins with the digits of a percent escape, perhaps doubly encoded.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'%')
}

/// What stands in the place of a word that is an account id or an access key id.
fn replacement(word: &[u8]) -> Option<Vec<u8>> {
    // `%253A`, doubly encoded: `%` is encoded as `%25`.
    let word = match word {
        [b'3', b'A' | b'a', rest @ ..] | [b'2', b'F' | b'f', rest @ ..] if rest.len() == ACCOUNT.len() => {
            return replacement(rest).map(|account| [&word[..2], &account].concat());
        }
        word => word,
    };
    if word.len() == ACCOUNT.len() && word.iter().all(u8::is_ascii_digit) {
        return Some(ACCOUNT.to_vec());
    }
    let is_key = word.len() == 20
        && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
        && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_key.then(|| [word.get(..4).unwrap_or_default(), KEY_SUFFIX].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_replaced_wherever_they_stand() {
        for (text, hidden) in [
            ("arn:aws:iam::210987654321:role/x", "arn:aws:iam::123456789012:role/x"),
            ("arn%3Aaws%3A%3A210987654321%3Ax", "arn%3Aaws%3A%3A123456789012%3Ax"),
            ("%253A210987654321%252F", "%253A123456789012%252F"),
            (
                r#"{"account":210987654321,"a":"210987654321"}"#,
                r#"{"account":123456789012,"a":"123456789012"}"#,
            ),
            ("ASIAQWERTYUIOPASDFGH is a key", "ASIAIOSFODNN7EXAMPLE is a key"),
            (
                "1234567890123 a210987654321 AKIDEXAMPLE 2109876543210",
                "1234567890123 a210987654321 AKIDEXAMPLE 2109876543210",
            ),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&hide(text.as_bytes())), hidden);
        }
        assert!(matches!(hide(b"\xff 123456789012"), Cow::Borrowed(_)));
    }
}
