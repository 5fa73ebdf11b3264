//! Errors of verification.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::redact::redact;
use crate::{SignError, Timestamp};

/// Error of verifying a signature.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifyError {
    /// The request has neither an `authorization` header nor an `X-Amz-Algorithm` in the query.
    MissingSignature,
    /// The authorization is not by `AWS4-HMAC-SHA256`, but for example a bearer key or SigV4A.
    UnsupportedAlgorithm,
    /// The signature's parts cannot be parsed.
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
    /// The access key id is unknown.
    UnknownAccessKeyId,
    /// The scope's day is not the day of the request's date.
    WrongScopeDate {
        /// The day in the scope.
        scope: String,
        /// The day of the request.
        request: String,
    },
    /// The scope is for another region.
    WrongRegion {
        /// The region of the service.
        expected: String,
        /// The region in the scope.
        found: String,
    },
    /// The scope is for another service.
    WrongService {
        /// The service's signing name.
        expected: String,
        /// The service in the scope.
        found: String,
    },
    /// A header that must be signed is not: `host`, or one that begins with `x-amz-`.
    HeaderNotSigned {
        /// The header.
        name: String,
    },
    /// A header is listed as signed but missing.
    SignedHeaderMissing {
        /// The header.
        name: String,
    },
    /// The signature's time is after the verifier's by more than the allowed clock skew.
    NotYetCurrent {
        /// The signature's time, by the client's clock.
        signed: Timestamp,
        /// The verifier's clock.
        now: Timestamp,
    },
    /// The signature is too old.
    Expired {
        /// The signature's time, by the client's clock.
        signed: Timestamp,
        /// The verifier's clock.
        now: Timestamp,
        /// The signature's validity in seconds.
        seconds: u64,
    },
    /// The session token is not that of the credentials, or is missing, or the credentials have none.
    WrongSessionToken,
    /// `x-amz-content-sha256` is neither the body's hash nor an allowed literal.
    WrongPayloadHash,
    /// The request cannot be signed, for example because it has too many headers.
    Unsignable(SignError),
    /// The signature does not match: the secrets differ, or the signed texts.
    SignatureMismatch(Box<SignatureMismatch>),
}

impl VerifyError {
    /// Returns the error type with which AWS's services respond.
    #[must_use]
    pub fn aws_code(&self) -> &'static str {
        match self {
            Self::MissingSignature => "MissingAuthenticationTokenException",
            Self::UnsupportedAlgorithm | Self::Malformed { .. } => "IncompleteSignatureException",
            Self::UnknownAccessKeyId | Self::WrongSessionToken => "UnrecognizedClientException",
            _ => "InvalidSignatureException",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSignature => {
                f.write_str("the request is not signed: no authorization header, and no X-Amz-Algorithm in the query")
            }
            Self::UnsupportedAlgorithm => f.write_str("the request is not signed by AWS4-HMAC-SHA256"),
            Self::Malformed { what } => write!(f, "the signature cannot be read: {what}"),
            Self::UnknownAccessKeyId => f.write_str("the access key id is not known"),
            Self::WrongScopeDate { scope, request } => {
                write!(f, "the credential scope is of {scope}, and the request of {request}")
            }
            Self::WrongRegion { expected, found } => {
                write!(f, "the credential scope is for region {found:?}, and this is {expected}")
            }
            Self::WrongService { expected, found } => {
                write!(f, "the credential scope is for service {found:?}, and this is {expected}")
            }
            Self::HeaderNotSigned { name } => write!(f, "the header {name} must be signed, and is not"),
            Self::SignedHeaderMissing { name } => {
                write!(f, "the header {name:?} is named as signed, and is not in the request")
            }
            Self::NotYetCurrent { signed, now } => {
                write!(f, "the signature is of {signed}, and it is only {now}")
            }
            Self::Expired { signed, now, seconds } => write!(
                f,
                "the signature of {signed} lasted {seconds} seconds, and it is {now}"
            ),
            Self::WrongSessionToken => f.write_str("the session token is not that of the access key"),
            Self::WrongPayloadHash => {
                f.write_str("x-amz-content-sha256 is neither the hash of the body nor a word allowed here")
            }
            Self::Unsignable(error) => error.fmt(f),
            Self::SignatureMismatch(_) => f.write_str(
                "the signature does not match: the secret access key differs, or the request was changed after it was signed",
            ),
        }
    }
}

impl core::error::Error for VerifyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unsignable(error) => Some(error),
            _ => None,
        }
    }
}

/// The texts that the verifier would have signed. `Debug` does not show the session token.
#[derive(Clone)]
pub struct SignatureMismatch {
    canonical_request: String,
    string_to_sign: String,
}

impl SignatureMismatch {
    pub(super) fn new(canonical_request: String, string_to_sign: String) -> Self {
        Self { canonical_request, string_to_sign }
    }

    /// Returns the verifier's canonical request, including the session token.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.canonical_request
    }

    /// Returns the verifier's canonical request with the session token redacted.
    #[must_use]
    pub fn redacted_canonical_request(&self) -> String {
        redact(&self.canonical_request)
    }

    /// Returns the verifier's string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// Returns the message of an `InvalidSignatureException` in AWS's wording, with the session token redacted.
    #[must_use]
    pub fn aws_message(&self) -> String {
        alloc::format!(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.\n\n\
             The Canonical String for this request should have been\n'{}'\n\n\
             The String-to-Sign should have been\n'{}'\n",
            self.redacted_canonical_request(),
            self.string_to_sign
        )
    }
}

impl fmt::Debug for SignatureMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureMismatch")
            .field("canonical_request", &self.redacted_canonical_request())
            .field("string_to_sign", &self.string_to_sign)
            .finish()
    }
}
