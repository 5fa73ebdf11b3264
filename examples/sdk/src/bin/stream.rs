//! Text as it is generated, then the usage.

use std::io::Write as _;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, InferenceConfiguration, Message,
    SystemContentBlock,
};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);

    let prompt = "Write a Python binary search implementation.";
    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(prompt.to_owned()))
        .build()?;
    let system = "You are a concise coding assistant. Return only code with brief comments.";
    let mut response = client
        .converse_stream()
        .model_id(CLAUDE)
        .messages(message)
        .system(SystemContentBlock::Text(system.to_owned()))
        .inference_config(InferenceConfiguration::builder().max_tokens(1024).temperature(0.2).build())
        .send()
        .await?;
    while let Some(event) = response.stream.recv().await? {
        match event {
            ConverseStreamOutput::ContentBlockDelta(event) => {
                if let Some(ContentBlockDelta::Text(text)) = event.delta() {
                    print!("{text}");
                    std::io::stdout().flush()?;
                }
            }
            ConverseStreamOutput::Metadata(metadata) => {
                if let Some(usage) = metadata.usage() {
                    println!("\nInput tokens: {}", usage.input_tokens());
                    println!("Output tokens: {}", usage.output_tokens());
                }
            }
            _ => {}
        }
    }
    Ok(())
}
