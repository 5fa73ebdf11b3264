//! Tests that the replay server serves every recording of the service.

use barerock_audit::Exchange;
use barerock_replay::{Chunking, Fixtures, MatchMode, Replay};
use barerock_test_data::captures::{self, COUNT};
use barerock_test_data::report_cases;
use barerock_tests::client::Client;
use http::Request;

#[tokio::test]
async fn every_recording_is_served_as_it_was_recorded() {
    let Some(folder) = captures::folder("replay") else { return };
    let fixtures = Fixtures::load(&folder).unwrap();
    for chunking in [Chunking::Frames, Chunking::Whole] {
        let replay = Replay::builder(fixtures.clone())
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
