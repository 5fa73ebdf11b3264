//! Tests that the replay server serves every recording of the service.

use core::time::Duration;
use std::sync::Arc;

use barerock::Credentials;
use barerock_audit::Exchange;
use barerock_audit::exchange::{ChunkTime, Timing};
use barerock_hyper::HyperTransport;
use barerock_replay::{Chunking, Fixture, Fixtures, MatchMode, Pace, ReplayServer, Tls, Verify};
use barerock_test_data::captures::{self, COUNT};
use barerock_test_data::report_cases;
use barerock_tests::client::Client;
use barerock_tests::workspace;
use http::Request;
use tokio::sync::Barrier;

#[tokio::test]
async fn every_recording_is_served_as_it_was_recorded() {
    let Some(folder) = captures::folder("replay") else { return };
    let fixtures = Fixtures::load(&folder).unwrap();
    for chunking in [Chunking::Frames, Chunking::Whole] {
        let replay = ReplayServer::builder()
            .fixtures(fixtures.clone())
            .match_mode(MatchMode::Exact)
            .chunking(chunking)
            .bind("127.0.0.1:0");
        let replay = replay.await.unwrap();
        let mut client = Client::connect(replay.local_addr()).await;
        let mut served = 0;
        for fixture in fixtures.iter() {
            let Exchange { request, response: recorded } =
                Exchange::read(&folder.join(fixture.name())).unwrap();
            let request = Request::builder()
                .method(request.method())
                .uri(request.target().unwrap())
                .header("host", "localhost")
                .body(request.body().clone())
                .unwrap();
            let answer = client.send(request).await;
            assert_eq!(answer.status(), fixture.status(), "{}", fixture.name());
            // Recordings of the same request are served in the order of their names, which is the order of this loop.
            assert!(answer.body() == recorded.body(), "{}", fixture.name());
            assert!(answer.headers().contains_key("content-type"), "{}", fixture.name());
            assert!(answer.headers().contains_key("x-amzn-requestid"), "{}", fixture.name());
            served += 1;
        }
        report_cases(served, &format!("recordings served in chunks: {chunking}"));
        assert_eq!(served, COUNT);
        replay.shutdown().await;
    }
}

/// The built-in stream, recorded as if it had arrived in chunks of 64 bytes, one per millisecond.
fn recorded_stream() -> Fixture {
    let folder = workspace::root().join("crates/barerock-replay/fixtures/chat-stream");
    let mut exchange = Exchange::read(&folder).unwrap();
    let mut timing = Timing::default();
    let length = u64::try_from(exchange.response.body().len()).unwrap();
    timing.chunks = (0..length)
        .step_by(64)
        .enumerate()
        .map(|(index, offset)| {
            let at = Duration::from_millis(u64::try_from(index).unwrap());
            ChunkTime { offset, at }
        })
        .collect();
    exchange.response = exchange.response.with_timing(timing);
    Fixture::new("recorded", &exchange)
}

/// Limit on the open files of this process.
#[expect(clippy::disallowed_methods, reason = "the limit of the system the test runs on")]
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(3).and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_recorded_streams_at_once_lose_nothing() {
    const STREAMS: usize = 1_000;
    if open_files() < 2 * STREAMS + 100 {
        println!("a_thousand_recorded_streams_at_once_lose_nothing: not run: too few files may be open");
        return;
    }
    let fixture = recorded_stream();
    let (body, path) = (fixture.body().clone(), "/model/us.anthropic.claude-sonnet-4-6/converse-stream");
    let replay = ReplayServer::builder()
        .fixtures(Fixtures::new([fixture]))
        .match_mode(MatchMode::Any)
        .chunking(Chunking::Recorded)
        .pace(Pace::recorded())
        .bind("127.0.0.1:0")
        .await
        .unwrap();
    let address = replay.local_addr();
    let begun = Arc::new(Barrier::new(STREAMS));
    let calls: Vec<_> = (0..STREAMS)
        .map(|_| {
            let (body, begun) = (body.clone(), Arc::clone(&begun));
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                // All are connected before the first is served.
                begun.wait().await;
                let request = Request::post(path).header("host", "localhost").body("{}".into()).unwrap();
                client.send(request).await.body() == &body
            })
        })
        .collect();
    let mut whole = 0;
    for call in calls {
        whole += usize::from(call.await.unwrap());
    }
    assert_eq!((whole, replay.requests().len()), (STREAMS, STREAMS));
    replay.shutdown().await;
}

#[tokio::test]
async fn streams_are_served_over_http_2() {
    let tls = Tls::generate().unwrap().with_http2();
    let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
    let verify = Verify::for_region("us-east-1").with_credentials(credentials.clone());
    let replay = ReplayServer::builder().match_mode(MatchMode::Any).verify(verify).tls(tls.clone());
    let replay = replay.bind("127.0.0.1:0").await.unwrap();
    for http2 in [true, false] {
        let transport = HyperTransport::with_ca_bundle(tls.ca_pem().as_bytes()).unwrap();
        let transport = if http2 { transport.http2() } else { transport }.build();
        let client = barerock::Client::builder(transport)
            .region("us-east-1")
            .endpoint_url(replay.url())
            .credentials(credentials.clone())
            .build()
            .unwrap();
        let request = barerock::ConverseRequest::new("m", [barerock::types::Message::user("hi")]);
        let calls = [(); 3].map(|()| async { client.converse_stream(&request).await?.into_message().await });
        for call in calls {
            assert!(!call.await.unwrap().text().is_empty());
        }
        let last = replay.requests().pop().unwrap();
        assert_eq!((&*last.path, last.status.unwrap().as_u16()), ("/model/m/converse-stream", 200));
        assert!(last.headers.contains_key("host"));
    }
    assert_eq!(replay.requests().len(), 6);
    replay.shutdown().await;
}
