//! Prompt caching: what stands before a cache point is read from the cache in the next request.

use barerock::ConverseRequest;
use barerock::types::{CachePointBlock, Message};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([Fixture::text(CLAUDE, "Section 2 covers it.")]).await?;

    let handbook = "Section 2: holidays. ".repeat(500);
    for question in ["What covers holidays?", "And which section is that?"] {
        let request = ConverseRequest::new(CLAUDE, [Message::user(question)])
            .system(&*handbook)
            .system(CachePointBlock::default());
        let response = client.converse(&request).await?;
        println!(
            "{} ({} tokens read from the cache, {} written)",
            response.text(),
            response.usage.cache_read_input_tokens.unwrap_or_default(),
            response.usage.cache_write_input_tokens.unwrap_or_default(),
        );
    }
    Ok(())
}
