//! An image and a document with citations, in a conversation that is saved and resumed.

use std::error::Error;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    Citation, CitationGeneratedContent, CitationsConfig, CitationsContentBlock, ContentBlock,
    ConversationRole, DocumentBlock, DocumentFormat, DocumentSource, ImageBlock, ImageFormat, ImageSource,
    Message,
};
use serde::{Deserialize, Serialize};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

/// A turn in the form of the file: the SDK's types cannot be serialized.
#[derive(Serialize, Deserialize)]
struct Turn {
    role: String,
    content: Vec<Block>,
}

#[derive(Serialize, Deserialize)]
enum Block {
    Text(String),
    Png(Vec<u8>),
    Document { name: String, bytes: Vec<u8> },
    Cited { text: String, titles: Vec<String> },
}

impl Turn {
    fn user(content: impl Into<Vec<Block>>) -> Turn {
        Turn { role: "user".to_owned(), content: content.into() }
    }

    fn from_message(message: &Message) -> Result<Turn, Box<dyn Error>> {
        let content = message.content().iter().map(Block::from_sdk).collect::<Result<_, _>>()?;
        Ok(Turn { role: message.role().as_str().to_owned(), content })
    }

    fn to_message(&self) -> Result<Message, Box<dyn Error>> {
        let content = self.content.iter().map(Block::to_sdk).collect::<Result<_, _>>()?;
        let role = ConversationRole::from(self.role.as_str());
        Ok(Message::builder().role(role).set_content(Some(content)).build()?)
    }
}

impl Block {
    fn from_sdk(block: &ContentBlock) -> Result<Block, Box<dyn Error>> {
        match block {
            ContentBlock::Text(text) => Ok(Block::Text(text.clone())),
            ContentBlock::CitationsContent(cited) => Ok(Block::Cited {
                text: cited.content().iter().filter_map(|part| part.as_text().ok()).cloned().collect(),
                titles: cited.citations().iter().filter_map(|cited| cited.title.clone()).collect(),
            }),
            other => Err(format!("cannot save {other:?}").into()),
        }
    }

    fn to_sdk(&self) -> Result<ContentBlock, Box<dyn Error>> {
        Ok(match self {
            Block::Text(text) => ContentBlock::Text(text.clone()),
            Block::Png(bytes) => ContentBlock::Image(
                ImageBlock::builder()
                    .format(ImageFormat::Png)
                    .source(ImageSource::Bytes(Blob::new(bytes.clone())))
                    .build()?,
            ),
            Block::Document { name, bytes } => ContentBlock::Document(
                DocumentBlock::builder()
                    .format(DocumentFormat::Txt)
                    .name(name)
                    .source(DocumentSource::Bytes(Blob::new(bytes.clone())))
                    .citations(CitationsConfig::builder().enabled(true).build()?)
                    .build()?,
            ),
            Block::Cited { text, titles } => {
                let citations = titles.iter().map(|title| Citation::builder().title(title).build());
                ContentBlock::CitationsContent(
                    CitationsContentBlock::builder()
                        .content(CitationGeneratedContent::Text(text.clone()))
                        .set_citations(Some(citations.collect()))
                        .build(),
                )
            }
        })
    }
}

/// Sends the conversation, prints the response with its sources and adds it.
async fn respond(client: &Client, conversation: &mut Vec<Turn>) -> Result<(), Box<dyn Error>> {
    let messages = conversation.iter().map(Turn::to_message).collect::<Result<_, _>>()?;
    let response = client.converse().model_id(CLAUDE).set_messages(Some(messages)).send().await?;
    let message = response.output().and_then(|output| output.as_message().ok()).ok_or("no message")?;
    let turn = Turn::from_message(message)?;
    for block in &turn.content {
        match block {
            Block::Text(text) => println!("{text}"),
            Block::Cited { text, titles } => println!("{text}\nfrom {}", titles.join(", ")),
            _ => {}
        }
    }
    conversation.push(turn);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(&aws_config::load_from_env().await);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("conversation.json");

    let report = "Revenue in Q3 was 4 million.".into();
    let mut conversation = vec![Turn::user([
        Block::Text("Does the chart agree with the report?".to_owned()),
        Block::Png(include_bytes!("../../../pixel.png").to_vec()),
        Block::Document { name: "report".to_owned(), bytes: report },
    ])];
    respond(&client, &mut conversation).await?;
    std::fs::write(&path, serde_json::to_string(&conversation)?)?;

    // Later, in another process: image, document and citations are still part of the history.
    let mut resumed: Vec<Turn> = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    resumed.push(Turn::user([Block::Text("So what was the revenue?".to_owned())]));
    respond(&client, &mut resumed).await
}
