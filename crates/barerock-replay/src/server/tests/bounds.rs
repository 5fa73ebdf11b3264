//! Tests of the limits on clients and of the address check.

use super::*;

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
    // More than the buffers of both sockets hold.
    let body = vec![b' '; 32 * 1024 * 1024];
    let request = br#"{"method":"GET","uri":"/large","headers":[],"body":""}"#;
    let large = Fixture::parse("large", request, br#"{"status":200,"headers":[]}"#, body).unwrap();
    let replay =
        ReplayServer::builder().fixtures(Fixtures::new([large])).io_timeout(Duration::from_millis(200));
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
