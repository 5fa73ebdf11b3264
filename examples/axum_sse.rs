//! A web server that streams the model's text as server-sent events. A browser that goes away drops the stream, which closes
//! the connection to Bedrock: nothing more is generated or paid for.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use barerock::types::Message;
use barerock::{ConverseRequest, Error};
use barerock_examples::CLAUDE;
use barerock_hyper::Client;
use barerock_replay::Fixture;
use futures_util::{Stream, StreamExt as _};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[derive(Deserialize)]
struct Question {
    prompt: String,
}

async fn chat(
    State(client): State<Client>,
    Query(question): Query<Question>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, String> {
    let request = ConverseRequest::new(CLAUDE, [Message::user(question.prompt)]);
    let stream = client.converse_stream(&request).await.map_err(|error| error.to_string())?;
    Ok(Sse::new(stream.into_stream().text().map(|text| Ok(event(text)))))
}

fn event(text: Result<String, Error>) -> Event {
    match text {
        Ok(text) => Event::default().data(text),
        Err(error) => Event::default().event("error").data(error.to_string()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = barerock_examples::client([Fixture::text(CLAUDE, "Tokens as they come.")]).await?;
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
