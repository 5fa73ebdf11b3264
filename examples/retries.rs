//! Retries, timeouts and the rate limit of adaptive mode: the tutorial's `Config`.

use std::time::Duration;

use barerock::types::Message;
use barerock::{ConverseRequest, RetryPolicy, Timeouts};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = [
        Fixture::error(CLAUDE, 429, "ThrottlingException", "Too many requests, please wait."),
        Fixture::text(CLAUDE, "The second attempt was answered."),
    ];
    let client = barerock_examples::builder(offline)
        .await?
        .retry(RetryPolicy::adaptive().max_attempts(5))
        .timeouts(
            Timeouts::default().first_byte(Duration::from_secs(300)).operation(Duration::from_secs(600)),
        )
        .build()?;

    let response = client.converse(&ConverseRequest::new(CLAUDE, [Message::user("Hello")])).await?;
    println!("{}", response.text());
    Ok(())
}
