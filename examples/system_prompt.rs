//! A system prompt, apart from the messages.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([Fixture::text(CLAUDE, "Arr, it be 4.")]).await?;

    let request =
        ConverseRequest::new(CLAUDE, [Message::user("What is 2 + 2?")]).system("Answer as a pirate.");
    println!("{}", client.converse(&request).await?.text());
    Ok(())
}
