//! Errors of signing.

use core::fmt;

use crate::headers::MAX_SIGNED_HEADERS;
use crate::settings::MAX_EXPIRES_SECONDS;
use crate::timestamp::{MAX_YEAR, MIN_YEAR};
use crate::uri::{MAX_PATH_SEGMENTS, MAX_QUERY_PARAMETERS};

/// Error of signing a request. The request is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The region is empty, or has a character that is invalid in a credential scope.
    InvalidRegion,
    /// The service's signing name is empty, or has a character that is invalid in a credential scope.
    InvalidService,
    /// The access key id is empty, or has a character that is invalid in an `authorization` header.
    InvalidAccessKeyId,
    /// The secret access key is empty.
    EmptySecretAccessKey,
    /// The session token is empty, or has a character that is invalid in a header.
    InvalidSessionToken,
    /// The time is outside of the years 1970 to 9999, or its text is not of the form `20150830T123600Z`.
    InvalidTimestamp,
    /// The method is empty or not an HTTP token.
    InvalidMethod,
    /// The request target has a control character.
    InvalidTarget {
        /// Offset in the path or query, in bytes.
        offset: usize,
    },
    /// The URI with the signature is too long for an `http::Uri`.
    UriTooLong,
    /// There is no `host` header, and no authority in the URI to derive one from.
    MissingHost,
    /// A header's name is not an HTTP token.
    InvalidHeaderName {
        /// Index of the header, counted from 0, in the order given.
        index: usize,
    },
    /// A header's value has a control character, or is not UTF-8.
    InvalidHeaderValue {
        /// Index of the header, counted from 0, in the order given.
        index: usize,
        /// Offset in the value, in bytes.
        offset: usize,
    },
    /// More than [`MAX_SIGNED_HEADERS`] header lines would be signed.
    TooManyHeaders,
    /// The query has more than [`MAX_QUERY_PARAMETERS`] parameters.
    TooManyQueryParameters {
        /// Number of parameters.
        found: usize,
    },
    /// A path that needs normalizing has more than [`MAX_PATH_SEGMENTS`] segments.
    TooManyPathSegments {
        /// Number of segments.
        found: usize,
    },
    /// The validity of a presigned URL is zero or longer than seven days.
    InvalidExpiry {
        /// The requested validity in seconds.
        seconds: u64,
    },
    /// The validity of a Bedrock API key is zero or longer than 12 hours.
    #[cfg(feature = "apikey")]
    InvalidApiKeyExpiry {
        /// The requested validity in seconds.
        seconds: u32,
    },
}

impl SignError {
    /// Returns true if the credentials, region or service are invalid, so that no request can be signed with them.
    #[must_use]
    pub const fn is_of_credentials(&self) -> bool {
        matches!(
            self,
            Self::InvalidRegion
                | Self::InvalidAccessKeyId
                | Self::EmptySecretAccessKey
                | Self::InvalidSessionToken
        )
    }
}

impl SignError {
    /// Returns advice in one sentence, if there is any.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidRegion => "Name a region such as us-east-1.",
            Self::InvalidService => "Name a service such as bedrock.",
            Self::InvalidSessionToken => "Check the session token for a line break.",
            Self::InvalidTarget { .. } => "Percent-encode the path and the query.",
            Self::UriTooLong => "Send the signature in a header.",
            Self::MissingHost => "Add a host header.",
            _ => return None,
        })
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRegion => {
                f.write_str("the region is empty or has a character outside a-z, A-Z, 0-9, '-', '_' and '.'")
            }
            Self::InvalidService => f.write_str(
                "the service name is empty or has a character outside a-z, A-Z, 0-9, '-', '_' and '.'",
            ),
            Self::InvalidAccessKeyId => f.write_str(
                "the access key id is empty or has a character outside visible ASCII, or a '/', ',' or '='",
            ),
            Self::EmptySecretAccessKey => f.write_str("the secret access key is empty"),
            Self::InvalidSessionToken => {
                f.write_str("the session token is empty or has a character outside visible ASCII")
            }
            Self::InvalidTimestamp => write!(
                f,
                "the time is not within the years {MIN_YEAR} to {MAX_YEAR}, or not written as 20150830T123600Z"
            ),
            Self::InvalidMethod => f.write_str("the method is empty or not an HTTP token"),
            Self::InvalidTarget { offset } => {
                write!(f, "the path or query has a control character at byte {offset}")
            }
            Self::UriTooLong => f.write_str("the URI with the signature in it is too long"),
            Self::MissingHost => {
                f.write_str("no host header, and no authority in the URI to derive one from")
            }
            Self::InvalidHeaderName { index } => {
                write!(f, "the name of header {index} (counted from 0) is empty or not an HTTP token")
            }
            Self::InvalidHeaderValue { index, offset } => write!(
                f,
                "the value of header {index} (counted from 0) has a control character or is not UTF-8 at byte {offset}"
            ),
            Self::TooManyHeaders => write!(f, "more than {MAX_SIGNED_HEADERS} header lines to sign"),
            Self::TooManyQueryParameters { found } => write!(
                f,
                "the query has {found} parameters, more than the {MAX_QUERY_PARAMETERS} that are signed"
            ),
            Self::TooManyPathSegments { found } => write!(
                f,
                "the path needs normalizing and has {found} segments, more than the {MAX_PATH_SEGMENTS} that are normalized"
            ),
            Self::InvalidExpiry { seconds } => write!(
                f,
                "a presigned URL can be valid for 1 to {MAX_EXPIRES_SECONDS} seconds (seven days), not {seconds}"
            ),
            #[cfg(feature = "apikey")]
            Self::InvalidApiKeyExpiry { seconds } => write!(
                f,
                "a Bedrock API key can be valid for 1 to {} seconds (12 hours), not {seconds}",
                crate::apikey::MAX_API_KEY_SECONDS
            ),
        }
    }
}

impl core::error::Error for SignError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn errors_say_what_and_where() {
        for (error, text) in [
            (
                SignError::InvalidRegion,
                "the region is empty or has a character outside a-z, A-Z, 0-9, '-', '_' and '.'",
            ),
            (
                SignError::InvalidHeaderValue { index: 2, offset: 7 },
                "the value of header 2 (counted from 0) has a control character or is not UTF-8 at byte 7",
            ),
            (
                SignError::InvalidExpiry { seconds: 604_801 },
                "a presigned URL can be valid for 1 to 604800 seconds (seven days), not 604801",
            ),
            (
                SignError::InvalidTimestamp,
                "the time is not within the years 1970 to 9999, or not written as 20150830T123600Z",
            ),
            (SignError::MissingHost, "no host header, and no authority in the URI to derive one from"),
            (SignError::TooManyHeaders, "more than 100 header lines to sign"),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
