//! Reasoning: shown apart from the text, and sent back unchanged in the next turn.

use barerock::ConverseRequest;
use barerock::types::{ContentBlock, Document, Message, ReasoningContentBlock, ReasoningTextBlock};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reasoning = ReasoningTextBlock::new("17 * 20 is 340, 17 * 4 is 68.").signature("c2lnbmF0dXJl");
    let reasoning = ReasoningContentBlock::ReasoningText(reasoning);
    let client = barerock_examples::client([
        Fixture::message(CLAUDE, [reasoning.into(), "17 * 24 is 408.".into()]),
        Fixture::text(CLAUDE, "816."),
    ])
    .await?;

    let thinking = json!({"thinking": {"type": "enabled", "budget_tokens": 2000}});
    let mut request = ConverseRequest::new(CLAUDE, [Message::user("What is 17 * 24?")]).max_tokens(4000);
    request.additional_model_request_fields = Some(Document::from(thinking));
    let response = client.converse(&request).await?;
    for block in response.message().map_or(&[][..], |message| &message.content) {
        match block {
            ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(reasoning)) => {
                println!("(reasoning: {})", reasoning.text);
            }
            ContentBlock::Text(text) => println!("{text}"),
            _ => {}
        }
    }

    // The signature lets the model check that the reasoning is its own.
    request.messages.extend(response.into_message());
    request.messages.push(Message::user("And twice that?"));
    println!("{}", client.converse(&request).await?.text());
    Ok(())
}
