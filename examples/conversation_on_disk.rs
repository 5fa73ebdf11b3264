//! A conversation that is kept in a file, and goes on where it stopped.

use barerock::ConverseRequest;
use barerock::conversation::{CachePoints, Conversation};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([
        Fixture::text(CLAUDE, "Hello, Ada."),
        Fixture::text(CLAUDE, "Your name is Ada."),
    ])
    .await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("conversation.json");

    // Each turn as a program of its own would take it: read the file, send, write the file.
    for prompt in ["My name is Ada.", "What is my name?"] {
        let mut conversation = match std::fs::read_to_string(&path) {
            Ok(json) => Conversation::from_json(&json)?,
            Err(_) => Conversation::new(ConverseRequest::new(CLAUDE, [])),
        };
        conversation.push_user(prompt);
        conversation.set_cache_points(&CachePoints::everywhere())?;
        let response = client.converse(conversation.request()).await?;
        println!("> {prompt}\n{}", response.text());
        let usage = response.usage.clone();
        if let Some(message) = response.into_message() {
            conversation.push_response(message)?;
            conversation.record_usage(&usage);
            conversation.trim(100_000, 0);
        }
        std::fs::write(&path, conversation.to_document().as_json())?;
    }
    Ok(())
}
