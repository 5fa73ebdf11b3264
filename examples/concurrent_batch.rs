//! Many calls at once over one client, at most so many at a time; an error belongs to its prompt.

use std::sync::Arc;

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Calls at a time.
const CONCURRENCY: usize = 16;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([Fixture::text(CLAUDE, "Done.")]).await?;
    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    let mut calls = JoinSet::new();
    for number in 0..500 {
        let (client, permits) = (client.clone(), Arc::clone(&permits));
        calls.spawn(async move {
            let _permit = permits.acquire().await;
            let request =
                ConverseRequest::new(CLAUDE, [Message::user(format!("Summarize record {number}."))]);
            (number, client.converse(&request).await)
        });
    }
    let (mut answered, mut tokens) = (0, 0);
    while let Some(call) = calls.join_next().await {
        match call? {
            (_, Ok(response)) => {
                answered += 1;
                tokens += response.usage.total_tokens;
            }
            (number, Err(error)) => eprintln!("record {number}: {error}"),
        }
    }
    println!("{answered} of 500 answered, {tokens} tokens");
    Ok(())
}
