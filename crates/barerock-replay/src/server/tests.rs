//! Raw bytes over real sockets.

use super::*;
use crate::builder::ReplayBuilder;
use crate::chunking::Pace;
use crate::error::BindError;
use crate::fixture::Fixture;
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
/// Nothing here takes as long, unless it hangs.
const LONG: Duration = Duration::from_secs(20);

fn builder() -> ReplayBuilder {
    Replay::builder(Fixtures::builtin())
}

fn fixture(name: &str) -> Fixture {
    Fixtures::builtin().iter().find(|fixture| fixture.name() == name).unwrap().clone()
}

async fn start(builder: ReplayBuilder) -> Replay {
    builder.bind("127.0.0.1:0").await.unwrap()
}

async fn with_faults(rules: &[&str]) -> Replay {
    start(builder().faults(rules.iter().map(|rule| rule.parse().unwrap()))).await
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[expect(clippy::disallowed_methods, reason = "the test is the client")]
async fn connect(replay: &Replay) -> TcpStream {
    TcpStream::connect(replay.local_addr()).await.unwrap()
}

/// Sends raw bytes and reads until the connection ends: what came, and how it ended.
async fn exchange(replay: &Replay, request: &str) -> (String, Vec<u8>, io::Result<()>) {
    let mut stream = connect(replay).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let end = timeout(LONG, stream.read_to_end(&mut received)).await.expect("the connection ends");
    let split =
        received.windows(4).position(|window| window == b"\r\n\r\n").map_or(received.len(), |at| at + 4);
    let body = received.split_off(split);
    (String::from_utf8(received).unwrap(), body, end.map(drop))
}

/// Undoes chunked coding: the chunks, and whether the last one came.
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
    // The head leaves at once, each frame after its wait.
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
    assert!(message.starts_with("No fixture answers converse for model \"nobody.knows\""), "{message}");
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
}

#[tokio::test]
async fn faults_that_replace_the_answer() {
    let replay = with_faults(&[
        "throttle=1500ms@1",
        "status=503@2",
        "status=424:Odd@3",
        "html@4",
        "exception=throttlingException@5",
    ])
    .await;
    for (expected_head, expected_body) in [
        (
            "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nx-amzn-errortype: ThrottlingException\r\nx-amz-retry-after: 1500\r\n",
            "{\"message\":\"Too many requests, ",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nx-amzn-errortype: ServiceUnavailableException\r\n",
            "{\"message\":",
        ),
        (
            "HTTP/1.1 424 Failed Dependency\r\ncontent-type: application/json\r\nx-amzn-errortype: Odd\r\n",
            "{\"message\":",
        ),
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n", "<html>"),
        (
            "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nx-amzn-errortype: ThrottlingException\r\n",
            "{\"message\":",
        ),
        ("HTTP/1.1 200 OK\r\n", "{\"metrics\":"),
    ] {
        let (head, body, _) = exchange(&replay, &post(CONVERSE, BODY)).await;
        assert!(head.starts_with(expected_head), "{head}");
        assert!(body.starts_with(expected_body.as_bytes()), "{}", String::from_utf8_lossy(&body));
    }
    assert_eq!(replay.requests()[0].note.as_deref(), Some("throttle=1500ms"));
}

