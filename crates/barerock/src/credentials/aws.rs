//! Adapters between the credentials providers of the AWS SDK and of this crate.
//!
//! Behind the feature `aws-credential-types`, which adds that crate and what it needs. The feature `aws-types` adds
//! `ClientBuilder::sdk_config`.
//!
//! ```
//! use aws_credential_types::Credentials;
//! use barerock::credentials::aws::{FromAws, IntoAws};
//!
//! // Such as the chain that `aws-config` loads: `config.credentials_provider()`.
//! let theirs = Credentials::new("AKIDEXAMPLE", "SQUIRREL", None, None, "example");
//! let ours = FromAws::new(theirs);
//! let theirs_again = IntoAws::new(ours);
//! # let _ = theirs_again;
//! ```

use core::error::Error;

use aws_credential_types::Credentials as AwsCredentials;
use aws_credential_types::provider::ProvideCredentials as AwsProvideCredentials;
use aws_credential_types::provider::error::CredentialsError as AwsError;
use aws_credential_types::provider::future::ProvideCredentials as AwsFuture;
use barerock_sigv4::Credentials;

use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials};

const PROVIDER: &str = "aws-sdk";

/// A provider of the SDK, for a client of this crate. The SDK caches credentials in its client, not in the provider:
/// wrap this in [`CachedCredentials`](super::CachedCredentials).
#[derive(Debug, Clone)]
pub struct FromAws<P>(P);

impl<P: AwsProvideCredentials> FromAws<P> {
    /// Adapts this provider.
    pub fn new(provider: P) -> Self {
        Self(provider)
    }
}

impl<P: AwsProvideCredentials> ProvideCredentials for FromAws<P> {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            let found = self.0.provide_credentials().await.map_err(ours)?;
            let token = found.session_token().map(str::to_owned);
            let credentials = Credentials::new(found.access_key_id(), found.secret_access_key(), token);
            Ok(ProvidedCredentials::new(credentials, PROVIDER).expires_at(found.expiry()))
        })
    }
}

/// A provider of this crate, for a client of the SDK.
#[derive(Debug, Clone)]
pub struct IntoAws<P>(P);

impl<P: ProvideCredentials> IntoAws<P> {
    /// Adapts this provider.
    pub fn new(provider: P) -> Self {
        Self(provider)
    }
}

impl<P: ProvideCredentials> AwsProvideCredentials for IntoAws<P> {
    fn provide_credentials<'a>(&'a self) -> AwsFuture<'a>
    where
        Self: 'a,
    {
        AwsFuture::new(async {
            let provided = self.0.provide().await.map_err(theirs)?;
            let credentials = &provided.credentials;
            let token = credentials.session_token().map(str::to_owned);
            let (id, secret) = (credentials.access_key_id(), credentials.secret_access_key());
            Ok(AwsCredentials::new(id, secret, token, provided.expires_at, provided.provider))
        })
    }
}

fn ours(error: AwsError) -> CredentialsError {
    // The SDK's error is generic; its sources have the details.
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    match error {
        AwsError::CredentialsNotLoaded(_) => {
            CredentialsError::not_found(format!("a provider of the AWS SDK ({message})"))
        }
        AwsError::ProviderTimedOut(_) | AwsError::ProviderError(_) => {
            CredentialsError::unavailable(PROVIDER, message, None)
        }
        _ => CredentialsError::invalid(PROVIDER, message),
    }
}

fn theirs(error: CredentialsError) -> AwsError {
    match error {
        CredentialsError::NotFound { .. } => AwsError::not_loaded(error),
        CredentialsError::Invalid { .. } => AwsError::invalid_configuration(error),
        CredentialsError::Unavailable { .. } => AwsError::provider_error(error),
    }
}
