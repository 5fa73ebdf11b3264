//! Tests of the call timeout and of observers. Time is simulated: the clock of the runtime advances only when idle.

use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use barerock::{
    Client, ClientBuilder, Credentials, ErrorKind, Observe, RetryPolicy, Stage, Timeouts, Verdict,
};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReplayServer};
use barerock_tests::peer::{Peer, Reply};
use barerock_tests::replay::{question, recorded, start};
use serde_json::json;
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_secs(3);
const A_BIT: Duration = Duration::from_millis(99);

async fn serve(fault: &str) -> ReplayServer {
    start(recorded(MatchMode::Exact, [fault])).await
}

/// Builds a client with the clock of the runtime.
fn client(replay: &ReplayServer) -> ClientBuilder<HyperTransport> {
    let start = Instant::now();
    Client::builder(HyperTransport::new())
        .region("us-east-1")
        .endpoint_url(replay.url())
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL", None))
        .timeouts(Timeouts::never().operation(LIMIT))
        .random_seed(1)
        .clock(move || UNIX_EPOCH + Duration::from_secs(1_700_000_000) + start.elapsed())
}

fn assert_took(start: Instant, time: Duration) {
    let took = start.elapsed();
    assert!(took >= time && took <= time + A_BIT, "{took:?}, not {time:?}");
}

#[tokio::test(start_paused = true)]
async fn it_ends_a_call_that_is_not_answered() {
    for fault in ["stall=60m", "stall-after=0", "stall-after=700"] {
        let replay = serve(fault).await;
        let client = client(&replay).build().unwrap();
        let start = Instant::now();
        let error = client.converse(&question()).await.unwrap_err();
        assert_took(start, LIMIT);
        assert!(error.kind() == ErrorKind::Transport && error.is_timeout(), "{fault}: {error}");
        assert_eq!(error.to_string(), "timed out after 3s waiting for the whole response");
        assert_eq!(replay.requests().len(), 1, "{fault}: there is no time for another");
    }
}

#[tokio::test(start_paused = true)]
async fn it_ends_a_stream_that_goes_on_and_on() {
    // The clients of the fixture's thirty pieces would wait half a minute.
    let replay = serve("slow=1s").await;
    let client = client(&replay).build().unwrap();
    let start = Instant::now();
    let error = client.converse_stream(&question()).await.unwrap().into_message().await.unwrap_err();
    assert_took(start, LIMIT);
    assert!(error.is_timeout(), "{error}");
    assert!(!error.partial().unwrap().text().is_empty(), "three pieces came");
    assert_eq!(replay.requests().len(), 1);
}

/// Attempts share the timeout: the second has the remaining time.
#[tokio::test(start_paused = true)]
async fn attempts_share_it() {
    let replay = serve("stall=60m").await;
    let limits = Timeouts::never().operation(LIMIT).first_byte(Duration::from_secs(2));
    let client = client(&replay).timeouts(limits).build().unwrap();
    let start = Instant::now();
    let error = client.converse(&question()).await.unwrap_err();
    assert_took(start, LIMIT);
    assert!(error.is_timeout() && error.attempts() == 2, "{error}");
    let ttl = replay.requests()[1].headers["amz-sdk-request"].to_str().unwrap().to_owned();
    assert!(ttl.starts_with("ttl=20231114T221323Z; attempt=2"), "the limit ends 3 s after 22:13:20: {ttl}");
}

/// The last error is more informative than the timeout.
#[tokio::test(start_paused = true)]
async fn a_wait_that_would_outlast_it_is_not_begun() {
    let replay = serve("throttle=4000ms").await;
    let client = client(&replay).build().unwrap();
    let start = Instant::now();
    let error = client.converse(&question()).await.unwrap_err();
    assert_took(start, Duration::ZERO);
    assert!(error.is_throttled(), "{error}");
    assert_eq!((error.attempts(), replay.requests().len()), (1, 1));
}