#[tokio::test]
async fn a_reset_is_a_tcp_reset() {
    let replay = with_faults(&["reset-before@1", "reset-after=300@2"]).await;
    let (head, _, end) = exchange(&replay, &post(STREAM, BODY)).await;
    assert_eq!((head.as_str(), end.unwrap_err().kind()), ("", io::ErrorKind::ConnectionReset));
    assert_eq!(replay.requests()[0].status, None);
    let (_, body, end) = exchange(&replay, &post(STREAM, BODY)).await;
    let (chunks, ended) = chunks(&body);
    assert_eq!((chunks.concat().len(), ended), (300, false));
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    // The server lives on.
    let (head, ..) = exchange(&replay, &post(STREAM, BODY)).await;
    assert!(head.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_closed_body_lacks_its_last_chunk_and_a_truncated_one_has_it() {
    let replay =
        with_faults(&["close-after=300@1", "truncate=300@2", "truncate=10@3", "close-after=10@4"]).await;
    for whole in [false, true] {
        let (_, body, end) = exchange(&replay, &post(STREAM, BODY)).await;
        let (chunks, ended) = chunks(&body);
        assert!(end.is_ok());
        assert_eq!((chunks.concat(), ended), (fixture("chat-stream").body()[..300].to_vec(), whole));
    }
    let length = fixture("chat").body().len();
    for promised in [10, length] {
        let (head, body, end) = exchange(&replay, &post(CONVERSE, BODY)).await;
        assert!(end.is_ok() && head.contains(&format!("content-length: {promised}\r\n")), "{head}");
        assert_eq!(body, fixture("chat").body()[..10]);
    }
}

#[tokio::test]
async fn frames_are_replaced_and_bits_flipped() {
    let replay = with_faults(&[
        "exception=modelStreamErrorException:3@1",
        "error-frame@2",
        "corrupt=130@3",
        "content-type=text/plain@3",
    ])
    .await;
    let frames = crate::frames::split(fixture("chat-stream").body());
    let (_, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
    let (sent, ended) = chunks(&body);
    assert!(ended && sent.len() == 3 && sent[..2] == frames[..2]);
    assert!(String::from_utf8_lossy(&sent[2]).contains("modelStreamErrorException"));
    let (_, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
    let (sent, _) = chunks(&body);
    assert!(sent.len() == 1 && String::from_utf8_lossy(&sent[0]).contains(":error-code"));
    let (head, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
    assert!(head.contains("content-type: text/plain\r\n"), "{head}");
    let (sent, _) = chunks(&body);
    let mut expected = fixture("chat-stream").body().to_vec();
    expected[130] ^= 1;
    assert_eq!(sent.concat(), expected);
    assert_eq!(sent.len(), frames.len(), "the chunks are as they were");
}

#[tokio::test]
async fn a_stall_is_silence_and_a_client_that_leaves_ends_it() {
    let replay = with_faults(&["stall=150ms@1", "stall-after=300:150ms@2", "stall-after=300@3"]).await;
    for _ in 0..2 {
        let start = Instant::now();
        let (_, body, _) = exchange(&replay, &post(STREAM, BODY)).await;
        assert!(start.elapsed() >= Duration::from_millis(150));
        assert_eq!(chunks(&body).0.concat(), *fixture("chat-stream").body());
    }
    let mut stream = connect(&replay).await;
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let silence = timeout(Duration::from_millis(300), stream.read_to_end(&mut received)).await;
    assert!(silence.is_err(), "it does not end");
    assert!(received.len() > 300 && received.len() < 1_500, "{}", received.len());
    drop(stream);
    // A hanging answer must not outlive its client, nor hold up a shutdown.
    timeout(Duration::from_secs(2), replay.shutdown()).await.unwrap();
}

#[tokio::test]
async fn a_request_has_bounds_in_size_and_time() {
    let replay = start(builder().max_request_bytes(50).io_timeout(Duration::from_millis(200))).await;
    let (head, body, _) = exchange(&replay, &post(CONVERSE, BODY)).await;
    assert!(head.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{head}");
    assert_eq!(body, br#"{"message":"The request body is larger than 50 bytes."}"#);
    let (head, body, _) =
        exchange(&replay, &format!("POST {CONVERSE} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{{"))
            .await;
    assert!(head.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{head}");
    assert_eq!(body, br#"{"message":"The request body did not arrive within 200ms."}"#);
    // A head that never ends.
    let (_, _, end) = exchange(&replay, "POST / HTTP/1.1\r\nhost:").await;
    assert!(end.is_ok());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up_on() {
    // More than the buffers of two sockets hold.
    let body = vec![b' '; 32 * 1024 * 1024];
    let request = br#"{"method":"GET","uri":"/large","headers":[],"body":""}"#;
    let large = Fixture::parse("large", request, br#"{"status":200,"headers":[]}"#, body).unwrap();
    let replay = Replay::builder(Fixtures::new([large])).io_timeout(Duration::from_millis(200));
    let replay = start(replay).await;
    let mut stream = connect(&replay).await;
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut received = Vec::new();
    let end = timeout(LONG, stream.read_to_end(&mut received)).await.expect("the connection ends");
    assert!(received.len() < 32 * 1024 * 1024, "{end:?}: {}", received.len());
}

#[tokio::test]
async fn only_the_loopback_is_served_unless_allowed() {
    let error = builder().bind("0.0.0.0:0").await.unwrap_err();
    assert!(matches!(error, BindError::NotLoopback { .. }), "{error}");
    assert!(error.to_string().starts_with("0.0.0.0:0 is not a loopback address"), "{error}");
    let open = builder().allow_other_machines().bind("0.0.0.0:0").await.unwrap();
    assert_ne!(open.local_addr().port(), 0);
    let error = builder().bind("127.0.0.1").await.unwrap_err();
    assert!(error.to_string().starts_with("cannot listen on 127.0.0.1: "), "{error}");
    let replay = start(builder()).await;
    let taken = builder().bind(&replay.local_addr().to_string()).await.unwrap_err();
    assert!(matches!(taken, BindError::Io { .. }), "{taken}");
}

#[tokio::test]
async fn a_shutdown_lets_an_answer_end_and_a_drop_does_not() {
    let replay =
        start(builder().match_mode(MatchMode::Any).pace(Pace::every(Duration::from_millis(2)))).await;
    let mut stream = connect(&replay).await;
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    let mut received = vec![0];
    assert_eq!(stream.read(&mut received).await.unwrap(), 1);
    let (address, reader) = (
        replay.local_addr(),
        tokio::spawn(async move {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.map(|_| rest)
        }),
    );
    replay.shutdown().await;
    assert!(reader.await.unwrap().unwrap().ends_with(b"\r\n0\r\n\r\n"));

    let replay = builder().pace(Pace::every(LONG)).bind(&address.to_string()).await.unwrap();
    let mut stream = connect(&replay).await;
    stream.write_all(post(STREAM, BODY).as_bytes()).await.unwrap();
    assert_eq!(stream.read(&mut received).await.unwrap(), 1);
    drop(replay);
    let mut rest = Vec::new();
    let end = timeout(LONG, stream.read_to_end(&mut rest)).await.expect("the connection ends");
    assert!(end.is_err() || !rest.ends_with(b"\r\n0\r\n\r\n"));
}
