//! Why a signature was not accepted.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::redact::redact;
use crate::{SignError, Timestamp};

/// The step at which verification failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is neither an `authorization` header nor an `X-Amz-Algorithm` in the query.
    MissingSignature,
    /// There is a signature or other authorization, but not by `AWS4-HMAC-SHA256`: a bearer key, or SigV4A.
    UnsupportedAlgorithm,
    /// The signature's parts cannot be read.
    Malformed {
        /// Which, and how.
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
    /// A header is named as signed, and is not there.
    SignedHeaderMissing {
        /// The header.
        name: String,
    },
    /// The signature was made later than now, by more than the clocks may be apart.
    NotYetCurrent {
        /// When it was made, by the client's clock.
        signed: Timestamp,
        /// The verifier's clock.
        now: Timestamp,
    },
    /// The signature is too old.
    Expired {
        /// When it was made, by the client's clock.
        signed: Timestamp,
        /// The verifier's clock.
        now: Timestamp,
        /// How long it lasts.
        seconds: u64,
    },
    /// The session token is not the credentials', or there is one where none belongs, or none where one does.
    WrongSessionToken,
    /// `x-amz-content-sha256` is neither the body's hash nor a word that is allowed.
    WrongPayloadHash,
    /// The request could not be signed by anyone.
    Unsignable(SignError),
    /// All else is right: the secrets differ, or the texts that were signed.
    SignatureMismatch(Box<SignatureMismatch>),
}

impl VerifyError {
    /// The error type AWS's services answer with.
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

/// What the verifier would have signed. `Debug` does not show the session token.
#[derive(Clone)]
pub struct SignatureMismatch {
    canonical_request: String,
    string_to_sign: String,
}

impl SignatureMismatch {
    pub(super) fn new(canonical_request: String, string_to_sign: String) -> Self {
        Self { canonical_request, string_to_sign }
    }

    /// The verifier's canonical request, session token included.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.canonical_request
    }

    /// The verifier's canonical request with the session token blanked.
    #[must_use]
    pub fn redacted_canonical_request(&self) -> String {
        redact(&self.canonical_request)
    }

    /// The verifier's string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// The message of an `InvalidSignatureException` as AWS words it, with the session token blanked.
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
