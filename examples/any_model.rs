//! The same request to three models: only the model id changes.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_replay::Fixture;

const MODELS: [&str; 3] = [
    "us.anthropic.claude-sonnet-4-6",
    "us.meta.llama3-3-70b-instruct-v1:0",
    "mistral.mistral-large-2407-v1:0",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = MODELS.map(|model| Fixture::text(model, &format!("An answer of {model}.")));
    let client = barerock_examples::client(offline).await?;

    for model in MODELS {
        let request = ConverseRequest::new(model, [Message::user("Explain container orchestration.")])
            .max_tokens(512)
            .temperature(0.7);
        println!("{model}: {}", client.converse(&request).await?.text());
    }
    Ok(())
}
