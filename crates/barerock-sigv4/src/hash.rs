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

impl<H: Hash> Sink for H {
    fn put(&mut self, piece: &[u8]) {
        self.update(piece);
    }
}

/// Returns the SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; SHA256_LENGTH] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    hash.finish()
}
