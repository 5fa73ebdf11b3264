//! Retries, timeouts and the rate limit of adaptive mode: the tutorial's `Config`.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let timeouts = TimeoutConfig::builder()
        .read_timeout(Duration::from_secs(300))
        .operation_timeout(Duration::from_secs(600))
        .build();
    let config = aws_config::from_env()
        .retry_config(RetryConfig::adaptive().with_max_attempts(5))
        .timeout_config(timeouts)
        .load()
        .await;
    let client = Client::new(&config);

    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Hello".to_owned()))
        .build()?;
    let response = client.converse().model_id(CLAUDE).messages(message).send().await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    for text in message.content().iter().filter_map(|block| block.as_text().ok()) {
        println!("{text}");
    }
    Ok(())
}
