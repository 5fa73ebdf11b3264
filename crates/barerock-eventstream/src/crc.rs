//! CRC-32 of preludes and messages, with the polynomial of IEEE 802.3 and gzip.

#[cfg(feature = "fast")]
pub(crate) use fast::{hash, hash_lengths};
#[cfg(not(feature = "fast"))]
pub(crate) use small::{hash, hash_lengths};

/// The polynomial x³² + x²⁶ + x²³ + … + 1, bit-reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The remainder of each byte.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte: u8 = 0;
    let mut rest: &mut [u32] = &mut table;
    while let [entry, after @ ..] = rest {
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

/// Length of the two lengths of a prelude, in bytes.
const LENGTHS: usize = 8;

/// CRCs by `crc32fast`; those of preludes inline.
#[cfg(feature = "fast")]
mod fast {
    use crc32fast::Hasher;

    use super::{LENGTHS, TABLE};

    /// Returns the CRC of bytes.
    #[inline]
    pub(crate) fn hash(bytes: &[u8]) -> u32 {
        let mut hasher = fresh();
        hasher.update(bytes);
        hasher.finalize()
    }

    /// Returns an empty hasher: a copy of a cached one, because creating one detects the processor's features.
    #[cfg(feature = "std")]
    #[inline]
    fn fresh() -> Hasher {
        static FRESH: std::sync::OnceLock<Hasher> = std::sync::OnceLock::new();
        FRESH.get_or_init(Hasher::new).clone()
    }

    /// Returns an empty hasher. Without `std` the processor's features are known at compile time.
    #[cfg(not(feature = "std"))]
    fn fresh() -> Hasher {
        Hasher::new()
    }

    /// The remainders of each byte followed by seven zero bytes, by six, down to none.
    #[expect(
        clippy::indexing_slicing,
        clippy::as_conversions,
        reason = "evaluated at compile time, where an invalid index is a compile error"
    )]
    static TABLES: [[u32; 256]; LENGTHS] = {
        let mut tables = [TABLE; LENGTHS];
        let mut table = LENGTHS - 1;
        while table > 0 {
            table -= 1;
            let mut byte = 0;
            while byte < 256 {
                let before = tables[table + 1][byte];
                tables[table][byte] = (before >> 8) ^ TABLE[(before & 0xff) as usize];
                byte += 1;
            }
        }
        tables
    };

    /// The CRC of eight zero bytes. The CRC of other bytes is its XOR with the remainder of each byte.
    const OF_ZEROS: u32 = 0x6522_df69;

    /// Returns the CRC of the two lengths of a prelude. Inlined, because a call takes longer than hashing eight bytes.
    #[inline(always)]
    pub(crate) fn hash_lengths(lengths: [u8; LENGTHS]) -> u32 {
        let remainders = TABLES.iter().zip(lengths);
        remainders.fold(OF_ZEROS, |crc, (table, byte)| {
            crc ^ table.get(usize::from(byte)).copied().unwrap_or_default()
        })
    }
}

/// Table-driven fallback: 24 KB smaller, about 40 times slower.
#[cfg(any(test, not(feature = "fast")))]
mod small {
    #[cfg(not(feature = "fast"))]
    use super::LENGTHS;
    use super::TABLE;

    /// Returns the CRC of bytes.
    pub(crate) fn hash(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            let [low, ..] = crc.to_le_bytes();
            let remainder = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default();
            (crc >> 8) ^ remainder
        })
    }

    /// Returns the CRC of the two lengths of a prelude.
    #[cfg(not(feature = "fast"))]
    pub(crate) fn hash_lengths(lengths: [u8; LENGTHS]) -> u32 {
        hash(&lengths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(small::hash(&bytes[..end]), hash(&bytes[..end]), "{end}");
        }
    }

    #[test]
    fn lengths_are_hashed_as_any_bytes() {
        for place in 0..LENGTHS {
            for byte in 0..=u8::MAX {
                let mut lengths = [0, 0, 1, 42, 0, 0, 0, 87];
                lengths[place] = byte;
                assert_eq!(hash_lengths(lengths), small::hash(&lengths), "{lengths:?}");
            }
        }
    }
}
