//! Credentials of the AWS SDK for Rust: what `SdkConfig::credentials_provider()` returns signs our requests.

use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use barerock::credentials::aws::FromAws;
use barerock::types::Message;
use barerock::{Client, ConverseRequest};
use barerock_examples::CLAUDE;
use barerock_hyper::HyperTransport;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = barerock_examples::serve([Fixture::text(CLAUDE, "Hello.")]).await?;

    // In a program that has the SDK: aws_config::load_from_env().await.credentials_provider()
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let provider =
        SharedCredentialsProvider::new(SdkCredentials::new("AKIDEXAMPLE", secret, None, None, "example"));

    let client = Client::builder(HyperTransport::new())
        .region("us-east-1")
        .endpoint_url(url)
        .credentials(FromAws::new(provider))
        .build()?;
    println!("{}", client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?.text());
    Ok(())
}
