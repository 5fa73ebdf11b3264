//! Short-term Bedrock API keys: a presigned `CallWithBearerToken` request in base64, created and parsed without a call.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::canonical::{Path, RequestParts};
use crate::credentials::REDACTED;
use crate::names::parameter_name;
use crate::payload::PayloadHash;
use crate::presign::{Order, presign_parts};
use crate::sign::SigningContext;
use crate::uri::{decoded, parameters};
use crate::{CredentialScope, Credentials, SignError, SigningSettings, Timestamp};

/// Limit on the validity of a short-term key: 12 hours, in seconds.
pub const MAX_API_KEY_SECONDS: u32 = 43_200;

const PREFIX: &str = "bedrock-api-key-";
/// Prefix of long-term keys, which IAM creates and which contain no region or expiry.
const LONG_TERM_PREFIX: &str = "ABSK";
const HOST: &str = "bedrock.amazonaws.com";
const SERVICE: &str = "bedrock";
const ACTION: &str = "Action=CallWithBearerToken";
const VERSION: &str = "&Version=1";

/// Short-term Bedrock API key, `bedrock-api-key-…`. Zeroed when dropped; `Debug` does not show it.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Creates a key for `region` that is valid from `timestamp` for `seconds`, or until the credentials expire if that is
    /// earlier.
    ///
    /// # Errors
    /// [`SignError::InvalidApiKeyExpiry`] unless `seconds` is from 1 to 43,200 (12 hours); the error of an empty or malformed
    /// region, key id, secret or token.
    pub fn mint(
        credentials: &Credentials,
        region: &str,
        timestamp: &Timestamp,
        seconds: u32,
    ) -> Result<Self, SignError> {
        if !(1..=MAX_API_KEY_SECONDS).contains(&seconds) {
            return Err(SignError::InvalidApiKeyExpiry { seconds });
        }
        let settings = SigningSettings::default();
        let context = SigningContext::new(credentials.borrowed(), timestamp, region, SERVICE, settings)?;
        let presigned = presign_parts(
            RequestParts { method: "POST", path: Path::Sent("/"), query: ACTION },
            &[("host", HOST.as_bytes())],
            &PayloadHash::of(b""),
            seconds.into(),
            &context,
            &context.derive_key(),
            Order::ExpiresFirst,
        )?;
        // The version is not signed.
        let url = Zeroizing::new(format!("{HOST}/?{}{VERSION}", presigned.query()));
        Ok(Self(Zeroizing::new(format!("{PREFIX}{}", *Zeroizing::new(STANDARD.encode(url.as_bytes()))))))
    }

    /// Returns the key, the value for `Authorization: Bearer` and `AWS_BEARER_TOKEN_BEDROCK`. Never log it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({REDACTED})")
    }
}

/// Contents of a short-term key. Only AWS can check its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyInfo {
    access_key_id: String,
    region: String,
    signed_at: Timestamp,
    expires_at: Timestamp,
}

