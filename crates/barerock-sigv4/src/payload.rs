//! The last line of the canonical request: the payload's hash, or the literal that replaces it.

use core::fmt;

use crate::hash::sha256;
use crate::hex::HexText;
use crate::settings::PayloadSigning;

/// Length of a SHA-256 hash in bytes.
pub const SHA256_LENGTH: usize = 32;

// spec: sigv4#unsigned-payload "If the payload is not signed, use the literal string UNSIGNED-PAYLOAD."
/// Literal of an unsigned payload: "If the payload is not signed, use the literal string UNSIGNED-PAYLOAD."
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// Literal of a body of signed events.
const STREAMING_EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";

/// Last line of the canonical request: "Hex(SHA256Hash(payload))", or the literal that replaces it.
#[derive(Clone, Copy)]
pub struct PayloadHash(Kind);

#[derive(Clone, Copy)]
enum Kind {
    Sha256(HexText),
    Word(&'static str),
}

impl PayloadHash {
    /// Hashes a body, which may be empty.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self::precomputed(&sha256(body))
    }

    /// Takes a SHA-256 that the caller computed.
    #[must_use]
    pub fn precomputed(sha256: &[u8; SHA256_LENGTH]) -> Self {
        Self(Kind::Sha256(HexText::new(sha256)))
    }

    /// Returns `UNSIGNED-PAYLOAD`.
    #[must_use]
    pub fn unsigned() -> Self {
        Self(Kind::Word(UNSIGNED_PAYLOAD))
    }

    /// Returns `STREAMING-AWS4-HMAC-SHA256-EVENTS`: the body is a stream of signed events.
    #[must_use]
    pub fn streaming_events() -> Self {
        Self(Kind::Word(STREAMING_EVENTS))
    }

    /// Returns the line for these settings; the body is read only if it is hashed.
    #[must_use]
    pub fn with(signing: PayloadSigning, body: &[u8]) -> Self {
        match signing {
            PayloadSigning::Hashed => Self::of(body),
            PayloadSigning::Unsigned => Self::unsigned(),
            PayloadSigning::StreamingEvents => Self::streaming_events(),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kind::Sha256(hex) => hex.as_bytes(),
            Kind::Word(word) => word.as_bytes(),
        }
    }

    /// Returns the line: 64 hexadecimal digits, or a literal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Sha256(hex) => hex.as_str(),
            Kind::Word(word) => word,
        }
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayloadHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of the empty message.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    // spec-test: sigv4#unsigned-payload
    #[test]
    fn hashes_and_words() {
        assert_eq!(PayloadHash::of(b"").as_str(), EMPTY);
        assert_eq!(PayloadHash::with(PayloadSigning::Hashed, b"").as_str(), EMPTY);
        assert_eq!(PayloadHash::with(PayloadSigning::Unsigned, b"x").as_str(), "UNSIGNED-PAYLOAD");
        let streaming = PayloadHash::with(PayloadSigning::StreamingEvents, b"x");
        assert_eq!(streaming.as_str(), "STREAMING-AWS4-HMAC-SHA256-EVENTS");
        let precomputed = PayloadHash::precomputed(&[0xab; SHA256_LENGTH]);
        assert_eq!(precomputed.as_str(), "ab".repeat(SHA256_LENGTH));
    }
}
