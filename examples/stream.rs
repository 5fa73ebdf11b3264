//! Text as it is generated, then the usage.

use std::io::Write as _;

use barerock::types::Message;
use barerock::{ConverseRequest, StreamEvent};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = Fixture::text(CLAUDE, "def search(items, wanted): # halves the range until it is empty");
    let client = barerock_examples::client([offline]).await?;

    let request =
        ConverseRequest::new(CLAUDE, [Message::user("Write a Python binary search implementation.")])
            .system("You are a concise coding assistant. Return only code with brief comments.")
            .max_tokens(1024)
            .temperature(0.2);
    let mut stream = client.converse_stream(&request).await?;
    while let Some(event) = stream.next_event().await? {
        if let Some(text) = event.text() {
            print!("{text}");
            std::io::stdout().flush()?;
        }
        if let StreamEvent::Metadata(metadata) = event
            && let Some(usage) = metadata.usage
        {
            println!("\nInput tokens: {}", usage.input_tokens);
            println!("Output tokens: {}", usage.output_tokens);
        }
    }
    Ok(())
}
