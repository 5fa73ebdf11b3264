//! Retries, timeouts and the rate limit of adaptive mode: the tutorial's `Config`.

use std::time::Duration;

use barerock::types::Message;
use barerock::{Client, ConverseRequest, RetryPolicy, Timeouts};
use barerock_examples::CLAUDE;
use barerock_hyper::HyperTransport;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let builder = if barerock_examples::is_live() {
        Client::builder(HyperTransport::new()).environment(barerock::Environment::of_process())
    } else {
        let url = barerock_examples::serve([
            Fixture::error(
                CLAUDE,
                429,
                "ThrottlingException",
                "Too many requests, please wait before trying again.",
            ),
            Fixture::text(CLAUDE, "The second attempt was answered."),
        ])
        .await?;
        barerock_examples::local(HyperTransport::new(), &url)
    };
    let client = builder
        .retry(RetryPolicy::adaptive().max_attempts(5))
        .timeouts(
            Timeouts::default().first_byte(Duration::from_secs(300)).operation(Duration::from_secs(600)),
        )
        .build()?;

    let response = client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?;
    println!("{}", response.text());
    Ok(())
}
