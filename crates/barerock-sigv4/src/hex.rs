//! Hexadecimal text of hashes and signatures, in lowercase as in the specification.

use crate::payload::SHA256_LENGTH;

/// Length of a SHA-256 hash in hexadecimal, in characters.
pub(crate) const HEX_LENGTH: usize = 2 * SHA256_LENGTH;

/// SHA-256 hash in hexadecimal.
#[derive(Clone, Copy)]
pub(crate) struct HexText([u8; HEX_LENGTH]);

impl HexText {
    pub(crate) fn new(hash: &[u8; SHA256_LENGTH]) -> Self {
        let mut text = [0; HEX_LENGTH];
        for (pair, byte) in text.chunks_exact_mut(2).zip(hash) {
            if let [high, low] = pair {
                *high = digit(byte >> 4);
                *low = digit(byte & 0x0f);
            }
        }
        Self(text)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        // Never falls back: hexadecimal digits are ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Returns a hexadecimal digit. Without a table, so that the time is constant and the loop is vectorized.
fn digit(nibble: u8) -> u8 {
    let letter = u8::from(nibble > 9);
    nibble.wrapping_add(b'0').wrapping_add(letter.wrapping_mul(b'a' - b'9' - 1))
}

/// Parses 64 lowercase or uppercase hexadecimal digits.
pub(crate) fn parse(text: &str) -> Option<[u8; SHA256_LENGTH]> {
    let mut hash = [0; SHA256_LENGTH];
    if text.len() != HEX_LENGTH {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (value(*high)? << 4) | value(*low)?;
    }
    Some(hash)
}

/// Returns the value of a hexadecimal digit.
pub(crate) fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_round_trip() {
        for start in 0..=7u8 {
            let hash: [u8; SHA256_LENGTH] =
                core::array::from_fn(|at| start * 32 + u8::try_from(at).expect("under 32"));
            let text = HexText::new(&hash);
            assert_eq!(parse(text.as_str()), Some(hash));
            let by_core: std::string::String = hash.iter().map(|byte| std::format!("{byte:02x}")).collect();
            assert_eq!(text.as_str(), by_core);
        }
    }

    #[test]
    fn what_is_not_a_hash_is_refused() {
        assert_eq!(parse(""), None);
        assert_eq!(parse(&"0".repeat(63)), None);
        assert_eq!(parse(&"g".repeat(64)), None);
        assert_eq!(parse(&"é".repeat(32)), None);
    }
}
