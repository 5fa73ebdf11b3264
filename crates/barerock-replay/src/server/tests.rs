//! Tests of the server over raw TCP connections.

mod bounds;
mod faults;
mod recorded;

use super::*;
use crate::builder::ReplayBuilder;
use crate::chunking::{Chunking, Pace};
use crate::error::BindError;
use crate::fixture::Fixture;
use crate::fixtures::Fixtures;
use crate::matching::MatchMode;
use crate::verify::Verify;
use http::StatusCode;
use std::io;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

const STREAM: &str = "/model/us.anthropic.claude-sonnet-4-6/converse-stream";
const CONVERSE: &str = "/model/us.anthropic.claude-sonnet-4-6/converse";
const BODY: &str = r#"{"messages":[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]}"#;
/// Time limit that no passing test reaches.
const LONG: Duration = Duration::from_secs(20);

fn builder() -> ReplayBuilder {
    ReplayServer::builder()
}

fn fixture(name: &str) -> Fixture {
    Fixtures::builtin().iter().find(|fixture| fixture.name() == name).unwrap().clone()
}

async fn start(builder: ReplayBuilder) -> ReplayServer {
    builder.bind("127.0.0.1:0").await.unwrap()
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[expect(clippy::disallowed_methods, reason = "the test is the client")]
async fn connect(replay: &ReplayServer) -> TcpStream {
    TcpStream::connect(replay.local_addr()).await.unwrap()
}

/// Sends raw bytes and reads until the connection ends: the head, the body, and the result of the last read.
async fn exchange(replay: &ReplayServer, request: &str) -> (String, Vec<u8>, io::Result<()>) {
    let mut stream = connect(replay).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let end = timeout(LONG, stream.read_to_end(&mut received)).await.expect("the connection ends");
    let split =
        received.windows(4).position(|window| window == b"\r\n\r\n").map_or(received.len(), |at| at + 4);
    let body = received.split_off(split);
    (String::from_utf8(received).unwrap(), body, end.map(drop))
}

/// Decodes the chunked coding: the chunks, and whether the final one arrived.
fn chunks(mut body: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut chunks = Vec::new();
    while let Some(at) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(core::str::from_utf8(&body[..at]).unwrap(), 16).unwrap();
        body = &body[at + 2..];
        if size == 0 {
            assert_eq!(body, b"\r\n");
            return (chunks, true);
        }
        if body.len() < size + 2 {
            chunks.push(body.to_vec());
            return (chunks, false);
        }
        chunks.push(body[..size].to_vec());
        assert_eq!(&body[size..size + 2], b"\r\n");
        body = &body[size + 2..];
    }
    (chunks, false)
}

