//! The string to sign, the `authorization` header, and signing of a borrowed request.

use core::fmt;

use crate::canonical::{CanonicalRequest, Request};
use crate::hash::{Sink, show};
#[cfg(feature = "http")]
use crate::hex::HEX_LENGTH;
use crate::hex::HexText;
use crate::key::{Signature, SigningKey};
use crate::payload::{PayloadHash, SHA256_LENGTH};
use crate::{CredentialScope, CredentialsRef, SignError, SigningSettings, Timestamp};

/// Algorithm: "The algorithm used to create the hash of the canonical request. For SHA-256, the algorithm is
/// AWS4-HMAC-SHA256."
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Credentials, scope, time and settings of a signature.
#[derive(Clone, Copy, Debug)]
pub struct SigningContext<'a> {
    pub(crate) credentials: CredentialsRef<'a>,
    pub(crate) scope: CredentialScope<'a>,
    pub(crate) timestamp: &'a Timestamp,
    pub(crate) settings: SigningSettings,
}

impl<'a> SigningContext<'a> {
    /// Creates a context.
    ///
    /// # Errors
    /// If the region, service, key id, secret or token is empty or malformed.
    pub fn new(
        credentials: CredentialsRef<'a>,
        timestamp: &'a Timestamp,
        region: &'a str,
        service: &'a str,
        settings: SigningSettings,
    ) -> Result<Self, SignError> {
        let scope = CredentialScope::new(timestamp, region, service)?;
        credentials.check()?;
        Ok(Self { credentials, scope, timestamp, settings })
    }

    /// Returns the credentials.
    #[must_use]
    pub fn credentials(&self) -> CredentialsRef<'a> {
        self.credentials
    }

    /// Returns the time of the signature.
    #[must_use]
    pub fn timestamp(&self) -> &'a Timestamp {
        self.timestamp
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> SigningSettings {
        self.settings
    }

    /// Returns the scope of the signature.
    #[must_use]
    pub fn scope(&self) -> CredentialScope<'a> {
        self.scope
    }

    /// Derives the signing key, which is valid as long as the scope is the same.
    #[must_use]
    pub fn derive_key(&self) -> SigningKey {
        SigningKey::derive(self.credentials.secret_access_key(), &self.scope)
    }
}

// spec: sigv4#string-to-sign "StringToSign = Algorithm + '\n' + RequestDateTime + '\n' + CredentialScope + '\n' + HashedCanonicalRequest."
/// String to sign: "StringToSign = Algorithm + '\n' + RequestDateTime + '\n' + CredentialScope + '\n' +
/// HashedCanonicalRequest."
#[derive(Clone, Copy)]
pub struct StringToSign<'a> {
    timestamp: &'a Timestamp,
    scope: CredentialScope<'a>,
    canonical_request_hash: HexText,
}

impl<'a> StringToSign<'a> {
    /// Creates the string to sign for the hash of a canonical request.
    #[must_use]
    pub fn new(
        timestamp: &'a Timestamp,
        scope: CredentialScope<'a>,
        canonical_request_hash: &[u8; SHA256_LENGTH],
    ) -> Self {
        Self { timestamp, scope, canonical_request_hash: HexText::new(canonical_request_hash) }
    }

    pub(crate) fn write_to(&self, out: &mut impl Sink) {
        let hash = self.canonical_request_hash.as_bytes();
        write_string_to_sign(out, self.timestamp, |out| self.scope.write_to(out), hash);
    }
}

pub(crate) fn write_string_to_sign<S: Sink>(
    out: &mut S,
    timestamp: &Timestamp,
    write_scope: impl FnOnce(&mut S),
    canonical_request_hash: &[u8],
) {
    out.put(ALGORITHM.as_bytes());
    out.put(b"\n");
    out.put(timestamp.as_bytes());
    out.put(b"\n");
    write_scope(out);
    out.put(b"\n");
    out.put(canonical_request_hash);
}

impl fmt::Display for StringToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.write_to(out))
    }
}

impl fmt::Debug for StringToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StringToSign({self})")
    }
}

/// All stages of a signature.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    access_key_id: &'a str,
    scope: CredentialScope<'a>,
    canonical_request: CanonicalRequest<'a>,
    string_to_sign: StringToSign<'a>,
    signature: Signature,
}

