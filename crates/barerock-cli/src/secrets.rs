//! Redaction of an exchange that is shown or recorded.

use std::borrow::Cow;

use barerock::sigv4::{self, REDACTED, redact};
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers whose value is a secret.
const KEYS: [HeaderName; 4] =
    [HeaderName::from_static("x-amz-security-token"), PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// What precedes a bearer key in an authorization header. A signature is no secret: it is valid for one request and five minutes.
const BEARER: &[u8] = b"Bearer ";

/// The secrets sent with a request, which its response may echo.
#[derive(Debug, Default)]
pub(crate) struct Secrets(sigv4::Secrets);

impl From<&sigv4::Secrets> for Secrets {
    fn from(secrets: &sigv4::Secrets) -> Self {
        Self(secrets.clone())
    }
}

impl Secrets {
    /// The secrets in the headers of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let secrets = headers.iter().filter_map(|(name, value)| {
            let value = value.as_bytes();
            if KEYS.contains(name) {
                Some(value)
            } else if *name == AUTHORIZATION {
                value.strip_prefix(BEARER)
            } else {
                None
            }
        });
        Self(secrets.collect())
    }

    /// The text without them, in whatever spelling they stand in it.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.0.hide(text).into_owned()
    }

    /// A response body without them and without any other session token: to a wrong signature the service answers with the canonical
    /// request it expected.
    pub(crate) fn hide_in_answer(&self, text: &str) -> String {
        redact(&self.hide(text))
    }

    /// A header's value; [`REDACTED`] if the header is a secret.
    pub(crate) fn value<'v>(&self, name: &HeaderName, value: &'v HeaderValue) -> Cow<'v, str> {
        if KEYS.contains(name) {
            return REDACTED.into();
        }
        let bytes = value.as_bytes();
        match self.0.hide_bytes(bytes) {
            Cow::Borrowed(_) => String::from_utf8_lossy(bytes),
            Cow::Owned(hidden) => String::from_utf8_lossy(&hidden).into_owned().into(),
        }
    }
}
