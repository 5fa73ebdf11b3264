//! A test of your own code: canned responses, errors on demand, and a look at what was sent.

use aws_sdk_bedrockruntime::operation::converse::{ConverseError, ConverseOutput};
use aws_sdk_bedrockruntime::types::error::ValidationException;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, ConverseOutput as Output, InferenceConfiguration, Message, StopReason,
};
use aws_sdk_bedrockruntime::{Client, Error};
use aws_smithy_mocks::{RuleMode, mock, mock_client};

/// The code under test.
async fn summarize(client: &Client, text: &str) -> Result<String, Error> {
    let prompt = format!("Summarize in one sentence: {text}");
    let message =
        Message::builder().role(ConversationRole::User).content(ContentBlock::Text(prompt)).build()?;
    let response = client
        .converse()
        .model_id("us.anthropic.claude-sonnet-4-6")
        .messages(message)
        .inference_config(InferenceConfiguration::builder().max_tokens(100).build())
        .send()
        .await?;
    let message = response.output().and_then(|output| output.as_message().ok());
    let content = message.map(Message::content).unwrap_or_default();
    Ok(content.iter().filter_map(|block| block.as_text().ok()).cloned().collect())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let message = Message::builder()
        .role(ConversationRole::Assistant)
        .content(ContentBlock::Text("A cat sat.".to_owned()))
        .build()?;
    let response = ConverseOutput::builder()
        .output(Output::Message(message))
        .stop_reason(StopReason::EndTurn)
        .build()?;
    let summary = mock!(Client::converse)
        .match_requests(|sent| sent.inference_config().and_then(|config| config.max_tokens()) == Some(100))
        .then_output(move || response.clone());
    let too_long = mock!(Client::converse).then_error(|| {
        let error = ValidationException::builder().message("The input is too long.").build();
        ConverseError::ValidationException(error)
    });
    let client = mock_client!(aws_sdk_bedrockruntime, RuleMode::Sequential, [&summary, &too_long]);

    assert_eq!(summarize(&client, "There was a cat, and it sat.").await?, "A cat sat.");
    let error = summarize(&client, "…").await.err().ok_or("the second request fails")?;
    assert!(matches!(error, Error::ValidationException(_)));

    println!("{} requests, as they should be", summary.num_calls() + too_long.num_calls());
    Ok(())
}
