//! An image and a document with citations, in a conversation that is saved and resumed.

use barerock::ConverseRequest;
use barerock::conversation::Conversation;
use barerock::types::{
    Citation, CitationGeneratedContent, CitationsConfig, CitationsContentBlock, ContentBlock, DocumentBlock,
};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cited = CitationsContentBlock::new()
        .content([CitationGeneratedContent::Text("The chart shows the 4 million of Q3.".to_owned())])
        .citations([Citation::new().title("report")]);
    let client = barerock_examples::client([
        Fixture::message(CLAUDE, [cited.into()]),
        Fixture::text(CLAUDE, "4 million, as the report says."),
    ])
    .await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("conversation.json");

    let report = DocumentBlock::from_bytes("txt", "report", "Revenue in Q3 was 4 million.".as_bytes())
        .citations(CitationsConfig::new(true));
    let chart = ContentBlock::image_png(include_bytes!("pixel.png").to_vec());
    let mut conversation = Conversation::new(ConverseRequest::new(CLAUDE, []));
    conversation.push_user(["Does the chart agree with the report?".into(), chart, report.into()]);
    let response = client.converse(conversation.request()).await?;
    println!("{}", response.text());
    for block in response.message().map_or(&[][..], |message| &message.content) {
        let ContentBlock::CitationsContent(cited) = block else { continue };
        for citation in cited.citations.as_deref().unwrap_or_default() {
            println!("from {}", citation.title.as_deref().unwrap_or_default());
        }
    }
    if let Some(message) = response.into_message() {
        conversation.push_response(message)?;
    }
    std::fs::write(&path, conversation.to_document().as_json())?;

    // Later, in another process: image, document and citations are still part of the history.
    let mut resumed = Conversation::from_json(&std::fs::read_to_string(&path)?)?;
    resumed.push_user("So what was the revenue?");
    println!("{}", client.converse(resumed.request()).await?.text());
    Ok(())
}
