//! A conversation that is kept as JSON lines, and goes on where it stopped.

use std::io::Write as _;

use barerock::ConverseRequest;
use barerock::conversation::Conversation;
use barerock::types::Message;
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
    let path = folder.path().join("conversation.jsonl");

    // Each turn as a program of its own would take it: read the file, ask, append to the file.
    for prompt in ["My name is Ada.", "What is my name?"] {
        let saved = std::fs::read_to_string(&path).unwrap_or_default();
        let messages: Vec<Message> = saved.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let mut conversation = Conversation::new(ConverseRequest::new(CLAUDE, messages));
        let known = conversation.messages().len();
        conversation.push_user(prompt);
        let response = client.converse(conversation.request()).await?;
        println!("> {prompt}\n{}", response.text());
        if let Some(message) = response.into_message() {
            conversation.push_response(message)?;
        }

        let mut file = std::fs::File::options().create(true).append(true).open(&path)?;
        for message in conversation.messages().iter().skip(known) {
            writeln!(file, "{}", serde_json::to_string(message)?)?;
        }
    }
    Ok(())
}
