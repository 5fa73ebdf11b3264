//! Tests of each fault's effect on the bytes.

use super::*;

async fn with_faults(rules: &[&str]) -> ReplayServer {
    start(builder().faults(rules.iter().map(|rule| rule.parse().unwrap()))).await
}

#[tokio::test]
async fn faults_that_replace_the_answer() {
    let replay = with_faults(&[
        "throttle=1500ms@1",
        "status=503@2",
        "status=424:Odd@3",
        "html@4",
        "exception=throttlingException@5",
        "redirect@6",
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
        (
            "HTTP/1.1 307 Temporary Redirect\r\ncontent-type: text/html\r\nlocation: https://elsewhere.example/login\r\n",
            "<html>",
        ),
        ("HTTP/1.1 200 OK\r\n", "{\"metrics\":"),
    ] {
        let (head, body, _) = exchange(&replay, &post(CONVERSE, BODY)).await;
        assert!(head.starts_with(expected_head), "{head}");
        assert!(body.starts_with(expected_body.as_bytes()), "{}", String::from_utf8_lossy(&body));
    }
    assert_eq!(replay.requests()[0].note.as_deref(), Some("throttle=1500ms"));
    let replay = with_faults(&["status=418"]).await;
    let (head, ..) = exchange(&replay, &post(CONVERSE, BODY)).await;
    assert!(head.starts_with("HTTP/1.1 418 ") && !head.contains("errortype"), "{head}");
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
    // The server still runs.
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
    // A response that hangs must not outlive its client, nor delay a shutdown.
    timeout(Duration::from_secs(2), replay.shutdown()).await.unwrap();
}
