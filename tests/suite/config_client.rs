//! Tests of clients built from the complete configuration.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::fs;
use std::sync::Arc;

use barerock::credentials::{CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use barerock::types::Message;
use barerock::{Client, ClientBuilder, ConverseRequest, Credentials, Environment, ErrorKind, RetryPolicy};
use barerock_config::Config;
use barerock_config::providers::SystemIo;
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReplayServer, Verify};
use barerock_tests::replay::{recorded, start};
use tempfile::TempDir;

const REGION: &str = "eu-west-3";
const KEY: &str = "bedrock-api-key-PANDA";

async fn serve() -> ReplayServer {
    let keys = Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WALRUS".to_owned()));
    let verify = Verify::for_region(REGION).with_credentials(keys).with_bearer_key(KEY);
    start(recorded(MatchMode::Any, []).verify(verify)).await
}

/// Creates a home directory whose profile has the server's endpoint and credentials.
fn home(replay: &ReplayServer) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    fs::create_dir(&folder).unwrap();
    let config = format!("[profile here]\nregion = {REGION}\nendpoint_url = {}\n", replay.url());
    fs::write(folder.join("config"), config).unwrap();
    let keys = "[here]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = SQUIRREL\naws_session_token = WALRUS\n";
    fs::write(folder.join("credentials"), keys).unwrap();
    home
}

async fn config(home: &TempDir, variables: &[(&str, &str)]) -> Config {
    let home = [("HOME", home.path().to_str().unwrap()), ("AWS_PROFILE", "here")];
    let environment: Environment = variables.iter().copied().chain(home).collect();
    let io = SystemIo::new(Arc::new(HyperTransport::new()));
    Config::loader().environment(environment).load(Arc::new(io)).await.unwrap()
}

fn request() -> ConverseRequest {
    ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")])
}

#[tokio::test]
async fn region_endpoint_and_keys_of_a_profile() {
    let replay = serve().await;
    let config = config(&home(&replay), &[]).await;
    let client = config.builder(HyperTransport::new()).build().unwrap();
    assert_eq!((client.region(), client.endpoint().as_str()), (REGION, &*replay.url()));
    assert!(!client.converse(&request()).await.unwrap().text().is_empty());
    // Credentials are fetched once and cached.
    client.converse(&request()).await.unwrap();
}

#[tokio::test]
async fn a_bedrock_key_comes_before_the_profiles_keys() {
    let replay = serve().await;
    let home = home(&replay);
    let with = async |key| {
        let config = config(&home, &[("AWS_BEARER_TOKEN_BEDROCK", key)]).await;
        config.builder(HyperTransport::new()).build().unwrap().converse(&request()).await
    };
    with(KEY).await.unwrap();
    assert_eq!(with("bedrock-api-key-OTHER").await.unwrap_err().kind(), ErrorKind::Service);
}

#[tokio::test]
async fn retries_as_the_environment_says() {
    let replay = serve().await;
    let home = home(&replay);
    let nowhere = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let region = ("AWS_REGION", REGION);
    // With the complete configuration, and with the environment alone.
    let attempts = async |variables: &[(&str, &str)], policy: Option<RetryPolicy>| {
        let variables = [variables, &[nowhere, region]].concat();
        let whole = config(&home, &variables).await.builder(HyperTransport::new());
        let alone = Client::builder(HyperTransport::new()).environment(variables.into_iter().collect());
        let mut all = Vec::new();
        for builder in [whole, alone] {
            let counts = Arc::new(AtomicUsize::new(0));
            let keys = Counted(Arc::clone(&counts));
            let builder = policy.clone().into_iter().fold(builder.credentials(keys), ClientBuilder::retry);
            let error = builder.build().unwrap().converse(&request()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Transport);
            all.push(counts.load(Ordering::Relaxed));
        }
        assert_eq!(all[0], all[1]);
        all[0]
    };
    assert_eq!(attempts(&[], None).await, 3);
    assert_eq!(attempts(&[("AWS_MAX_ATTEMPTS", "2")], None).await, 2);
    assert_eq!(attempts(&[("AWS_RETRY_MODE", "adaptive"), ("AWS_MAX_ATTEMPTS", "1")], None).await, 1);
    assert_eq!(attempts(&[("AWS_MAX_ATTEMPTS", "2")], Some(RetryPolicy::off())).await, 1);

    for (name, value, says) in [
        ("AWS_RETRY_MODE", "often", "AWS_RETRY_MODE must be standard, adaptive or legacy"),
        ("AWS_MAX_ATTEMPTS", "0", "AWS_MAX_ATTEMPTS must be a whole number, 1 or more"),
        ("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "1", "AWS_DISABLE_CLOCK_SKEW_CORRECTION must be true or false"),
    ] {
        let wrong = config(&home, &[(name, value)]).await;
        let builders = || {
            let alone = [(name, value), region].into_iter().collect();
            let builder = || Client::builder(HyperTransport::new());
            [wrong.builder(HyperTransport::new()), builder().environment(alone)]
        };
        for builder in builders() {
            let error = builder.build().unwrap_err();
            assert_eq!((error.to_string(), error.kind()), (says.to_owned(), ErrorKind::Request));
        }
        // Settings made in code are not looked up.
        for builder in builders() {
            builder.retry(RetryPolicy::off()).clock_skew_correction(true).build().unwrap();
        }
    }
}

/// A provider that is called for each attempt.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl ProvideCredentials for Counted {
    fn provide(&self) -> CredentialsFuture<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let keys = Credentials::new("AKIDEXAMPLE", "SQUIRREL", None);
        Box::pin(core::future::ready(Ok(ProvidedCredentials::new(keys, "counted"))))
    }
}

#[tokio::test]
async fn what_is_set_in_code_beats_the_configuration_before_and_after() {
    let replay = serve().await;
    let config = config(&home(&replay), &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]).await;
    let address =
        |client: Client<HyperTransport>| (client.region().to_owned(), client.endpoint().as_str().to_owned());
    let builder = || Client::builder(HyperTransport::new());
    let code = ("us-east-1".to_owned(), replay.url());
    let settings = || config.client_settings(Arc::new(SystemIo::new(Arc::new(HyperTransport::new()))));
    let before = builder().region("us-east-1").endpoint_url(replay.url()).settings(settings());
    let before = before.build().unwrap();
    assert_eq!(address(before), code);
    let after =
        builder().settings(settings()).region("us-east-1").endpoint_url(replay.url()).build().unwrap();
    assert_eq!(address(after), code);
    let neither = builder().settings(settings()).build().unwrap();
    assert_eq!(address(neither), (REGION.to_owned(), "http://127.0.0.1:9".to_owned()));

    let wrong = Credentials::new("AKIDEXAMPLE", "wrong", None);
    let builder = builder().credentials(wrong).settings(settings());
    let client = builder.endpoint_url(replay.url()).build().unwrap();
    assert_eq!(client.converse(&request()).await.unwrap_err().kind(), ErrorKind::Service);
}