impl ApiKeyInfo {
    /// Parses a short-term key.
    ///
    /// # Errors
    /// [`ApiKeyError`] if the text is not a short-term key. The error does not contain the text.
    pub fn read(key: &str) -> Result<Self, ApiKeyError> {
        let key = key.trim();
        if key.starts_with(LONG_TERM_PREFIX) {
            return Err(ApiKeyError::LongTerm);
        }
        let encoded = key.strip_prefix(PREFIX).ok_or(ApiKeyError::NotAnApiKey)?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_odd| ApiKeyError::NotBase64)?);
        let url = core::str::from_utf8(&bytes).map_err(|_odd| ApiKeyError::NotPresigned)?;
        Self::of_url(url).ok_or(ApiKeyError::NotPresigned)
    }

    fn of_url(url: &str) -> Option<Self> {
        let url = url.strip_prefix("https://").unwrap_or(url);
        let (head, query) = url.split_once('?')?;
        if head.trim_end_matches('/') != HOST
            || !parameters(query).any(|pair| pair == ("Action", "CallWithBearerToken"))
        {
            return None;
        }
        let value = |name| {
            let (_, value) = parameters(query).find(|(found, _)| *found == name)?;
            String::from_utf8(decoded(value).collect()).ok()
        };
        let credential = value(parameter_name::CREDENTIAL)?;
        let (access_key_id, scope) = credential.split_once('/')?;
        let scope = CredentialScope::parse(scope).filter(|scope| scope.service() == SERVICE)?;
        let signed_at = Timestamp::parse(&value(parameter_name::DATE)?).ok()?;
        let seconds: u32 = value(parameter_name::EXPIRES)?.parse().ok()?;
        let expires_at = signed_at.unix_secs().checked_add(seconds.into())?;
        Some(Self {
            access_key_id: access_key_id.to_string(),
            region: scope.region().to_string(),
            signed_at,
            expires_at: Timestamp::from_unix_secs(expires_at).ok()?,
        })
    }

    /// Returns the access key id of the credentials that created the key.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Returns the only region for which the key is valid.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Returns the time at which the key was created.
    #[must_use]
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Returns the time at which the key expires, unless the credentials that created it expire earlier.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Error of parsing a short-term Bedrock API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKeyError {
    /// The text does not begin with the prefix of a key.
    NotAnApiKey,
    /// The text is a long-term key, which contains no region or expiry.
    LongTerm,
    /// The text after the prefix is not base64, often because it was truncated when copied.
    NotBase64,
    /// The content is not a presigned `CallWithBearerToken` request.
    NotPresigned,
}

impl ApiKeyError {
    /// Returns advice in one sentence, if there is any.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::LongTerm => Some("The IAM console shows the expiry of a long-term key."),
            Self::NotBase64 => Some("Check that the key was copied completely."),
            Self::NotAnApiKey | Self::NotPresigned => None,
        }
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnApiKey => write!(f, "not a Bedrock API key: it does not begin with {PREFIX}"),
            Self::LongTerm => {
                f.write_str("a long-term Bedrock API key, which does not contain its region or expiry")
            }
            Self::NotBase64 => f.write_str("invalid base64 after the prefix of a Bedrock API key"),
            Self::NotPresigned => {
                f.write_str("a Bedrock API key without a presigned CallWithBearerToken in it")
            }
        }
    }
}

impl core::error::Error for ApiKeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp() -> Timestamp {
        Timestamp::parse("20260102T030405Z").expect("valid")
    }

    #[test]
    fn a_minted_key_reads_back() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("TO/KEN".into()));
        let key = ApiKey::mint(&credentials, "eu-central-1", &timestamp(), 3600).expect("mints");
        let info = ApiKeyInfo::read(key.as_str()).expect("reads");
        assert_eq!(info.access_key_id(), "AKIDEXAMPLE");
        assert_eq!(info.region(), "eu-central-1");
        assert_eq!(info.signed_at(), timestamp());
        assert_eq!(info.expires_at().amz_date(), "20260102T040405Z");
        assert_eq!(format!("{key:?}"), "ApiKey(**redacted**)");
    }

    #[test]
    fn a_key_is_valid_for_at_most_twelve_hours() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None);
        for seconds in [0, MAX_API_KEY_SECONDS + 1] {
            let found = ApiKey::mint(&credentials, "us-east-1", &timestamp(), seconds);
            assert_eq!(found.err(), Some(SignError::InvalidApiKeyExpiry { seconds }));
        }
    }

    #[test]
    fn other_texts_are_named() {
        let encoded = |text: &str| format!("{PREFIX}{}", STANDARD.encode(text));
        for (key, error) in [
            ("".into(), ApiKeyError::NotAnApiKey),
            ("sk-ant-x".into(), ApiKeyError::NotAnApiKey),
            ("ABSKQmVkcm9ja0FQSUtleS0".into(), ApiKeyError::LongTerm),
            (format!("{PREFIX}Ym"), ApiKeyError::NotBase64),
            (encoded("bedrock.amazonaws.com/"), ApiKeyError::NotPresigned),
            (encoded("evil.example/?Action=CallWithBearerToken"), ApiKeyError::NotPresigned),
        ] {
            assert_eq!(ApiKeyInfo::read(&key), Err(error), "{key}");
        }
    }
}
