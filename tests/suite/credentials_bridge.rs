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

/// What an `SdkConfig` says goes into requests: region, endpoint, and credentials, for which its provider is asked once.
#[tokio::test]
async fn a_whole_configuration() {
    use aws_credential_types::provider::SharedCredentialsProvider;
    use barerock::types::Message;
    use barerock::{Client, ConverseRequest};
    use barerock_hyper::HyperTransport;
    use barerock_tests::peer::{Peer, Reply};

    let peer = Peer::start(|_| Reply::Close).await;
    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::new("eu-west-1"))
        .endpoint_url(peer.url())
        .credentials_provider(SharedCredentialsProvider::new(Theirs(keys)))
        .build();
    let client = Client::builder(HyperTransport::new()).sdk_config(&config).build().unwrap();
    assert_eq!((client.region(), client.endpoint().host()), ("eu-west-1", "127.0.0.1"));
    let request = ConverseRequest::new("anthropic.claude-3-haiku-20240307-v1:0", [Message::user("hi")]);
    client.converse(&request).await.unwrap_err();
    let asked = peer.asked();
    let signed = asked[0].headers()["authorization"].to_str().unwrap();
    assert!(signed.contains("Credential=AKIDEXAMPLE/") && signed.contains("/eu-west-1/bedrock/"), "{signed}");
    assert_eq!(asked[0].headers()["x-amz-security-token"], "WALRUS");

    let fips = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::new("us-gov-west-1"))
        .use_fips(true)
        .build();
    let client = Client::builder(HyperTransport::new()).sdk_config(&fips).build().unwrap();
    assert_eq!(client.endpoint().host(), "bedrock-runtime-fips.us-gov-west-1.amazonaws.com");
    // What it does not say stays.
    let empty = aws_types::SdkConfig::builder().build();
    let client =
        Client::builder(HyperTransport::new()).region("us-east-1").sdk_config(&empty).build().unwrap();
    assert_eq!(client.region(), "us-east-1");
}
