//! CRC-32 of preludes and messages, with the polynomial of IEEE 802.3 and gzip.

#[cfg(feature = "fast")]
pub(crate) use crc32fast::{Hasher, hash};

#[cfg(not(feature = "fast"))]
pub(crate) use small::{Hasher, hash};

/// Table-driven fallback: 24 KB smaller, about 40 times slower.
#[cfg(any(test, not(feature = "fast")))]
mod small {
    /// The polynomial x³² + x²⁶ + x²³ + … + 1, bit-reversed.
    const POLYNOMIAL: u32 = 0xedb8_8320;

    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte: u8 = 0;
        let mut rest: &mut [u32] = &mut table;
        while let [entry, after @ ..] = rest {
            // The remainder of one byte.
            let mut crc = u32::from_le_bytes([byte, 0, 0, 0]);
            let mut bits = 8_u8;
            while let Some(left) = bits.checked_sub(1) {
                crc = if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ POLYNOMIAL };
                bits = left;
            }
            *entry = crc;
            byte = byte.wrapping_add(1);
            rest = after;
        }
        table
    };

    /// Incremental CRC.
    #[derive(Clone, Debug)]
    pub(crate) struct Hasher(u32);

    impl Default for Hasher {
        fn default() -> Self {
            Self(u32::MAX)
        }
    }

    impl Hasher {
        pub(crate) fn new() -> Self {
            Self::default()
        }

        pub(crate) fn update(&mut self, bytes: &[u8]) {
            for byte in bytes {
                let [low, ..] = self.0.to_le_bytes();
                let remainder = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default();
                self.0 = (self.0 >> 8) ^ remainder;
            }
        }

        pub(crate) fn finalize(self) -> u32 {
            !self.0
        }
    }

    /// Returns the CRC of bytes.
    pub(crate) fn hash(bytes: &[u8]) -> u32 {
        let mut hasher = Hasher::new();
        hasher.update(bytes);
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::small;

    #[test]
    fn is_the_crc_of_gzip() {
        // The check value of CRC-32/ISO-HDLC in the Catalogue of Parametrised CRC Algorithms.
        assert_eq!(small::hash(b"123456789"), 0xcbf4_3926);
        assert_eq!(small::hash(b""), 0);
    }

    #[cfg(feature = "fast")]
    #[test]
    fn both_ways_are_equal() {
        let bytes: [u8; 1000] = core::array::from_fn(|at| (at * at / 7).to_le_bytes()[0]);
        for end in 0..bytes.len() {
            let mut hasher = small::Hasher::new();
            let (one, other) = bytes[..end].split_at(end / 3);
            hasher.update(one);
            hasher.update(other);
            assert_eq!(hasher.finalize(), crc32fast::hash(&bytes[..end]), "{end}");
        }
    }
}