impl<'a> SignedRequest<'a> {
    /// Returns the canonical request.
    #[must_use]
    pub fn canonical_request(&self) -> &CanonicalRequest<'a> {
        &self.canonical_request
    }

    /// Returns the string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &StringToSign<'a> {
        &self.string_to_sign
    }

    /// Returns the signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Returns the value of the `authorization` header.
    #[must_use]
    pub fn authorization(&self) -> Authorization<'_, 'a> {
        Authorization {
            access_key_id: self.access_key_id,
            scope: self.scope,
            canonical_request: &self.canonical_request,
            signature: self.signature,
        }
    }
}

/// Signs a borrowed request in the `authorization` header, without allocating or changing the request.
///
/// The caller sends the request with the `authorization` header, with `x-amz-date`, and, if the credentials and settings
/// require them, with `x-amz-security-token` and `x-amz-content-sha256`. `key` is from [`SigningContext::derive_key`].
///
/// ```
/// use barerock_sigv4::{CredentialsRef, PayloadHash, Request, SigningContext, SigningSettings, Timestamp, sign_request};
///
/// let timestamp = Timestamp::parse("20150830T123600Z")?;
/// let credentials = CredentialsRef::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
/// let context = SigningContext::new(credentials, &timestamp, "us-east-1", "service", SigningSettings::default())?;
///
/// let request = Request::new("GET", "/", "", &[("Host", b"example.amazonaws.com")]);
/// let payload = PayloadHash::of(b"");
/// let signed = sign_request(&request, &payload, &context, &context.derive_key())?;
/// assert_eq!(
///     signed.authorization().to_string(),
///     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
///      SignedHeaders=host;x-amz-date, \
///      Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
/// );
/// # Ok::<(), barerock_sigv4::SignError>(())
/// ```
///
/// # Errors
/// If there is no `host` header, the request has control characters, or it has too many headers, query parameters or path
/// segments to sort on the stack.
pub fn sign_request<'a>(
    request: &Request<'a>,
    payload: &'a PayloadHash,
    context: &SigningContext<'a>,
    key: &SigningKey,
) -> Result<SignedRequest<'a>, SignError> {
    let canonical_request = CanonicalRequest::new(request, payload, context)?;
    let string_to_sign = StringToSign::new(context.timestamp, context.scope, &canonical_request.hash());
    Ok(SignedRequest {
        access_key_id: context.credentials.access_key_id(),
        scope: context.scope,
        canonical_request,
        string_to_sign,
        signature: key.sign_written(|hasher| string_to_sign.write_to(hasher)),
    })
}

/// Value of the `authorization` header: "Authorization: algorithm Credential=access key ID/credential scope,
/// SignedHeaders=SignedHeaders, Signature=signature."
#[derive(Clone, Copy)]
pub struct Authorization<'r, 'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) scope: CredentialScope<'a>,
    pub(crate) canonical_request: &'r CanonicalRequest<'a>,
    pub(crate) signature: Signature,
}

const CREDENTIAL: &str = " Credential=";
const SIGNED_HEADERS: &str = ", SignedHeaders=";
const SIGNATURE: &str = ", Signature=";

/// Number of bytes that [`write_authorization`] writes in addition to key id, scope and names.
#[cfg(feature = "http")]
pub(crate) const AUTHORIZATION_LENGTH: usize =
    ALGORITHM.len() + CREDENTIAL.len() + 1 + SIGNED_HEADERS.len() + SIGNATURE.len() + HEX_LENGTH;

pub(crate) fn write_authorization<S: Sink>(
    out: &mut S,
    access_key_id: &str,
    write_scope: impl FnOnce(&mut S),
    write_names: impl FnOnce(&mut S),
    signature: Signature,
) {
    out.put(ALGORITHM.as_bytes());
    out.put(CREDENTIAL.as_bytes());
    out.put(access_key_id.as_bytes());
    out.put(b"/");
    write_scope(out);
    out.put(SIGNED_HEADERS.as_bytes());
    write_names(out);
    out.put(SIGNATURE.as_bytes());
    out.put(signature.hex().as_bytes());
}

impl Authorization<'_, '_> {
    fn write_to(&self, out: &mut impl Sink) {
        write_authorization(
            out,
            self.access_key_id,
            |out| self.scope.write_to(out),
            |out| self.canonical_request.write_signed_headers(out),
            self.signature,
        );
    }
}

impl fmt::Display for Authorization<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, |out| self.write_to(out))
    }
}

impl fmt::Debug for Authorization<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorization({self})")
    }
}
