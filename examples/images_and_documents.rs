//! An image and a document beside the question. Bytes are bytes: the base64 is written for you.

use barerock::ConverseRequest;
use barerock::types::{ContentBlock, DocumentBlock, DocumentFormat, Message};
use barerock_examples::CLAUDE;
use barerock_replay::Fixture;

/// A white pixel, as PNG.
const PIXEL: &[u8] = include_bytes!("pixel.png");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client =
        barerock_examples::client([Fixture::text(CLAUDE, "The image is white. The report is about Q3.")])
            .await?;

    let report =
        DocumentBlock::from_bytes(DocumentFormat::Txt, "report", "Revenue in Q3 was 4 million.".as_bytes());
    let message = Message::user([
        "What colour is the image, and what is the report about?".into(),
        ContentBlock::image_png(PIXEL),
        report.into(),
    ]);
    println!("{}", client.converse(&ConverseRequest::new(CLAUDE, [message])).await?.text());
    Ok(())
}
