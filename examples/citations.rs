//! Citations: which part of which document a sentence rests on.

use barerock::ConverseRequest;
use barerock::types::{
    Citation, CitationGeneratedContent, CitationSourceContent, CitationsConfig, CitationsContentBlock,
    ContentBlock, DocumentBlock, DocumentFormat, Message,
};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cited = CitationsContentBlock::new()
        .content([CitationGeneratedContent::Text("Revenue was 4 million.".to_owned())])
        .citations([Citation::new()
            .title("report")
            .source_content([CitationSourceContent::Text("Revenue in Q3 was 4 million.".to_owned())])]);
    let client = barerock_examples::client([Fixture::message(CLAUDE, [cited.into()])]).await?;

    let report =
        DocumentBlock::from_bytes(DocumentFormat::Txt, "report", "Revenue in Q3 was 4 million.".as_bytes())
            .citations(CitationsConfig::new(true));
    let message = Message::user(["What was the revenue?".into(), ContentBlock::Document(report)]);
    let response = client.converse(&ConverseRequest::new(CLAUDE, [message])).await?;
    println!("{}", response.text());
    for block in response.message().map_or(&[][..], |message| &message.content) {
        let ContentBlock::CitationsContent(block) = block else { continue };
        for citation in block.citations.as_deref().unwrap_or_default() {
            println!("from {}: {:?}", citation.title.as_deref().unwrap_or_default(), citation.source_content);
        }
    }
    Ok(())
}
