//! What of an exchange may be shown or kept.

use std::borrow::Cow;

use barerock::sigv4::{REDACTED, redact};
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers that are keys.
const KEYS: [HeaderName; 4] =
    [HeaderName::from_static("x-amz-security-token"), PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// What stands before a key that is sent as it is. A signature is none: it holds for one request and five minutes.
const BEARER: &str = "Bearer ";

/// The keys that were sent with a request, and may come back in its answer.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

/// Shows none.
impl core::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// The keys in the headers of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let keys = headers.iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            if KEYS.contains(name) {
                Some(value)
            } else if *name == AUTHORIZATION {
                value.strip_prefix(BEARER)
            } else {
                None
            }
        });
        Self(keys.filter(|key| !key.is_empty()).map(str::to_owned).collect())
    }

    /// The text without them.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED))
    }

    /// What the service answered, without them: it shows what it made of a request whose signature is wrong.
    pub(crate) fn hide_in_answer(&self, text: &str) -> String {
        redact(&self.hide(text))
    }

    /// A header's value, unless it is a key.
    pub(crate) fn value<'v>(&self, name: &HeaderName, value: &'v HeaderValue) -> Cow<'v, str> {
        if KEYS.contains(name) {
            return REDACTED.into();
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        if self.0.iter().any(|secret| value.contains(&**secret)) { self.hide(&value).into() } else { value }
    }
}
