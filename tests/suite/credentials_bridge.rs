//! Tests of the bridge to the AWS SDK with providers of its types.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::provider::error::CredentialsError as AwsError;
use aws_credential_types::provider::{ProvideCredentials as _, future};
use barerock::Environment;
use barerock::credentials::aws::{FromAws, IntoAws};
use barerock::credentials::{
    CachedCredentials, CredentialsError, EnvironmentProvider, ProvideCredentials as _,
};

/// A custom provider for the SDK.
#[derive(Debug)]
struct Theirs(fn() -> aws_credential_types::provider::Result);

impl aws_credential_types::provider::ProvideCredentials for Theirs {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            tokio::task::yield_now().await;
            (self.0)()
        })
    }
}

fn expiry() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(4_000_000_000)
}

fn keys() -> aws_credential_types::provider::Result {
    let token = Some("WALRUS".to_owned());
    Ok(aws_credential_types::Credentials::new("AKIDEXAMPLE", "SQUIRREL", token, Some(expiry()), "theirs"))
}

#[tokio::test]
async fn theirs_as_ours() {
    let provider = CachedCredentials::new(FromAws::new(Theirs(keys)));
    let found = provider.provide().await.unwrap();
    let credentials = &found.credentials;
    assert_eq!(
        (credentials.access_key_id(), credentials.secret_access_key(), credentials.session_token()),
        ("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS"))
    );
    assert_eq!((found.expires_at, found.provider), (Some(expiry()), "aws-sdk"));
    // `aws-config` returns this shared provider.
    let shared = aws_credential_types::provider::SharedCredentialsProvider::new(Theirs(keys));
    assert!(FromAws::new(shared).provide().await.is_ok());
}

#[tokio::test]
async fn their_errors_as_ours() {
    let ask = async |answer| FromAws::new(Theirs(answer)).provide().await.unwrap_err();
    let error = ask(|| Err(AwsError::not_loaded("nowhere"))).await;
    assert!(matches!(error, CredentialsError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("nowhere"), "{error}");
    let error = ask(|| Err(AwsError::invalid_configuration("bad file"))).await;
    assert!(matches!(error, CredentialsError::Invalid { .. }), "{error}");
    assert!(error.to_string().contains("bad file"), "{error}");
    let error = ask(|| Err(AwsError::provider_timed_out(Duration::from_secs(3)))).await;
    assert!(matches!(error, CredentialsError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn ours_as_theirs() {
    let ours = barerock::Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()));
    let found = IntoAws::new(ours).provide_credentials().await.unwrap();
    assert_eq!(
        (found.access_key_id(), found.secret_access_key(), found.session_token(), found.expiry()),
        ("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS"), None)
    );
    let there_and_back = IntoAws::new(FromAws::new(Theirs(keys))).provide_credentials().await.unwrap();
    assert_eq!(there_and_back.expiry(), Some(expiry()));
    let none = IntoAws::new(EnvironmentProvider::new(Environment::default())).provide_credentials().await;
    assert!(matches!(none, Err(AwsError::CredentialsNotLoaded(_))));
    let half = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")].into_iter().collect();
    let half = IntoAws::new(EnvironmentProvider::new(half)).provide_credentials().await;
    assert!(matches!(half, Err(AwsError::InvalidConfiguration(_))));
}
