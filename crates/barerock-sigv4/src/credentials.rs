//! Access keys: borrowed, without an allocator, and owned. `Debug` shows neither secret nor token.

use core::fmt;

#[cfg(feature = "alloc")]
use alloc::string::String;
#[cfg(feature = "alloc")]
use zeroize::Zeroizing;

use crate::SignError;

/// Text printed in place of a secret.
pub const REDACTED: &str = "**redacted**";

/// Borrowed access key. `Debug` shows the key id but neither the secret nor the token.
#[derive(Clone, Copy)]
pub struct CredentialsRef<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: Option<&'a str>,
}

impl<'a> CredentialsRef<'a> {
    /// Creates a long-term key, or a temporary one with its session token.
    #[must_use]
    pub fn new(access_key_id: &'a str, secret_access_key: &'a str, session_token: Option<&'a str>) -> Self {
        Self { access_key_id, secret_access_key, session_token }
    }

    /// Returns the key id, which is not a secret.
    #[must_use]
    pub fn access_key_id(&self) -> &'a str {
        self.access_key_id
    }

    /// Returns the secret. Never log it.
    #[must_use]
    pub fn secret_access_key(&self) -> &'a str {
        self.secret_access_key
    }

    /// Returns the session token of temporary credentials. Never log it.
    #[must_use]
    pub fn session_token(&self) -> Option<&'a str> {
        self.session_token
    }

    /// Checks that the key is not empty and fits into the headers of a signature.
    pub(crate) fn check(&self) -> Result<(), SignError> {
        // '/' would end the key id in the credential scope, ',' and '=' in the header.
        let in_scope = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b',' | b'=');
        if self.access_key_id.is_empty() || !self.access_key_id.bytes().all(in_scope) {
            return Err(SignError::InvalidAccessKeyId);
        }
        if self.secret_access_key.is_empty() {
            return Err(SignError::EmptySecretAccessKey);
        }
        self.check_token()
    }

    /// Refuses a session token that could not stand in a header.
    pub(crate) fn check_token(&self) -> Result<(), SignError> {
        // No early end: the compiler compares many at once.
        let is_graphic = |token: &str| token.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic());
        match self.session_token {
            Some(token) if token.is_empty() || !is_graphic(token) => Err(SignError::InvalidSessionToken),
            _ => Ok(()),
        }
    }
}

/// Equal if all three parts are. The time of a comparison depends on the lengths of secret and token, not on their contents.
impl PartialEq for CredentialsRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        let tokens = match (self.session_token, other.session_token) {
            (Some(one), Some(other)) => is_same_secret(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        // No early end.
        (self.access_key_id == other.access_key_id)
            & is_same_secret(self.secret_access_key, other.secret_access_key)
            & tokens
    }
}

impl Eq for CredentialsRef<'_> {}

/// Compares two secrets in a time that depends on their lengths alone.
fn is_same_secret(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    let difference =
        pairs.fold(0, |difference, (one, other)| core::hint::black_box(difference | (one ^ other)));
    one.len() == other.len() && difference == 0
}

impl fmt::Debug for CredentialsRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &REDACTED)
            .field("session_token", &self.session_token.map(|_token| REDACTED))
            .finish()
    }
}

/// Owned access key. The secret and the token are zeroed when dropped; `Debug` shows neither.
#[cfg(feature = "alloc")]
#[derive(Clone)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
}

#[cfg(feature = "alloc")]
impl Credentials {
    /// Creates a long-term key, or a temporary one with its session token.
    #[must_use]
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            session_token: session_token.map(Zeroizing::new),
        }
    }

    /// Returns the key id, which is not a secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Returns the secret. Never log it.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// Returns the session token of temporary credentials. Never log it.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }

    /// Borrows the key.
    #[must_use]
    pub fn borrowed(&self) -> CredentialsRef<'_> {
        CredentialsRef::new(self.access_key_id(), self.secret_access_key(), self.session_token())
    }
}

/// Compared as [`CredentialsRef`]s are.
#[cfg(feature = "alloc")]
impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.borrowed() == other.borrowed()
    }
}

#[cfg(feature = "alloc")]
impl Eq for Credentials {}

#[cfg(feature = "alloc")]
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrowed().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    #[test]
    fn debug_shows_the_key_id_only() {
        let shown = format!("{:?}", CredentialsRef::new("AKIDEXAMPLE", SECRET, Some("TOKEN")));
        assert_eq!(
            shown,
            r#"Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: "**redacted**", session_token: Some("**redacted**") }"#
        );
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn owned_credentials_print_as_borrowed_ones() {
        let owned = Credentials::new("AKIDEXAMPLE", SECRET, Some("TOKEN".into()));
        assert_eq!(format!("{owned:?}"), format!("{:?}", owned.borrowed()));
        assert_eq!(owned.clone().secret_access_key(), SECRET);
        assert_eq!(owned.session_token(), Some("TOKEN"));
    }

    #[test]
    fn credentials_are_equal_if_every_part_is() {
        let all = [
            ("AKID", "secret", None),
            ("AKIE", "secret", None),
            ("AKID", "secreT", None),
            ("AKID", "secret2", None),
            ("AKID", "", None),
            ("AKID", "secret", Some("")),
            ("AKID", "secret", Some("token")),
            ("AKID", "secret", Some("tokem")),
            ("AKID", "secret", Some("toke")),
        ];
        for (at, one) in all.into_iter().enumerate() {
            for (other_at, other) in all.into_iter().enumerate() {
                let of = |(id, secret, token)| CredentialsRef::new(id, secret, token);
                assert_eq!(of(one) == of(other), at == other_at, "{one:?} {other:?}");
            }
        }
        #[cfg(feature = "alloc")]
        assert_eq!(Credentials::new("a", "b", None), Credentials::new("a", "b", None));
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_refused() {
        let check = |id, secret, token| CredentialsRef::new(id, secret, token).check();
        assert_eq!(check("AKID", "s", Some("TOKEN/+==")), Ok(()));
        for id in ["", "AK ID", "AKID/x", "AKID,x", "AKID\n", "ÄKID"] {
            assert_eq!(check(id, "s", None), Err(SignError::InvalidAccessKeyId), "{id:?}");
        }
        assert_eq!(check("AKID", "", None), Err(SignError::EmptySecretAccessKey));
        for token in ["", "a b", "a\n", "é"] {
            assert_eq!(check("AKID", "s", Some(token)), Err(SignError::InvalidSessionToken), "{token:?}");
        }
    }
}
