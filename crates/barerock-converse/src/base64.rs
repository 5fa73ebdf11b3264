//! Base64 (RFC 4648, section 4), as blobs are on the wire: with padding, and in no other spelling.
//!
//! In a program, half of what a library for every alphabet is; and pictures should be quick.

/// "Table 1: The Base 64 Alphabet".
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// What fills up the last four letters.
const PAD: u8 = b'=';

/// Writes bytes.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    out.reserve(bytes.len().div_ceil(3).saturating_mul(4));
    for three in bytes.chunks(3) {
        let byte = |at| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let mut four = [PAD; 4];
        // One letter more than there are bytes.
        for (letter, shift) in four.iter_mut().zip([18, 12, 6, 0]).take(three.len() + 1) {
            let six_bits = usize::try_from(bits >> shift & 0x3f).unwrap_or_default();
            *letter = ALPHABET.get(six_bits).copied().unwrap_or_default();
        }
        out.push_str(core::str::from_utf8(&four).unwrap_or_default());
    }
}

/// Reads text; `None` if it is not what [`encode`] would have written.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(fours.len().saturating_mul(3));
    for (index, four) in fours.iter().enumerate() {
        let letters = match four {
            [.., PAD, PAD] => 2,
            [.., PAD] => 3,
            _ => 4,
        };
        // Only the last four are filled up.
        if letters < 4 && index + 1 < fours.len() {
            return None;
        }
        let mut bits = 0;
        for letter in four.iter().take(letters) {
            bits = bits << 6 | u32::from(value(*letter)?);
        }
        let [_, three @ ..] = (bits << (6 * (4 - letters))).to_be_bytes();
        // "Implementations MUST … reject" what bits are left over, for the sake of one spelling: section 3.5.
        let (whole, left_over) = three.split_at_checked(letters - 1)?;
        if left_over.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(bytes)
}

/// The six bits of a letter.
fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn the_vectors_of_the_specification() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encoded(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn every_byte_survives_at_every_place() {
        for byte in 0..=u8::MAX {
            for length in 0..7 {
                let bytes = vec![byte; length];
                assert_eq!(decode(&encoded(&bytes)), Some(bytes));
            }
        }
        let all: String = ALPHABET.iter().copied().map(char::from).collect();
        assert_eq!(encoded(&decode(&all).unwrap()), all);
    }

    #[test]
    fn no_other_spelling_is_read() {
        for text in [
            "Z",
            "Zg",
            "Zg=",
            "Zh==",
            "Zm9=",
            "Z===",
            "====",
            "Zg==Zg==",
            "Zm=v",
            "Zm9v\n",
            "Zm 9",
            "Zm9-",
            "Zm9_",
            "=Zg=",
            "Zg=\u{3d}=",
            "Zé=",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
