//! Presigned URLs: signatures in the query.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::SignError;
use crate::canonical::{CanonicalRequest, Request, RequestParts};
use crate::hash::sha256;
use crate::headers::HeaderLine;
use crate::key::{Signature, SigningKey};
use crate::names::parameter_name;
use crate::payload::PayloadHash;
use crate::redact::redact;
use crate::settings::{MAX_EXPIRES_SECONDS, SessionTokenSigning};
use crate::sign::{ALGORITHM, SigningContext, StringToSign};
use crate::uri::write_encoded_component;

/// Order of two parameters in the URL. The signature does not depend on it, since the canonical query is sorted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The order of AWS's test suite.
    SignedHeadersFirst,
    /// The order of botocore and of Bedrock API keys.
    ExpiresFirst,
}

/// Query of a presigned URL, and the stages of its signature.
#[derive(Clone)]
pub struct Presigned {
    query: String,
    canonical_request: String,
    string_to_sign: String,
    signature: Signature,
}

impl Presigned {
    /// Returns the whole query to send, without the `?`: the request's parameters, then those of the signature. It is a secret
    /// that authorizes the request until it expires.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the canonical request, including the session token.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.canonical_request
    }

    /// Returns the string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// Returns the signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned")
            .field("canonical_request", &redact(&self.canonical_request))
            .field("string_to_sign", &self.string_to_sign)
            .finish_non_exhaustive()
    }
}

/// Signs a request in its query. The URL is valid for `expires_seconds` from the context's time.
///
/// All headers of the request except those never signed are signed, and must be sent with the URL; for a link that any
/// client can open, pass only `host`. Parameters of an earlier signature are replaced.
///
/// # Errors
/// [`SignError::InvalidExpiry`] unless `expires_seconds` is from 1 to 604,800 (seven days); else as
/// [`sign_request`](crate::sign_request).
pub fn presign(
    request: &Request<'_>,
    payload: &PayloadHash,
    expires_seconds: u64,
    context: &SigningContext<'_>,
    key: &SigningKey,
) -> Result<Presigned, SignError> {
    presign_parts(
        request.parts(),
        request.headers(),
        payload,
        expires_seconds,
        context,
        key,
        Order::SignedHeadersFirst,
    )
}

/// Presigns as [`presign`] does, with headers as a slice.
pub(crate) fn presign_parts<'a>(
    parts: RequestParts<'a>,
    headers: &'a [HeaderLine<'a>],
    payload: &'a PayloadHash,
    expires_seconds: u64,
    context: &SigningContext<'_>,
    key: &SigningKey,
    order: Order,
) -> Result<Presigned, SignError> {
    if !(1..=u64::from(MAX_EXPIRES_SECONDS)).contains(&expires_seconds) {
        return Err(SignError::InvalidExpiry { seconds: expires_seconds });
    }
    let unsigned = CanonicalRequest::for_query_form(parts, headers, payload, context)?;

    let mut query = String::with_capacity(parts.query.len().saturating_add(512));
    for parameter in parts.query.split('&') {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        if !parameter.is_empty() && !parameter_name::ALL.contains(&name) {
            push_separator(&mut query);
            query.push_str(parameter);
        }
    }
    let credential = format!("{}/{}", context.credentials.access_key_id(), context.scope);
    push_parameter(&mut query, parameter_name::ALGORITHM, ALGORITHM);
    push_parameter(&mut query, parameter_name::CREDENTIAL, &credential);
    push_parameter(&mut query, parameter_name::DATE, context.timestamp.amz_date());
    let mut last = [
        (parameter_name::SIGNED_HEADERS, unsigned.signed_headers().to_string()),
        (parameter_name::EXPIRES, expires_seconds.to_string()),
    ];
    if order == Order::ExpiresFirst {
        last.reverse();
    }
    for (name, value) in last {
        push_parameter(&mut query, name, &value);
    }
    let token = context.credentials.session_token();
    let token_is_signed = context.settings.session_token == SessionTokenSigning::Signed;
    if let Some(token) = token.filter(|_| token_is_signed) {
        push_parameter(&mut query, parameter_name::SECURITY_TOKEN, token);
    }

    let canonical_request = unsigned.with_query(&query)?;
    let mut text = Vec::with_capacity(query.len().saturating_mul(2));
    canonical_request.write_to(&mut text, false);
    let string_to_sign = StringToSign::new(context.timestamp, context.scope, &sha256(&text)).to_string();
    let signature = key.sign_text(string_to_sign.as_bytes());
    let canonical_request = String::from_utf8(text).unwrap_or_default();

    if let Some(token) = token.filter(|_| !token_is_signed) {
        push_parameter(&mut query, parameter_name::SECURITY_TOKEN, token);
    }
    push_parameter(&mut query, parameter_name::SIGNATURE, signature.hex().as_str());
    Ok(Presigned { query, canonical_request, string_to_sign, signature })
}

fn push_separator(query: &mut String) {
    if !query.is_empty() {
        query.push('&');
    }
}

fn push_parameter(query: &mut String, name: &str, value: &str) {
    push_separator(query);
    query.push_str(name);
    query.push('=');
    write_encoded_component(query, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CredentialsRef, SigningSettings, Timestamp};

    fn presign_get(query: &str, expires_seconds: u64) -> Result<Presigned, SignError> {
        let timestamp = Timestamp::parse("20150830T123600Z").expect("valid");
        let credentials = CredentialsRef::new("AKIDEXAMPLE", "secret", Some("TO/KEN"));
        let context =
            SigningContext::new(credentials, &timestamp, "us-east-1", "service", SigningSettings::default())
                .expect("valid");
        let request = Request::new("GET", "/", query, &[("host", b"example.com")]);
        presign(&request, &PayloadHash::of(b""), expires_seconds, &context, &context.derive_key())
    }

    // spec-test: sigv4#expires
    #[test]
    fn an_expiry_is_one_second_to_seven_days() {
        for seconds in [0, u64::from(MAX_EXPIRES_SECONDS) + 1, u64::MAX] {
            assert_eq!(presign_get("", seconds).err(), Some(SignError::InvalidExpiry { seconds }));
        }
        assert!(presign_get("", 1).is_ok());
        assert!(presign_get("", u64::from(MAX_EXPIRES_SECONDS)).is_ok());
    }

    #[test]
    fn presigning_again_replaces_the_signature() {
        let once = presign_get("b=2&a=1", 60).expect("signs");
        let twice = presign_get(once.query(), 60).expect("signs");
        assert_eq!(once.query(), twice.query());
        assert!(once.query().starts_with("b=2&a=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&"), "{}", once.query());
        assert!(once.query().contains("&X-Amz-Security-Token=TO%2FKEN&X-Amz-Signature="), "{}", once.query());
    }

    #[test]
    fn debug_shows_no_token() {
        let shown = format!("{:?}", presign_get("", 60).expect("signs"));
        assert!(shown.contains("X-Amz-Security-Token=**redacted**"), "{shown}");
        assert!(!shown.contains("KEN"), "{shown}");
    }
}
