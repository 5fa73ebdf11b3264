//! Many calls at once over one client, at most so many at a time; an error belongs to its prompt.

use std::sync::Arc;

use aws_sdk_bedrockruntime::error::DisplayErrorContext;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};
use aws_sdk_bedrockruntime::{Client, Error};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";
/// Calls at a time.
const CONCURRENCY: usize = 16;

/// Returns the tokens of the call.
async fn summarize(client: &Client, number: u32) -> Result<i32, Error> {
    let prompt = format!("Summarize record {number}.");
    let message =
        Message::builder().role(ConversationRole::User).content(ContentBlock::Text(prompt)).build()?;
    let response = client.converse().model_id(CLAUDE).messages(message).send().await?;
    Ok(response.usage().map_or(0, |usage| usage.total_tokens()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);
    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    let mut calls = JoinSet::new();
    for number in 0..500 {
        let (client, permits) = (client.clone(), Arc::clone(&permits));
        calls.spawn(async move {
            let _permit = permits.acquire().await;
            (number, summarize(&client, number).await)
        });
    }
    let (mut answered, mut tokens) = (0, 0);
    while let Some(call) = calls.join_next().await {
        match call? {
            (_, Ok(used)) => {
                answered += 1;
                tokens += used;
            }
            (number, Err(error)) => eprintln!("record {number}: {}", DisplayErrorContext(&error)),
        }
    }
    println!("{answered} of 500 answered, {tokens} tokens");
    Ok(())
}
