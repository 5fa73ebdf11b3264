//! One Converse call.

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, InferenceConfiguration, Message};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);

    let prompt = "What are the tradeoffs between REST and GraphQL?";
    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(prompt.to_owned()))
        .build()?;
    let response = client
        .converse()
        .model_id(CLAUDE)
        .messages(message)
        .inference_config(InferenceConfiguration::builder().max_tokens(512).temperature(0.5).build())
        .send()
        .await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    for text in message.content().iter().filter_map(|block| block.as_text().ok()) {
        println!("{text}");
    }
    let usage = response.usage().ok_or("no usage")?;
    println!("Total tokens: {}", usage.total_tokens());
    Ok(())
}
