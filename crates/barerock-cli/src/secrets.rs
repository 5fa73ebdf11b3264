//! Redaction of an exchange that is shown or recorded.

use std::borrow::Cow;

use barerock::sigv4::{self, REDACTED};
use barerock_audit::redact_body;
use http::header::{COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderName, HeaderValue};

/// Headers whose value is a secret.
const KEYS: [HeaderName; 4] = [
    HeaderName::from_static(sigv4::header_name::X_AMZ_SECURITY_TOKEN),
    PROXY_AUTHORIZATION,
    COOKIE,
    SET_COOKIE,
];

/// The secrets sent with a request, which its response may echo.
#[derive(Debug, Default)]
pub(crate) struct Secrets(sigv4::Secrets);

impl From<&sigv4::Secrets> for Secrets {
    fn from(secrets: &sigv4::Secrets) -> Self {
        Self(secrets.clone())
    }
}

impl Secrets {
    /// The text without them, in whatever spelling they stand in it.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.0.hide(text).into_owned()
    }

    /// A response body as text, without them.
    pub(crate) fn hide_in_answer(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.hide_in_body(text.as_bytes())).into_owned()
    }

    /// A body without them ([`redact_body`]).
    pub(crate) fn hide_in_body<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        redact_body(&self.0, body)
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