#[tokio::test]
async fn a_stream_goes_out_a_chunk_a_frame_with_the_recorded_headers_in_order() {
    let replay = start(builder()).await;
    let (head, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
    let fixture = fixture("chat-stream");
    let id = fixture.headers().iter().find(|(name, _)| name == "x-amzn-requestid").unwrap();
    assert_eq!(
        head,
        format!(
            "HTTP/1.1 200 OK\r\ndate: Fri, 20 Nov 2026 12:00:00 GMT\r\ncontent-type: \
             application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\nx-amzn-requestid: {}\r\n\
             connection: close\r\n\r\n",
            id.1.to_str().unwrap()
        )
    );
    let (chunks, ended) = chunks(&body);
    assert!(ended);
    assert_eq!(chunks, crate::frames::split(fixture.body()));
    assert!(chunks.len() > 50);
}

#[tokio::test]
async fn an_answer_without_a_stream_has_its_length() {
    let replay = start(builder()).await;
    let (head, body, _) = exchange(&replay, &post(CONVERSE, BODY)).await;
    assert_eq!(body, *fixture("chat").body());
    let names: Vec<&str> =
        head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(names, ["date", "content-type", "content-length", "x-amzn-requestid", "connection"]);
}

#[tokio::test]
async fn chunks_have_the_size_asked_for() {
    for (chunking, sizes) in [("100", 100), ("whole", fixture("chat-stream").body().len())] {
        let replay = start(builder().chunking(chunking.parse().unwrap())).await;
        let (_, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
        let (chunks, ended) = chunks(&body);
        assert!(ended && chunks[0].len() == sizes, "{chunking}");
        assert_eq!(chunks.concat(), *fixture("chat-stream").body());
    }
}

#[tokio::test]
async fn a_pace_is_seen_by_the_client() {
    let delay = Duration::from_millis(100);
    let replay = start(builder().pace(Pace::every(delay))).await;
    let mut stream = connect(&replay).await;
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut buffer = [0; 65_536];
    // The head is sent at once, each frame after its delay.
    for read in 0..4 {
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        assert!(start.elapsed() >= delay * read, "read {read} came after {:?}", start.elapsed());
    }
    assert!(start.elapsed() < LONG);
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let replay = start(builder()).await;
    let mut stream = connect(&replay).await;
    let request = post(CONVERSE, BODY).replace("connection: close\r\n", "");
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(fixture("chat").body()) {
            assert!(stream.read_buf(&mut received).await.unwrap() > 0);
        }
    }
    assert_eq!(replay.requests().len(), 3);
}

#[tokio::test]
async fn an_old_client_gets_a_stream_without_chunks() {
    let replay = start(builder()).await;
    let (head, body, _) = exchange(&replay, &post(STREAM, BODY).replace("HTTP/1.1", "HTTP/1.0")).await;
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert_eq!(body, *fixture("chat-stream").body());
}

#[tokio::test]
async fn nothing_that_answers_is_a_404_that_explains() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let hook = move |request: &ReceivedRequest| {
        let line = (request.path.clone(), request.fixture.clone(), request.status);
        kept.lock().unwrap().push(line);
    };
    let replay = start(builder().on_request(hook)).await;
    let (head, body, _) = exchange(&replay, &post("/model/nobody.knows/converse", BODY)).await;
    assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
    assert!(head.contains("x-amzn-errortype: ResourceNotFoundException\r\n"), "{head}");
    assert!(head.contains("x-amzn-requestid: 00000000-0000-4000-8000-000000000001\r\n"), "{head}");
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(message.starts_with("no fixture for converse for model \"nobody.knows\""), "{message}");
    let _ = exchange(&replay, &post(STREAM, BODY)).await;
    assert_eq!(
        *lines.lock().unwrap(),
        [
            ("/model/nobody.knows/converse".to_owned(), None, Some(StatusCode::NOT_FOUND)),
            (STREAM.to_owned(), Some("chat-stream".to_owned()), Some(StatusCode::OK)),
        ]
    );
    let request = &replay.requests()[1];
    assert_eq!((request.number, &request.body[..]), (2, BODY.as_bytes()));
}

#[tokio::test]
async fn an_unsigned_request_is_refused_before_anything_else() {
    let verify = Verify::for_region("us-east-1").with_bearer_key("key");
    let replay = start(builder().verify(verify).faults(["throttle@1".parse().unwrap()])).await;
    let (head, body, _) = exchange(&replay, &post(CONVERSE, BODY)).await;
    assert!(head.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{head}");
    assert!(head.contains("x-amzn-errortype: MissingAuthenticationTokenException\r\n"), "{head}");
    assert!(body.starts_with(b"{\"message\":\"Missing Authentication Token ("));
    let request = post(CONVERSE, BODY).replace("host:", "authorization: Bearer key\r\nhost:");
    let (head, ..) = exchange(&replay, &request).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("date: ") && !head.contains("20 Nov 2026 12:00:00"), "{head}");
}

#[tokio::test]
async fn what_was_sent_and_a_client_that_left_are_told() {
    let replay = start(builder().pace("5ms".parse().unwrap())).await;
    let (_, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
    let sent: usize = chunks(&body).0.iter().map(Vec::len).sum();
    let [whole] = &replay.requests()[..] else { panic!() };
    assert_eq!((whole.sent_bytes(), whole.client_left()), (u64::try_from(sent).unwrap(), false));

    let mut stream = connect(&replay).await;
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 400]).await.unwrap();
    drop(stream);
    let request = replay.requests().pop().unwrap();
    timeout(LONG, async {
        while !request.client_left() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the replay notices that the client is gone");
    assert!(request.sent_bytes() > 0 && request.sent_bytes() < whole.sent_bytes());
}