/// An exception in the first frame, or a body truncated before the end of the first frame, has returned no event.
#[tokio::test(start_paused = true)]
async fn a_stream_of_which_nothing_was_seen_is_asked_for_again() {
    for (fault, attempts) in [
        ("exception=throttlingException@1", 2),
        ("exception=serviceUnavailableException@1x2", 3),
        ("exception=throttlingException:2@1", 1),
        ("exception=modelStreamErrorException@1", 1),
        ("exception=validationException@1", 1),
        ("reset-after=0@1", 2),
        ("reset-after=20@1", 2),
        ("stall-after=20@1", 2),
        ("reset-after=700@1", 1),
    ] {
        let replay = serve(fault).await;
        let limits = Timeouts::never().idle(Duration::from_secs(1));
        let client = client(&replay).timeouts(limits).build().unwrap();
        let outcome = client.converse_stream(&question()).await.unwrap().into_message().await;
        assert_eq!(replay.requests().len(), attempts, "{fault}");
        assert_eq!(outcome.is_ok(), attempts > 1, "{fault}: {outcome:?}");
        if let Ok(message) = outcome {
            let whole = client.converse(&question()).await.unwrap();
            assert_eq!(message.text(), whole.text(), "{fault}: nothing twice, nothing lost");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_stays_refused_says_so() {
    let replay = serve("exception=throttlingException").await;
    let stream = client(&replay).build().unwrap().converse_stream(&question()).await.unwrap();
    let error = stream.into_message().await.unwrap_err();
    assert_eq!((error.verdict(), error.attempts()), (Some(Verdict::Exception), 3));
    assert!(
        error.is_throttled() && error.is_retryable() && error.to_string().ends_with("(after 3 attempts)")
    );
    let replay = serve("reset-after=0").await;
    let error = client(&replay).build().unwrap().converse_stream(&question()).await.unwrap_err();
    assert_eq!((error.verdict(), error.attempts()), (Some(Verdict::EndedEarly), 3));
}

/// Callers that decode the chunks themselves receive the first frame too.
#[tokio::test(start_paused = true)]
async fn the_first_bytes_are_not_lost() {
    let replay = serve("throttle@9").await;
    let client = client(&replay).build().unwrap();
    let mut stream = client.converse_stream(&question()).await.unwrap();
    let mut events = barerock::converse::EventDecoder::new();
    let (mut length, mut count) = (0, 0);
    while let Some(bytes) = stream.next_chunk().await.unwrap() {
        length += bytes.len();
        let mut chunk = &bytes[..];
        while events.next_event(&mut chunk).unwrap().is_some() {
            count += 1;
        }
    }
    events.finish().unwrap();
    assert!(length > 4_000 && count > 20, "{length} {count}");
}

/// Records the names of the stages and their calls.
#[derive(Default)]
struct Seen(Mutex<Vec<(String, String)>>);

impl Observe for Seen {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let name = format!("{stage:?}");
        assert!(!name.contains("SQUIRREL"), "{name}");
        let name = name.split(' ').next().unwrap_or_default().to_owned();
        self.0.lock().unwrap().push((call.to_owned(), name));
    }
}

impl Seen {
    fn of<T>(builder: ClientBuilder<T>) -> (Arc<Self>, ClientBuilder<T>)
    where
        T: barerock::Transport,
    {
        let seen = Arc::new(Self::default());
        (Arc::clone(&seen), builder.observe(seen))
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_on_sees_every_stage_in_order() {
    let replay = serve("status=503@1").await;
    let (seen, builder) = Seen::of(client(&replay));
    let client = builder.build().unwrap();
    client.converse(&question()).await.unwrap();
    let (calls, stages): (Vec<_>, Vec<_>) = seen.0.lock().unwrap().drain(..).unzip();
    // The failure has the current date and the fixture its recording date; both differ from the client's clock.
    let attempt = ["Credentials", "Sending", "ResponseHead", "ClockSkew", "Body"];
    assert_eq!(stages, [&["Begun"], &attempt[..], &["Retrying"], &attempt, &["Ended"]].concat());
    assert!(calls.iter().all(|call| *call == calls[0] && call.len() == 36), "{calls:?}");

    client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    let (calls, stages): (Vec<_>, Vec<_>) = seen.0.lock().unwrap().drain(..).unzip();
    let (head, pieces) = stages.split_at(4);
    assert_eq!(head, [&["Begun"], &attempt[..3]].concat());
    let mut pieces: Vec<_> = pieces.iter().filter(|stage| *stage != "ClockSkew").collect();
    assert_eq!(pieces.pop().unwrap(), "Ended");
    assert!(pieces.iter().all(|stage| *stage == "Chunk" || *stage == "Event"), "{pieces:?}");
    assert!(pieces.iter().any(|stage| *stage == "Event"), "{pieces:?}");
    assert!(pieces.len() > 20 && calls.iter().all(|call| *call == calls[0]));

    let replay = serve("status=400").await;
    let (seen, builder) = Seen::of(client_of(&replay));
    builder.retry(RetryPolicy::standard()).build().unwrap().converse(&question()).await.unwrap_err();
    let seen = seen.0.lock().unwrap();
    let last: Vec<_> = seen.iter().rev().take(2).map(|(_, stage)| &**stage).collect();
    assert_eq!(last, ["Ended", "Failed"]);
}

fn client_of(replay: &ReplayServer) -> ClientBuilder<HyperTransport> {
    client(replay).no_sign_request()
}

/// Servers may echo what they receive.
#[tokio::test]
async fn no_error_holds_the_proof_it_was_sent_with() {
    let peer = Peer::start(|request| {
        let echo = format!(
            "{:?}",
            request.headers().values().map(|value| value.to_str().unwrap()).collect::<Vec<_>>()
        );
        let body = json!({"message": echo, "originalMessage": echo}).to_string();
        Reply::Answer(403, "application/json", body.into())
    })
    .await;
    let builder = || Client::builder(HyperTransport::new()).region("us-east-1").endpoint_url(peer.url());
    let keys = Credentials::new("AKIDEXAMPLE", "SQUIRREL", Some("WAL/RUS+TOKEN".to_owned()));
    for (client, secret) in [
        (builder().credentials(keys), "WAL/RUS+TOKEN"),
        (builder().bearer_token("bedrock-api-key-PANDA"), "bedrock-api-key-PANDA"),
    ] {
        let error = client.build().unwrap().converse(&question()).await.unwrap_err();
        let shown = format!("{error} {error:?} {:?}", error.service_error());
        assert!(shown.contains("**redacted**") && !shown.contains(secret), "{shown}");
    }
}
