//! DPoP proofs: JSON Web Tokens that prove possession of a session's key,
//! [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449) section 4.2.

use core::fmt;
use std::time::SystemTime;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::time;

/// The P-256 key of a session. Zeroed when dropped.
pub(super) struct ProofKey(SecretKey);

impl ProofKey {
    /// Parses a PEM file of a SEC 1 (`EC PRIVATE KEY`) or PKCS #8 (`PRIVATE KEY`) key, with lines of any length.
    pub(super) fn from_pem(pem: &str) -> Result<Self, String> {
        let invalid = || "dpopKey is not a P-256 key in PEM".to_owned();
        let mut base64 = Zeroizing::new(String::with_capacity(pem.len()));
        for line in pem.lines().filter(|line| !line.trim_ascii().starts_with("-----")) {
            base64.extend(line.split_ascii_whitespace());
        }
        let der = Zeroizing::new(Base64::decode_vec(&base64).map_err(|_| invalid())?);
        SecretKey::from_der(&der).map(Self).map_err(|_| invalid())
    }

    /// Signs a proof for a POST to a URI: ES256, with the public key in the header. The token id is unique per attempt and
    /// unpredictable: it is a digest of the key, the time in nanoseconds and the attempt.
    pub(super) fn proof(&self, uri: &str, now: SystemTime, attempt: u32) -> String {
        let point = self.0.public_key().to_sec1_point(false);
        let coordinate =
            |bytes: Option<&_>| bytes.map(|bytes: &p256::FieldBytes| Base64UrlUnpadded::encode_string(bytes));
        let header = json!({
            "typ": "dpop+jwt",
            "alg": "ES256",
            "jwk": {"kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y())},
        });
        let claims = json!({
            "jti": self.token_id(now, attempt),
            "htm": "POST",
            "htu": uri,
            "iat": time::to_unix(now),
        });
        let encode = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature: Signature = SigningKey::from(&self.0).sign(message.as_bytes());
        format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
    }

    /// A UUID of version 4, as botocore and AWS's SDK for Rust send it.
    fn token_id(&self, now: SystemTime, attempt: u32) -> String {
        let nanoseconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let digest = Sha256::new()
            .chain_update(Zeroizing::new(self.0.to_bytes()))
            .chain_update(nanoseconds.to_be_bytes())
            .chain_update(attempt.to_be_bytes())
            .finalize();
        let mut id = String::new();
        for (index, byte) in digest.iter().take(16).enumerate() {
            let byte = match index {
                6 => byte & 0x0f | 0x40,
                8 => byte & 0x3f | 0x80,
                _ => *byte,
            };
            let dash = if [4, 6, 8, 10].contains(&index) { "-" } else { "" };
            id.push_str(&format!("{dash}{byte:02x}"));
        }
        id
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofKey").finish_non_exhaustive()
    }
}
