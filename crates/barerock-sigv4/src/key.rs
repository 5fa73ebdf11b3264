//! The derived signing key, and signatures.

use core::fmt::{self, Write};

use hmac::Hmac;
use hmac::digest::CtOutput;
use zeroize::Zeroize;

use crate::credentials::REDACTED;
use crate::crypto::{Hash, HmacSha256, Sha256};
use crate::hex::{self, HexText};
use crate::payload::SHA256_LENGTH;
use crate::scope::CredentialScope;

/// Signing key for one day, region and service. Zeroed when dropped; `Debug` does not show it.
#[derive(Clone)]
pub struct SigningKey {
    bytes: [u8; SHA256_LENGTH],
    /// HMAC state with the key, which saves each signature the hashing of two blocks.
    keyed: HmacSha256,
}

impl SigningKey {
    // spec: sigv4#signing-key "kDate = HMAC('AWS4' + secret, date)"
    /// Derives the key: "kDate = HMAC('AWS4' + secret, date), kRegion = HMAC(kDate, region), kService = HMAC(kRegion, service),
    /// kSigning = HMAC(kService, 'aws4_request')."
    #[must_use]
    pub fn derive(secret_access_key: &str, scope: &CredentialScope<'_>) -> Self {
        let mut keyed = keyed_by_secret(secret_access_key);
        let mut bytes = [0; SHA256_LENGTH];
        for part in scope.parts() {
            keyed.update(part);
            bytes = keyed.finish();
            keyed = HmacSha256::new(&bytes);
        }
        Self { bytes, keyed }
    }

    /// Returns the key. Never log it: it signs any request in its scope for a day.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SHA256_LENGTH] {
        &self.bytes
    }

    /// Signs a string to sign: a [`StringToSign`](crate::StringToSign), or its text.
    #[must_use]
    pub fn sign(&self, string_to_sign: impl fmt::Display) -> Signature {
        self.sign_written(|hmac| {
            // Hashing never fails.
            let _infallible = write!(Hashed(hmac), "{string_to_sign}");
        })
    }

    /// Signs as [`SigningKey::sign`] does, without `Display`.
    pub(crate) fn sign_written(&self, write: impl FnOnce(&mut HmacSha256)) -> Signature {
        let mut hmac = self.keyed.clone();
        write(&mut hmac);
        Signature(hmac.finish())
    }

    /// Signs a text.
    #[cfg(feature = "alloc")]
    pub(crate) fn sign_text(&self, string_to_sign: &[u8]) -> Signature {
        let mut hmac = self.keyed.clone();
        hmac.update(string_to_sign);
        Signature(hmac.finish())
    }
}

/// Hash of formatted text.
struct Hashed<'h>(&'h mut HmacSha256);

impl Write for Hashed<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        // `keyed` zeroes itself with RustCrypto, whose crates are built with their `zeroize` feature.
        self.bytes.zeroize();
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({REDACTED})")
    }
}

/// Returns the HMAC state keyed by `AWS4` and the secret as one key: HMAC hashes a key that is longer than a block.
fn keyed_by_secret(secret_access_key: &str) -> HmacSha256 {
    const PREFIX: &[u8] = b"AWS4";
    /// Block size of SHA-256 in bytes: enough for the prefix and a secret of AWS (40 characters).
    const BLOCK: usize = 64;

    let mut key = [0_u8; BLOCK];
    let length = PREFIX.len().saturating_add(secret_access_key.len());
    let keyed = if length <= BLOCK {
        for (slot, byte) in key.iter_mut().zip(PREFIX.iter().copied().chain(secret_access_key.bytes())) {
            *slot = byte;
        }
        HmacSha256::new(key.get(..length).unwrap_or_default())
    } else {
        let mut hash = Sha256::new();
        hash.update(PREFIX);
        hash.update(secret_access_key.as_bytes());
        let mut hashed = hash.finish();
        let keyed = HmacSha256::new(&hashed);
        hashed.zeroize();
        keyed
    };
    key.zeroize();
    keyed
}

// spec: sigv4#signature "signature = HexEncode(HMAC(signing key, string to sign))"
/// Signature: "signature = HexEncode(HMAC(signing key, string to sign))." `==` takes constant time.
#[derive(Clone, Copy)]
pub struct Signature([u8; SHA256_LENGTH]);

impl Signature {
    /// Parses 64 hexadecimal digits; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        hex::parse(text).map(Self)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SHA256_LENGTH] {
        &self.0
    }

    /// Returns the hash of a text, which is not a signature, to compare it in constant time.
    #[cfg(feature = "http")]
    pub(crate) fn hash_of(text: &str) -> Self {
        Self(crate::hash::sha256(text.as_bytes()))
    }

    pub(crate) fn hex(&self) -> HexText {
        HexText::new(&self.0)
    }
}

impl PartialEq for Signature {
    /// Compares in constant time.
    fn eq(&self, other: &Self) -> bool {
        let in_constant_time = |bytes: [u8; SHA256_LENGTH]| CtOutput::<Hmac<sha2::Sha256>>::new(bytes.into());
        in_constant_time(self.0) == in_constant_time(other.0)
    }
}

impl Eq for Signature {}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.hex().as_str())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}
