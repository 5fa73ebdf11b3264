//! What the examples share: a client of a local Bedrock that serves composed responses, or with `--live` of Amazon Bedrock.
//!
//! Out of scope: anything a program of yours would need. There, `barerock_hyper::from_config().await?` makes the client.

use barerock::{Client, ClientBuilder, Credentials};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, ReplayServer};

/// The model that the examples call.
pub const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

/// True if the example was started with `--live`.
pub fn is_live() -> bool {
    std::env::args().any(|argument| argument == "--live")
}

/// A client. Offline, its requests are served by these fixtures in turn; with `--live` by Amazon Bedrock, with the region,
/// credentials, CA bundle and proxy of the AWS configuration.
///
/// # Errors
/// If no socket can be had on the loopback; with `--live`, if there is no region or a setting is invalid.
pub async fn client(
    fixtures: impl IntoIterator<Item = Fixture>,
) -> Result<Client<HyperTransport>, Box<dyn std::error::Error>> {
    if is_live() {
        return Ok(barerock_hyper::from_config().await?);
    }
    Ok(builder(fixtures).await?.build()?)
}

/// The builder of such a client, for an example that sets more.
///
/// # Errors
/// If no socket can be had on the loopback; with `--live`, if a setting is invalid.
pub async fn builder(
    fixtures: impl IntoIterator<Item = Fixture>,
) -> Result<ClientBuilder<HyperTransport>, Box<dyn std::error::Error>> {
    if is_live() {
        let config = barerock_config::Config::load().await?;
        return Ok(config.builder(HyperTransport::from_config(&config).await?));
    }
    let url = serve(fixtures).await?;
    Ok(local(HyperTransport::new(), &url))
}

/// Starts a local Bedrock and returns its URL. It serves these fixtures in turn until the program ends.
///
/// # Errors
/// If no socket can be had on the loopback.
pub async fn serve(
    fixtures: impl IntoIterator<Item = Fixture>,
) -> Result<String, barerock_replay::BindError> {
    eprintln!("offline: no model is called; start with --live to call Amazon Bedrock");
    let replay = ReplayServer::builder().fixtures(Fixtures::new(fixtures)).bind("127.0.0.1:0").await?;
    let url = replay.url();
    // Dropping it would stop it.
    core::mem::forget(replay);
    Ok(url)
}

/// The builder of a client of the local Bedrock at `url`, with credentials that are no secret.
pub fn local<T: barerock::Transport>(transport: T, url: &str) -> ClientBuilder<T> {
    let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
    Client::builder(transport).region("us-east-1").endpoint_url(url).credentials(credentials)
}

/// Compiles and runs the examples of the documentation with the tests.
#[cfg(doctest)]
mod docs {
    #[doc = include_str!("../../docs/testing.md")]
    struct Testing;
    #[doc = include_str!("../../docs/recipes.md")]
    struct Recipes;
    #[doc = include_str!("../../docs/from-boto3.md")]
    struct FromBoto3;
    #[doc = include_str!("../../docs/from-aws-sdk.md")]
    struct FromAwsSdk;
    #[doc = include_str!("../../docs/embedding.md")]
    struct Embedding;
}
