//! ring, or aws-lc-rs, whose API is the same. Neither zeroes the state of a hash when it is dropped.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::{digest, hmac};
#[cfg(not(feature = "aws-lc-rs"))]
use ring::{digest, hmac};

use super::Hash;
use crate::payload::SHA256_LENGTH;

/// Converts a digest, which both libraries return as a slice; one of SHA-256 always has 32 bytes.
fn array(bytes: &[u8]) -> [u8; SHA256_LENGTH] {
    bytes.try_into().unwrap_or_default()
}

#[derive(Clone)]
pub(crate) struct Sha256(digest::Context);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Hash for Sha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> [u8; SHA256_LENGTH] {
        array(self.0.finish().as_ref())
    }
}

#[derive(Clone)]
pub(crate) struct HmacSha256(hmac::Context);

impl HmacSha256 {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key)))
    }
}

impl Hash for HmacSha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> [u8; SHA256_LENGTH] {
        array(self.0.sign().as_ref())
    }
}
