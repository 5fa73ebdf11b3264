//! Hashing of formatted text without an intermediate string.

use core::fmt::{self, Write};

use crate::crypto::{Hash, Sha256};
use crate::payload::SHA256_LENGTH;

/// Size of the buffer in bytes; most canonical requests without a session token fit.
const BUFFER: usize = 512;

/// Writer that buffers text before it is hashed, because each call of the hash has a fixed cost.
pub(crate) struct TextHasher<H> {
    hasher: H,
    pending: [u8; BUFFER],
    count: usize,
}

impl<H: Hash> TextHasher<H> {
    pub(crate) fn new(hasher: H) -> Self {
        Self { hasher, pending: [0; BUFFER], count: 0 }
    }

    fn flush(&mut self) {
        self.hasher.update(self.pending.get(..self.count).unwrap_or_default());
        self.count = 0;
    }

    pub(crate) fn finish(mut self) -> [u8; SHA256_LENGTH] {
        self.flush();
        self.hasher.finish()
    }
}

impl<H: Hash> Write for TextHasher<H> {
    // A hint, not `inline(always)`: in a program built for size, forty copies would be 12 KB.
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() > BUFFER.saturating_sub(self.count) {
            self.flush();
        }
        let end = self.count.saturating_add(text.len());
        match self.pending.get_mut(self.count..end) {
            Some(space) => {
                space.copy_from_slice(text.as_bytes());
                self.count = end;
            }
            // Longer than the whole buffer, which `flush` has emptied.
            None => self.hasher.update(text.as_bytes()),
        }
        Ok(())
    }
}

/// Returns the SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; SHA256_LENGTH] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length_hash_as_the_whole() {
        let text: std::string::String =
            (0..3 * BUFFER).map(|at| if at % 7 == 0 { 'x' } else { 'y' }).collect();
        for length in [1, 2, 63, 64, 65, BUFFER - 1, BUFFER, BUFFER + 1, 2 * BUFFER] {
            let mut hasher = TextHasher::new(Sha256::new());
            for start in (0..text.len()).step_by(length) {
                let end = text.len().min(start + length);
                hasher.write_str(&text[start..end]).expect("hashing never fails");
            }
            assert_eq!(hasher.finish(), sha256(text.as_bytes()), "{length}");
        }
    }
}
