//! The derived signing key, and the signature it makes.

use core::fmt::{self, Write};

use hmac::Hmac;
use hmac::digest::CtOutput;
use zeroize::Zeroize;

use crate::credentials::REDACTED;
use crate::crypto::{Hash, HmacSha256, Sha256};
use crate::hash::TextHasher;
use crate::hex::{self, HexText};
use crate::payload::SHA256_LENGTH;
use crate::scope::{CredentialScope, TERMINATION};

/// A key good for one day, region and service. Zeroed when dropped, and not shown by `Debug`.
#[derive(Clone)]
pub struct SigningKey {
    bytes: [u8; SHA256_LENGTH],
    /// The key already mixed into the hash's state: two blocks that every signature would hash again.
    keyed: HmacSha256,
}

impl SigningKey {
    // spec: sigv4#signing-key "kDate = HMAC('AWS4' + secret, date)"
    /// "kDate = HMAC('AWS4' + secret, date), kRegion = HMAC(kDate, region), kService = HMAC(kRegion, service),
    /// kSigning = HMAC(kService, 'aws4_request')."
    #[must_use]
    pub fn derive(secret_access_key: &str, scope: &CredentialScope<'_>) -> Self {
        let mut keyed = keyed_by_secret(secret_access_key);
        let mut bytes = [0; SHA256_LENGTH];
        for part in [scope.date(), scope.region(), scope.service(), TERMINATION] {
            keyed.update(part.as_bytes());
            bytes = keyed.finish();
            keyed = HmacSha256::new(&bytes);
        }
        Self { bytes, keyed }
    }

    /// The key itself. It signs anything in its scope for a day: never log it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SHA256_LENGTH] {
        &self.bytes
    }

    /// The HMAC of a string to sign: a [`StringToSign`](crate::StringToSign), or its text.
    #[must_use]
    pub fn sign(&self, string_to_sign: impl fmt::Display) -> Signature {
        self.sign_written(|writer| write!(writer, "{string_to_sign}"))
    }

    /// [`SigningKey::sign`] without going through `Display`.
    pub(crate) fn sign_written(
        &self,
        write: impl FnOnce(&mut TextHasher<HmacSha256>) -> fmt::Result,
    ) -> Signature {
        let mut writer = TextHasher::new(self.keyed.clone());
        // Hashing never fails.
        let _infallible = write(&mut writer);
        Signature(writer.finish())
    }

    /// The HMAC of a text that stands in one piece.
    #[cfg(feature = "alloc")]
    pub(crate) fn sign_text(&self, string_to_sign: &str) -> Signature {
        let mut hmac = self.keyed.clone();
        hmac.update(string_to_sign.as_bytes());
        Signature(hmac.finish())
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

/// HMAC's own rule for keys: a longer one than a block is hashed, so 'AWS4' and the secret must be one key.
fn keyed_by_secret(secret_access_key: &str) -> HmacSha256 {
    const PREFIX: &[u8] = b"AWS4";
    /// A block of SHA-256: room for the prefix and any secret AWS issues (40 characters).
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
/// "signature = HexEncode(HMAC(signing key, string to sign))." Compared in constant time.
#[derive(Clone, Copy)]
pub struct Signature([u8; SHA256_LENGTH]);

impl Signature {
    /// Reads 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        hex::parse(text).map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SHA256_LENGTH] {
        &self.0
    }

    /// Not a signature, but compared as one.
    #[cfg(feature = "http")]
    pub(crate) fn hash_of(text: &str) -> Self {
        Self(crate::hash::sha256(text.as_bytes()))
    }

    pub(crate) fn hex(&self) -> HexText {
        HexText::new(&self.0)
    }
}

impl PartialEq for Signature {
    /// Takes the same time wherever the first difference is.
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
