//! What a signer keeps for its next request.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Timestamp;
use crate::credentials::Credentials;
use crate::headers::{HeaderLine, HeaderOrder, KnownOrder};
use crate::key::SigningKey;

/// Derived key, with the credentials and the time it was derived from.
#[derive(Clone, Debug)]
pub(super) struct CachedKey {
    pub(super) credentials: Credentials,
    /// A time on the key's day.
    pub(super) timestamp: Timestamp,
    pub(super) key: SigningKey,
    /// The text of the scope.
    pub(super) scope: String,
}

impl CachedKey {
    pub(super) fn is_for(&self, credentials: &Credentials, timestamp: &Timestamp) -> bool {
        self.timestamp.is_same_day(timestamp)
            && self.credentials.access_key_id() == credentials.access_key_id()
            && self.credentials.secret_access_key() == credentials.secret_access_key()
    }
}

/// Path and header names of the last request: most clients call one model, with the same headers.
#[derive(Clone, Debug)]
pub(super) struct LastRequest {
    path: String,
    canonical_path: String,
    /// Names of all lines, signed or not, each with a separator. Empty if there was no request.
    names: Vec<u8>,
    has_token: bool,
    order: HeaderOrder,
    /// Names of the signed lines, as they are written.
    signed_names: Vec<u8>,
}

impl Default for LastRequest {
    fn default() -> Self {
        Self {
            path: String::new(),
            canonical_path: String::new(),
            names: Vec::new(),
            has_token: false,
            order: HeaderOrder::EMPTY,
            signed_names: Vec::new(),
        }
    }
}

impl LastRequest {
    /// Returns the canonical form of a path if it is that of the last request.
    pub(super) fn path(&self, sent: &str) -> Option<&str> {
        (!self.canonical_path.is_empty() && self.path == sent).then_some(&self.canonical_path)
    }

    pub(super) fn keep_path(&mut self, sent: &str, canonical: &str) {
        self.canonical_path = canonical.into();
        self.path = sent.into();
    }

    /// Returns the order of the lines if the last request had the same names, and a token if `has_token` is true.
    pub(super) fn order(&self, lines: &[HeaderLine<'_>], has_token: bool) -> Option<KnownOrder<'_>> {
        let mut rest = self.names.as_slice();
        for (name, _) in lines {
            rest = rest.strip_prefix(name.as_bytes())?.strip_prefix(SEPARATOR)?;
        }
        let is_same = rest.is_empty() && !lines.is_empty() && self.has_token == has_token;
        is_same.then_some(KnownOrder { order: &self.order, names: &self.signed_names })
    }

    pub(super) fn keep_order(
        &mut self,
        lines: &[HeaderLine<'_>],
        has_token: bool,
        order: HeaderOrder,
        signed_names: &[u8],
    ) {
        self.names.clear();
        for (name, _) in lines {
            self.names.extend_from_slice(name.as_bytes());
            self.names.extend_from_slice(SEPARATOR);
        }
        self.has_token = has_token;
        self.order = order;
        self.signed_names = signed_names.into();
    }
}

/// Ends a name, in which it cannot occur.
const SEPARATOR: &[u8] = b":";
