//! A web server that streams the model's text as server-sent events.

use std::convert::Infallible;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::DisplayErrorContext;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, Message,
};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-6";

#[derive(Deserialize)]
struct Question {
    prompt: String,
}

async fn chat(
    State(client): State<Client>,
    Query(question): Query<Question>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, String> {
    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text(question.prompt))
        .build()
        .map_err(|error| error.to_string())?;
    let response = client
        .converse_stream()
        .model_id(CLAUDE)
        .messages(message)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    // The receiver is not a `Stream`. Nothing follows an error.
    Ok(Sse::new(unfold(Some(response.stream), |receiver| async move {
        let mut receiver = receiver?;
        loop {
            match receiver.recv().await {
                Ok(Some(ConverseStreamOutput::ContentBlockDelta(event))) => {
                    if let Some(ContentBlockDelta::Text(text)) = event.delta {
                        return Some((Ok(Event::default().data(text)), Some(receiver)));
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => {
                    let text = DisplayErrorContext(error).to_string();
                    return Some((Ok(Event::default().event("error").data(text)), None));
                }
            }
        }
    })))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(&aws_config::load_from_env().await);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/chat", get(chat)).with_state(client);
    tokio::spawn(async move { axum::serve(listener, app).await });

    // What a browser's EventSource would read.
    let mut browser = tokio::net::TcpStream::connect(address).await?;
    browser.write_all(b"GET /chat?prompt=Hello HTTP/1.0\r\n\r\n").await?;
    let mut response = String::new();
    browser.read_to_string(&mut response).await?;
    println!("{response}");
    Ok(())
}
