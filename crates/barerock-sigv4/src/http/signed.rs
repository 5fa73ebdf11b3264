//! Stages of a signature.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroize;

use super::CachedKey;
use crate::canonical::CanonicalRequest;
use crate::hash::{Sink, sha256};
use crate::hex::HexText;
use crate::key::Signature;
use crate::payload::PayloadHash;
use crate::redact::redact;
use crate::sign::{SigningContext, write_string_to_sign};

/// Stages of the signature of a signed request.
#[derive(Clone)]
pub struct Signed {
    /// The canonical request, then the string to sign, both UTF-8.
    text: Vec<u8>,
    canonical_request_length: usize,
    pub(super) signature: Signature,
    has_session_token: bool,
}

impl Signed {
    pub(super) fn new(
        canonical_request: &CanonicalRequest<'_>,
        context: &SigningContext<'_>,
        cached: &CachedKey,
    ) -> Self {
        let mut text = Vec::with_capacity(canonical_request.length_estimate());
        canonical_request.write_to(&mut text, false);
        let canonical_request_length = text.len();
        let hash = HexText::new(&sha256(&text));
        let write_scope = |out: &mut Vec<u8>| out.put(cached.scope.as_bytes());
        write_string_to_sign(&mut text, context.timestamp, write_scope, hash.as_bytes());
        let signature = cached.key.sign_text(text.get(canonical_request_length..).unwrap_or_default());
        let has_session_token = context.credentials.session_token().is_some();
        Self { text, canonical_request_length, signature, has_session_token }
    }

    /// Returns the canonical request, including the session token; to show it, use [`Signed::redacted_canonical_request`].
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        let text = self.text.get(..self.canonical_request_length).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }

    /// Returns the canonical request with the session token redacted.
    #[must_use]
    pub fn redacted_canonical_request(&self) -> String {
        redact(self.canonical_request())
    }

    /// Returns the string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        let text = self.text.get(self.canonical_request_length..).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }

    /// Returns the canonical path, the second line.
    pub(super) fn canonical_path(&self) -> &str {
        let line = self.text.split(|byte| *byte == b'\n').nth(1);
        line.and_then(|path| core::str::from_utf8(path).ok()).unwrap_or_default()
    }

    /// Returns the names of the signed headers, which precede the payload's hash.
    pub(super) fn signed_headers(&self, length: usize, payload: &PayloadHash) -> &[u8] {
        let behind = payload.as_bytes().len().saturating_add(1);
        let end = self.canonical_request_length.saturating_sub(behind);
        self.text.get(end.saturating_sub(length)..end).unwrap_or_default()
    }

    /// Returns the signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl Drop for Signed {
    fn drop(&mut self) {
        if self.has_session_token {
            self.text.zeroize();
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("canonical_request", &self.redacted_canonical_request())
            .field("string_to_sign", &self.string_to_sign())
            .field("signature", &self.signature)
            .finish()
    }
}
