//! A test of your own code: canned responses, errors on demand, and a look at what was sent.

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Error, RetryPolicy, Transport};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, MatchMode, ReplayServer};

/// The code under test.
async fn summarize(client: &Client<impl Transport>, text: &str) -> Result<String, Error> {
    let prompt = format!("Summarize in one sentence: {text}");
    let request =
        ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user(prompt)]).max_tokens(100);
    Ok(client.converse(&request).await?.text())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = "us.anthropic.claude-sonnet-4-6";
    let replay = ReplayServer::builder()
        .fixtures(Fixtures::new([
            Fixture::text(model, "A cat sat."),
            Fixture::error(model, 400, "ValidationException", "The input is too long."),
        ]))
        .match_mode(MatchMode::InOrder)
        .bind("127.0.0.1:0")
        .await?;
    let client =
        barerock_examples::local(HyperTransport::new(), &replay.url()).retry(RetryPolicy::off()).build()?;

    assert_eq!(summarize(&client, "There was a cat, and it sat.").await?, "A cat sat.");
    let error = summarize(&client, "…").await.err().ok_or("the second request fails")?;
    assert_eq!(error.service_error().map(|error| &*error.code), Some("ValidationException"));

    let sent: Vec<serde_json::Value> = replay
        .requests()
        .iter()
        .map(|request| serde_json::from_slice(&request.body))
        .collect::<Result<_, _>>()?;
    assert_eq!(sent[0]["inferenceConfig"]["maxTokens"], 100);
    println!("{} requests, as they should be", sent.len());
    Ok(())
}
