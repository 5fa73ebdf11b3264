//! The credentials of a call.

use std::sync::Arc;
use std::time::SystemTime;

use barerock_config::providers::{DefaultChain, Explained, Io};
use barerock_config::{AuthScheme, Config};
use barerock_sigv4::{ApiKeyError, ApiKeyInfo, SigningContext, SigningSettings, Timestamp};
use serde::Serialize;

use crate::exit::with_options;
use crate::warnings::expired;

/// The credentials, their provider, and the providers without any.
#[derive(Debug, Default, Serialize)]
pub(super) struct Credentials {
    pub(super) provider: Option<String>,
    pub(super) access_key_id: Option<String>,
    /// The expiry, in ISO 8601; `None` without one, or if it is unknown.
    pub(super) expires: Option<String>,
    pub(super) tried: Vec<Tried>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// What to do about the error.
    #[serde(skip)]
    pub(super) hint: Option<String>,
    /// What is unusual about credentials that can be used; among the report's warnings.
    #[serde(skip)]
    pub(super) warning: Option<String>,
}

/// A provider that was tried.
#[derive(Debug, Serialize)]
pub(super) struct Tried {
    pub(super) provider: String,
    pub(super) outcome: String,
}

impl Credentials {
    /// Finds the credentials as a call does.
    pub(super) async fn find(config: &Config, scheme: AuthScheme, io: Arc<dyn Io>) -> Self {
        match (scheme, config.environment().bearer_token()) {
            (AuthScheme::Bearer, Some(key)) => Self::of_api_key(key, config, io.now()),
            _ => Self::of_chain(config, io).await,
        }
    }

    async fn of_chain(config: &Config, io: Arc<dyn Io>) -> Self {
        let now = io.now();
        let chain = DefaultChain::new(config.provider_context(io));
        let Explained { result, tried, .. } = chain.explain().await;
        let tried = tried.into_iter();
        let tried =
            tried.map(|over| Tried { provider: over.location, outcome: over.reason.to_string() }).collect();
        match result {
            Ok(found) => Self {
                error: unusable(&found.credentials, config, now),
                // The provider returns expired ones only if they are statically stable.
                warning: found
                    .expires_at
                    .filter(|time| *time <= now)
                    .map(|time| expired(found.provider, time, found.refresh_error.as_deref())),
                provider: Some(found.provider.to_owned()),
                access_key_id: Some(found.credentials.access_key_id().to_owned()),
                expires: found.expires_at.map(barerock::time::format),
                tried,
                hint: None,
            },
            Err(error) => {
                let hint = error.hint().map(with_options);
                Self { tried, error: Some(error.to_string()), hint, ..Self::default() }
            }
        }
    }

    /// A short-term key contains its access key id, region and expiry. A long-term one does not, and an endpoint of one's own may use
    /// another service's keys.
    fn of_api_key(key: &str, config: &Config, now: SystemTime) -> Self {
        let found = Self { provider: Some("bedrock-api-key".to_owned()), ..Self::default() };
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let error = "AWS_BEARER_TOKEN_BEDROCK holds characters that no key has; was it cut or quoted?";
            return Self { error: Some(error.to_owned()), ..found };
        }
        let key = match ApiKeyInfo::read(key) {
            Ok(key) => key,
            Err(ApiKeyError::LongTerm | ApiKeyError::NotAnApiKey) => return found,
            Err(error) => {
                let error = format!("AWS_BEARER_TOKEN_BEDROCK: {error}; set it anew");
                return Self { error: Some(error), ..found };
            }
        };
        let region = config.region().value.as_deref();
        let error = if Timestamp::try_from(now).is_ok_and(|now| key.expires_at() <= now) {
            Some("the key of AWS_BEARER_TOKEN_BEDROCK has expired; make another with `barerock sign --api-key`".to_owned())
        } else if region.is_some_and(|region| region != key.region()) {
            let region = region.unwrap_or_default();
            Some(format!(
                "the key of AWS_BEARER_TOKEN_BEDROCK is for {}, and the region is {region}; make them the same",
                key.region()
            ))
        } else {
            None
        };
        Self {
            access_key_id: Some(key.access_key_id().to_owned()),
            expires: Some(key.expires_at().to_extended()),
            error,
            ..found
        }
    }
}

/// Why a request cannot be signed with these credentials; `None` if it can.
fn unusable(credentials: &barerock::Credentials, config: &Config, now: SystemTime) -> Option<String> {
    // A missing region is an error of the endpoint.
    let region = config.region().value.as_deref().unwrap_or("us-east-1");
    let now = Timestamp::try_from(now).ok()?;
    let settings = SigningSettings::default();
    let error = SigningContext::new(credentials.borrowed(), &now, region, "bedrock", settings).err()?;
    Some(format!("nothing can be signed: {error}"))
}
