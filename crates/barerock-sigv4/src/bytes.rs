//! Sets of bytes.

/// True if bytes are examined by blocks, which is faster and takes more code: 200 bytes on a Cortex-M. The smallest programs do
/// without the `http` crate.
const BY_BLOCKS: bool = cfg!(feature = "http");

/// Set of ASCII letters, digits and some further bytes.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "evaluated at compile time, where an invalid index is a compile error"
    )]
    pub(crate) const fn of(others: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < set.len() {
            set[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < others.len() {
            set[others[at] as usize] = true;
            at += 1;
        }
        Self(set)
    }

    /// Returns the number of bytes before the first that is not in the set.
    #[inline]
    pub(crate) fn run(&self, bytes: &[u8]) -> usize {
        // Eight bytes at a time without a branch, then one by one in the block that ends the run.
        let is_whole = |eight: &&[u8]| eight.iter().fold(true, |all, byte| all & self.contains(*byte));
        let whole =
            if BY_BLOCKS { bytes.chunks_exact(8).take_while(is_whole).count().saturating_mul(8) } else { 0 };
        let rest = bytes.get(whole..).unwrap_or_default();
        whole.saturating_add(rest.iter().take_while(|byte| self.contains(**byte)).count())
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// Returns true if all bytes are visible ASCII: no space, and no control character.
pub(crate) fn is_visible_ascii(bytes: &[u8]) -> bool {
    if !BY_BLOCKS {
        return bytes.iter().all(u8::is_ascii_graphic);
    }
    // The last block overlaps the one before, so that no byte is left over.
    let (blocks, last) = bytes.last_chunk::<BLOCK>().map_or((&b""[..], bytes), |last| (bytes, last));
    // A block has no early exit, so that the compiler uses vectors.
    let is_visible = |block: &[u8]| block.iter().fold(true, |all, byte| all & byte.is_ascii_graphic());
    blocks.chunks_exact(BLOCK).chain([last]).all(is_visible)
}

/// Length of a vector register of most processors, in bytes.
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_at_any_place_is_found() {
        for length in 0..3 * BLOCK {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = [b'a'; 3 * BLOCK];
                    bytes[at] = byte;
                    assert_eq!(is_visible_ascii(&bytes[..length]), byte.is_ascii_graphic(), "{byte} at {at}");
                }
            }
        }
    }
}
