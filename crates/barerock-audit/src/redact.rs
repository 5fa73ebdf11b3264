//! Redaction of what goes over the wire: heads, bodies, and event streams.

mod accounts;
mod stream;
mod text;

use core::str::FromStr;
use std::borrow::Cow;

use barerock_sigv4::header_name::X_AMZ_SECURITY_TOKEN;
use barerock_sigv4::parameter_name::SIGNATURE;
use barerock_sigv4::{REDACTED, Secrets, redact};
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION, SET_COOKIE};

pub use self::stream::StreamRedactor;

/// Headers whose value is a secret, whatever it is.
const SECRET_HEADERS: [HeaderName; 4] =
    [HeaderName::from_static(X_AMZ_SECURITY_TOKEN), PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// What is redacted beside secrets. As text: `accounts`, `text`, or both with a comma between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Redaction {
    /// AWS account ids become 123456789012, and access key ids, which contain one, AWS's example.
    pub accounts: bool,
    /// Strings of JSON bodies and events become as many `x` as they have bytes: prompts, responses, tool inputs and results,
    /// documents and error messages. Members that only name something keep their value: roles, formats, stop reasons, ids and
    /// names of tools. A body that is not JSON is redacted as a whole.
    pub text: bool,
}

impl FromStr for Redaction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut redaction = Self::default();
        for part in text.split(',') {
            match part.trim() {
                "accounts" => redaction.accounts = true,
                "text" => redaction.text = true,
                _ => return Err(format!("unknown part {part:?}: wants accounts, text or accounts,text")),
            }
        }
        Ok(redaction)
    }
}

/// Returns a body with the secrets of its request redacted, and in a text every session token that is named as such: to a wrong
/// signature the service answers with the canonical request it expected. Bytes that are not UTF-8 are kept.
#[must_use]
pub fn redact_body<'b>(secrets: &Secrets, body: &'b [u8]) -> Cow<'b, [u8]> {
    let hidden = secrets.hide_bytes(body);
    match core::str::from_utf8(&hidden).map(|text| (redact(text), text)) {
        Ok((redacted, text)) if redacted != text => Cow::Owned(redacted.into_bytes()),
        _ => hidden,
    }
}

/// True if the value of a header is a secret as a whole: session tokens, cookies and a proxy's password.
#[must_use]
pub fn is_secret_header(name: &HeaderName) -> bool {
    SECRET_HEADERS.contains(name)
}

/// Redacts the parts of an exchange.
#[derive(Debug, Clone)]
pub(crate) struct Redactor {
    secrets: Secrets,
    redaction: Redaction,
}

impl Redactor {
    pub(crate) fn new(secrets: Secrets, redaction: Redaction) -> Self {
        Self { secrets, redaction }
    }

    /// True if it changes nothing.
    fn is_idle(&self) -> bool {
        self.secrets.is_empty() && self.redaction == Redaction::default()
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A body, or the payload of a frame.
    pub(crate) fn body<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        let mut redacted = redact_body(&self.secrets, body);
        if self.redaction.accounts {
            redacted = chain(redacted, accounts::hide);
        }
        if self.redaction.text {
            redacted = chain(redacted, text::mask);
        }
        redacted
    }

    /// A text that is not content: a header, a URI.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut hidden = self.secrets.hide(text).into_owned();
        if self.redaction.accounts {
            hidden = String::from_utf8_lossy(&accounts::hide(hidden.as_bytes())).into_owned();
        }
        if hidden == text { Cow::Borrowed(text) } else { Cow::Owned(hidden) }
    }

    /// The value of a header. Signatures are redacted: they belong to their time.
    pub(crate) fn header(&self, name: &HeaderName, value: &HeaderValue) -> String {
        let is_hash_of_text = self.redaction.text && name == "x-amz-content-sha256";
        if is_secret_header(name) || name == AUTHORIZATION || is_hash_of_text {
            return REDACTED.to_owned();
        }
        self.text(&String::from_utf8_lossy(value.as_bytes())).into_owned()
    }

    /// A URI, without user name, password, token and signature.
    pub(crate) fn uri(&self, uri: &str) -> String {
        let mut uri = self.text(&redact(uri)).into_owned();
        let authority = uri.find("://").map_or(0, |at| at.saturating_add(3));
        let end = uri
            .get(authority..)
            .and_then(|rest| rest.find(['/', '?']))
            .map_or(uri.len(), |at| at + authority);
        if let Some(at) = uri.get(authority..end).and_then(|authority| authority.rfind('@')) {
            uri.replace_range(authority..authority + at, REDACTED);
        }
        redact_signature(uri)
    }
}

/// A URI or query with the signature of a presigned request blanked.
pub(crate) fn redact_signature(mut uri: String) -> String {
    let lower = uri.to_ascii_lowercase();
    let parameter = format!("{}=", SIGNATURE.to_ascii_lowercase());
    if let Some(value) = lower.find(&parameter).map(|at| at + parameter.len()) {
        let end = uri.get(value..).and_then(|rest| rest.find('&')).map_or(uri.len(), |at| at + value);
        uri.replace_range(value..end, REDACTED);
    }
    uri
}

/// Applies a redaction to what another has left.
fn chain<'b>(bytes: Cow<'b, [u8]>, redact: impl Fn(&[u8]) -> Cow<'_, [u8]>) -> Cow<'b, [u8]> {
    match redact(&bytes) {
        Cow::Owned(changed) => Cow::Owned(changed),
        Cow::Borrowed(_) => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_tokens_in_a_body() {
        let none = Secrets::new();
        assert_eq!(
            &*redact_body(&none, b"x-amz-security-token:SECRET\nhost"),
            b"x-amz-security-token:**redacted**\nhost"
        );
        assert_eq!(&*redact_body(&none, b"\xff\x00"), b"\xff\x00");
    }

    #[test]
    fn a_uri_keeps_no_credentials() {
        let redactor = Redactor::new(["KOALA-KEY"].into_iter().collect(), "accounts".parse().unwrap());
        for (uri, expected) in [
            ("/model/m/converse", "/model/m/converse"),
            ("http://u:p@h:1/a@b", "http://**redacted**@h:1/a@b"),
            (
                "https://h/?X-Amz-Security-Token=T&x-amz-signature=abc&a=1",
                "https://h/?X-Amz-Security-Token=**redacted**&x-amz-signature=**redacted**&a=1",
            ),
            ("https://h/KOALA-KEY", "https://h/**redacted**"),
            (
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A210987654321%3Ax/converse",
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ax/converse",
            ),
        ] {
            assert_eq!(redactor.uri(uri), expected);
        }
    }

    #[test]
    fn parts_are_named() {
        assert_eq!("accounts".parse(), Ok(Redaction { accounts: true, text: false }));
        assert_eq!("text, accounts".parse(), Ok(Redaction { accounts: true, text: true }));
        assert!("prompts".parse::<Redaction>().is_err() && "".parse::<Redaction>().is_err());
    }
}
