//! Redaction of an exchange that is shown.

use std::borrow::Cow;

use barerock::sigv4::{self, REDACTED};
use barerock_audit::{is_secret_header, redact_body};
use http::{HeaderName, HeaderValue};

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
        String::from_utf8_lossy(&redact_body(&self.0, text.as_bytes())).into_owned()
    }

    /// A header's value; [`REDACTED`] if the header is a secret.
    pub(crate) fn value<'v>(&self, name: &HeaderName, value: &'v HeaderValue) -> Cow<'v, str> {
        if is_secret_header(name) {
            return REDACTED.into();
        }
        let bytes = value.as_bytes();
        match self.0.hide_bytes(bytes) {
            Cow::Borrowed(_) => String::from_utf8_lossy(bytes),
            Cow::Owned(hidden) => String::from_utf8_lossy(&hidden).into_owned().into(),
        }
    }
}
