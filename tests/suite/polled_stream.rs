//! Responses as `futures_core::Stream`s.

use core::time::Duration;

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy, StreamEvent, Verdict};
use barerock_hyper::HyperTransport;
use barerock_replay::{Chunking, Fixture, Fixtures, ReplayBuilder, ReplayServer};
use futures_util::{StreamExt as _, TryStreamExt as _};

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
const TEXT: &str = "One two three four five six seven.";

fn replay() -> ReplayBuilder {
    ReplayServer::builder().fixtures(Fixtures::new([Fixture::text(MODEL, TEXT)]))
}

fn client(replay: &ReplayServer) -> Client<HyperTransport> {
    Client::builder(HyperTransport::new())
        .retry(RetryPolicy::off())
        .region("us-east-1")
        .endpoint_url(replay.url())
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL", None))
        .build()
        .unwrap()
}

fn request() -> ConverseRequest {
    ConverseRequest::new(MODEL, [Message::user("Count.")])
}

/// The whole body at once, one frame at a time, and chunks with arbitrary boundaries.
#[tokio::test]
async fn the_events_are_those_of_next_event() {
    for chunk in ["whole", "frames", "7"] {
        let replay = replay().chunking(chunk.parse::<Chunking>().unwrap()).bind("127.0.0.1:0").await.unwrap();
        let client = client(&replay);
        let mut expected = Vec::new();
        let mut stream = client.converse_stream(&request()).await.unwrap();
        while let Some(event) = stream.next_event().await.unwrap() {
            expected.push(event.into_owned());
        }
        let stream = client.converse_stream(&request()).await.unwrap().into_stream();
        let events: Vec<StreamEvent<'static>> = stream.try_collect().await.unwrap();
        assert_eq!(events, expected, "{chunk}");
        let texts = client.converse_stream(&request()).await.unwrap().into_stream().text();
        let text: Vec<String> = texts.try_collect().await.unwrap();
        assert_eq!(text.concat(), TEXT, "{chunk}");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_one_error() {
    let replay = replay().faults(["truncate=400".parse().unwrap()]).bind("127.0.0.1:0").await.unwrap();
    let mut stream = client(&replay).converse_stream(&request()).await.unwrap().into_stream();
    let mut events = 0;
    let error = loop {
        match stream.next().await.expect("an error before the end") {
            Ok(_) => events += 1,
            Err(error) => break error,
        }
    };
    assert!(events > 0);
    assert_eq!(error.verdict(), Some(Verdict::Truncated));
    assert!(stream.next().await.is_none() && stream.next().await.is_none());
}

#[tokio::test]
async fn a_dropped_stream_closes_the_connection() {
    let replay = replay().pace("50ms".parse().unwrap()).bind("127.0.0.1:0").await.unwrap();
    let mut stream = client(&replay).converse_stream(&request()).await.unwrap().into_stream().text();
    assert_eq!(stream.next().await.unwrap().unwrap(), "One ");
    drop(stream);
    let request = replay.requests().pop().unwrap();
    tokio::time::timeout(Duration::from_secs(10), async {
        while !request.client_left() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the server sees that the client is gone");
}

#[tokio::test]
async fn the_text_is_shown_and_the_message_kept() {
    let replay = replay().bind("127.0.0.1:0").await.unwrap();
    let mut shown = String::new();
    let stream = client(&replay).converse_stream(&request()).await.unwrap();
    let message =
        stream.into_message_with(|event| shown.push_str(event.text().unwrap_or_default())).await.unwrap();
    assert_eq!((&*shown, &*message.text()), (TEXT, TEXT));
}
