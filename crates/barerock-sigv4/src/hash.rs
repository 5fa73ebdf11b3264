//! Hashing of formatted text without an intermediate string.

use core::fmt;

use crate::crypto::{Hash, Sha256};
use crate::payload::SHA256_LENGTH;

/// Receiver of text in pieces, none of which ends inside a character. It takes bytes, so that no piece is checked for UTF-8
/// again.
pub(crate) trait Sink {
    fn put(&mut self, piece: &[u8]);
}

/// Writes the pieces that `write` puts to a formatter.
pub(crate) fn show(f: &mut fmt::Formatter<'_>, write: impl FnOnce(&mut Shown<'_, '_>)) -> fmt::Result {
    let mut shown = Shown { f, outcome: Ok(()) };
    write(&mut shown);
    shown.outcome
}

/// A formatter, and its first error.
pub(crate) struct Shown<'f, 'b> {
    f: &'f mut fmt::Formatter<'b>,
    outcome: fmt::Result,
}

impl Sink for Shown<'_, '_> {
    fn put(&mut self, piece: &[u8]) {
        if self.outcome.is_ok() {
            self.outcome = self.f.write_str(core::str::from_utf8(piece).unwrap_or_default());
        }
    }
}

#[cfg(feature = "alloc")]
impl Sink for alloc::vec::Vec<u8> {
    #[inline]
    fn put(&mut self, piece: &[u8]) {
        self.extend_from_slice(piece);
    }
}

#[cfg(feature = "alloc")]
impl Sink for alloc::string::String {
    fn put(&mut self, piece: &[u8]) {
        self.push_str(core::str::from_utf8(piece).unwrap_or_default());
    }
}

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

impl<H: Hash> Sink for TextHasher<H> {
    // A hint, not `inline(always)`: in a program built for size, forty copies would be 12 KB.
    #[inline]
    fn put(&mut self, piece: &[u8]) {
        if piece.len() > BUFFER.saturating_sub(self.count) {
            self.flush();
        }
        let end = self.count.saturating_add(piece.len());
        match self.pending.get_mut(self.count..end) {
            Some(space) => {
                space.copy_from_slice(piece);
                self.count = end;
            }
            // Longer than the whole buffer, which `flush` has emptied.
            None => self.hasher.update(piece),
        }
    }
}

impl<H: Hash> fmt::Write for TextHasher<H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
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
                hasher.put(&text.as_bytes()[start..end]);
            }
            assert_eq!(hasher.finish(), sha256(text.as_bytes()), "{length}");
        }
    }
}
