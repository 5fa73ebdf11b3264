//! Verification of the signature of a received `http::Request`, as a service does it.

mod claim;
mod error;
#[cfg(test)]
mod tests;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};

use ::http::header::HeaderMap;
use ::http::{Request, uri::Uri};

use self::claim::{Claim, Form};
pub use self::error::{SignatureMismatch, VerifyError};
use crate::canonical::{CanonicalRequest, Path, RequestParts};
use crate::credentials::Credentials;
use crate::http::host_of;
use crate::key::{Signature, SigningKey};
use crate::names::header_name::{HOST, X_AMZ_CONTENT_SHA256, X_AMZ_SECURITY_TOKEN};
use crate::names::parameter_name;
use crate::payload::PayloadHash;
use crate::settings::{PayloadSigning, SessionTokenSigning};
use crate::sign::StringToSign;
use crate::{SigningSettings, Timestamp};

/// Limit on the difference between the clocks of client and service, in seconds: five minutes, as for AWS's services.
pub const MAX_CLOCK_SKEW_SECONDS: u32 = 300;

/// Prefix of headers that must be signed.
const MUST_BE_SIGNED_PREFIX: &str = "x-amz-";

/// Settings of verification.
#[derive(Clone, Debug, Default)]
pub struct VerifySettings {
    signing: SigningSettings,
    region: Option<String>,
    service: Option<String>,
    allow_unsigned_payload: bool,
}

impl VerifySettings {
    /// Sets the settings that the client signs with; Bedrock's by default.
    #[must_use]
    pub fn with_signing(mut self, signing: SigningSettings) -> Self {
        self.signing = signing;
        self
    }

    /// Accepts only signatures for this region; any region by default.
    #[must_use]
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Accepts only signatures for this service; any service by default.
    #[must_use]
    pub fn with_service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Sets whether a client may send `x-amz-content-sha256: UNSIGNED-PAYLOAD`; false by default.
    #[must_use]
    pub fn with_allow_unsigned_payload(mut self, allow: bool) -> Self {
        self.allow_unsigned_payload = allow;
        self
    }
}

/// A verified signature.
#[derive(Clone, Debug)]
pub struct Verified {
    access_key_id: String,
    region: String,
    service: String,
    timestamp: Timestamp,
    signature: Signature,
}

