//! RustCrypto's `sha2` and `hmac`. Both zero their state when dropped.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Digest as _;

use super::Hash;
use crate::payload::SHA256_LENGTH;

#[derive(Clone)]
pub(crate) struct Sha256(sha2::Sha256);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(sha2::Sha256::new())
    }
}

impl Hash for Sha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> [u8; SHA256_LENGTH] {
        self.0.finalize().into()
    }
}

#[derive(Clone)]
pub(crate) struct HmacSha256(Hmac<sha2::Sha256>);

impl HmacSha256 {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(match Hmac::new_from_slice(key) {
            Ok(keyed) => keyed,
            // Unreachable: HMAC takes keys of any length (RFC 2104).
            Err(_never) => Hmac::new(&Default::default()),
        })
    }
}

impl Hash for HmacSha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> [u8; SHA256_LENGTH] {
        self.0.finalize().into_bytes().into()
    }
}
