//! One Converse call: the first program of boto3's tutorial.

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let offline = Fixture::text(
        CLAUDE,
        "REST has many URLs and simple caching. GraphQL has one URL and exact queries.",
    );
    let client = barerock_examples::client([offline]).await?;

    let prompt = "What are the tradeoffs between REST and GraphQL?";
    let request = ConverseRequest::new(CLAUDE, [Message::user(prompt)]).max_tokens(512).temperature(0.5);
    let response = client.converse(&request).await?;
    println!("{}", response.text());
    println!("Total tokens: {}", response.usage.total_tokens);
    Ok(())
}