impl Verified {
    /// Returns the access key id that signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Returns the region of the scope.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Returns the service of the scope.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Returns the time of the signature.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the signature, the seed of a stream of signed events.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

/// Verifies the signature of a received request, in its `authorization` header or in its query.
///
/// `credentials_of` finds the credentials of an access key id; for one known key, pass
/// `|id| (id == credentials.access_key_id()).then(|| credentials.clone())`. The signature is compared in constant time.
///
/// # Errors
/// A [`VerifyError`] for the first check that failed.
pub fn verify_http<B: AsRef<[u8]>>(
    request: &Request<B>,
    credentials_of: impl FnOnce(&str) -> Option<Credentials>,
    now: Timestamp,
    settings: &VerifySettings,
) -> Result<Verified, VerifyError> {
    let claim = Claim::read(request.uri(), request.headers())?;
    let credentials = credentials_of(&claim.access_key_id).ok_or(VerifyError::UnknownAccessKeyId)?;
    verify_claim(
        &claim,
        request.method().as_str(),
        request.uri(),
        request.headers(),
        request.body().as_ref(),
        &credentials,
        now,
        settings,
    )
}

/// Verifies a request in parts. Not generic, so that there is one copy for all body types.
#[expect(clippy::too_many_arguments, reason = "the parts of a request of any body type")]
fn verify_claim(
    claim: &Claim,
    method: &str,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    credentials: &Credentials,
    now: Timestamp,
    settings: &VerifySettings,
) -> Result<Verified, VerifyError> {
    check_scope(claim, settings)?;
    check_signed_headers(claim, headers, settings)?;
    check_time(claim, now)?;
    check_token(claim, credentials)?;
    let payload = check_payload(headers, body, settings)?;

    let parts = RequestParts { method, path: Path::Sent(uri.path()), query: uri.query().unwrap_or_default() };
    let lines = signed_lines(claim, uri, headers)?;
    let left_out: &[&str] = match (claim.form, settings.signing.session_token) {
        (Form::Header, _) => &[],
        (Form::Query { .. }, SessionTokenSigning::Signed) => &[parameter_name::SIGNATURE],
        (Form::Query { .. }, SessionTokenSigning::AddedAfter) => {
            &[parameter_name::SIGNATURE, parameter_name::SECURITY_TOKEN]
        }
    };
    let canonical_request =
        CanonicalRequest::for_received(parts, &lines, &payload, &settings.signing, left_out)
            .map_err(VerifyError::Unsignable)?;
    let scope = claim.scope();
    let string_to_sign = StringToSign::new(&claim.timestamp, scope, &canonical_request.hash());
    let signature = SigningKey::derive(credentials.secret_access_key(), &scope).sign(string_to_sign);
    if signature != claim.signature {
        return Err(VerifyError::SignatureMismatch(Box::new(SignatureMismatch::new(
            canonical_request.to_string(),
            string_to_sign.to_string(),
        ))));
    }
    Ok(Verified {
        access_key_id: claim.access_key_id.clone(),
        region: scope.region().to_owned(),
        service: scope.service().to_owned(),
        timestamp: claim.timestamp,
        signature,
    })
}

fn check_scope(claim: &Claim, settings: &VerifySettings) -> Result<(), VerifyError> {
    let scope = claim.scope();
    if scope.date() != claim.timestamp.date() {
        return Err(VerifyError::WrongScopeDate {
            scope: scope.date().to_owned(),
            request: claim.timestamp.date().to_owned(),
        });
    }
    let wrong = |expected: &Option<String>, found: &str| {
        expected
            .as_ref()
            .filter(|expected| *expected != found)
            .map(|expected| (expected.clone(), found.to_owned()))
    };
    if let Some((expected, found)) = wrong(&settings.region, scope.region()) {
        return Err(VerifyError::WrongRegion { expected, found });
    }
    if let Some((expected, found)) = wrong(&settings.service, scope.service()) {
        return Err(VerifyError::WrongService { expected, found });
    }
    Ok(())
}

// spec: sigv4#required-headers "You must include the host header"
/// Checks the rule "You must include the host header … and any x-amz-* headers in the request."
fn check_signed_headers(
    claim: &Claim,
    headers: &HeaderMap,
    settings: &VerifySettings,
) -> Result<(), VerifyError> {
    let token_may_follow = settings.signing.session_token == SessionTokenSigning::AddedAfter;
    let required = headers.keys().map(|name| name.as_str()).filter(|name| {
        name.starts_with(MUST_BE_SIGNED_PREFIX) && !(token_may_follow && *name == X_AMZ_SECURITY_TOKEN)
    });
    match [HOST].into_iter().chain(required).find(|name| !claim.signs(name)) {
        Some(name) => Err(VerifyError::HeaderNotSigned { name: name.to_owned() }),
        None => Ok(()),
    }
}

fn check_time(claim: &Claim, now: Timestamp) -> Result<(), VerifyError> {
    let skew = i64::from(MAX_CLOCK_SKEW_SECONDS);
    let (signed_at, now_seconds) = (claim.timestamp.unix_secs(), now.unix_secs());
    // A presigned request is valid for the time in its query, without an allowance for clock skew.
    let lasts = match claim.form {
        Form::Header => skew,
        Form::Query { expires_seconds } => i64::from(expires_seconds),
    };
    if signed_at > now_seconds.saturating_add(skew) {
        return Err(VerifyError::NotYetCurrent { signed: claim.timestamp, now });
    }
    if now_seconds > signed_at.saturating_add(lasts) {
        return Err(VerifyError::Expired { signed: claim.timestamp, now, seconds: lasts.unsigned_abs() });
    }
    Ok(())
}

fn check_token(claim: &Claim, credentials: &Credentials) -> Result<(), VerifyError> {
    let matches = match (&claim.session_token, credentials.session_token()) {
        (None, None) => true,
        // Hashed first, so that the time of the comparison depends neither on length nor on content.
        (Some(sent), Some(known)) => Signature::hash_of(sent) == Signature::hash_of(known),
        _ => false,
    };
    if matches { Ok(()) } else { Err(VerifyError::WrongSessionToken) }
}

/// Returns the payload's line of the canonical request: the checked value of `x-amz-content-sha256`, or else the settings'.
fn check_payload(
    headers: &HeaderMap,
    body: &[u8],
    settings: &VerifySettings,
) -> Result<PayloadHash, VerifyError> {
    let expected = PayloadHash::with(settings.signing.payload, body);
    let Some(sent) = headers.get(X_AMZ_CONTENT_SHA256) else { return Ok(expected) };
    if sent.as_bytes() == expected.as_str().as_bytes() {
        return Ok(expected);
    }
    let unsigned = PayloadHash::unsigned();
    if settings.allow_unsigned_payload && sent.as_bytes() == unsigned.as_str().as_bytes() {
        return Ok(unsigned);
    }
    // A client may always sign the body, whatever the settings expect.
    let hashed = PayloadHash::with(PayloadSigning::Hashed, body);
    if sent.as_bytes() == hashed.as_str().as_bytes() {
        return Ok(hashed);
    }
    Err(VerifyError::WrongPayloadHash)
}

/// Collects the header lines that the client lists as signed.
fn signed_lines<'r>(
    claim: &'r Claim,
    uri: &'r Uri,
    headers: &'r HeaderMap,
) -> Result<alloc::vec::Vec<(&'r str, &'r [u8])>, VerifyError> {
    let mut lines = alloc::vec::Vec::new();
    for name in claim.signed_headers() {
        let before = lines.len();
        lines.extend(headers.get_all(name).iter().map(|value| (name, value.as_bytes())));
        if lines.len() == before {
            // HTTP/2 has the host in the URI's authority.
            let host = host_of(uri).filter(|_| name == HOST);
            let missing = || VerifyError::SignedHeaderMissing { name: name.to_owned() };
            lines.push((name, host.ok_or_else(missing)?.as_bytes()));
        }
    }
    Ok(lines)
}
