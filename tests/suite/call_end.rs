//! Tests of the summary of a call: an observer receives it once at the end of every call, and the response has the same.

use core::time::Duration;
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use barerock::types::{InferenceConfiguration, Message, StopReason, TokenUsage};
use barerock::{
    Client, ClientBuilder, ConverseRequest, CountTokensRequest, Credentials, Environment, Observe, Outcome,
    RetryPolicy, Stage, Timeouts, Transport,
};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReplayServer};
use barerock_tests::peer::{Peer, Reply};
use barerock_tests::replay::{question, recorded, start};
use bytes::Bytes;
use http::Response;
use tokio::time::Instant;

/// The summary that an observer received at the end of a call.
#[derive(Debug)]
struct Ended {
    outcome: String,
    usage: Option<TokenUsage>,
    attempts: u32,
    first_event: Option<Duration>,
    elapsed: Duration,
    request_id: Option<String>,
    stop_reason: Option<StopReason>,
    response: Option<String>,
}

/// Records the ends of calls and the text of their events. Fails if anything follows the end of a call or precedes its beginning.
#[derive(Default)]
struct Ends {
    ends: Mutex<Vec<(String, Ended)>>,
    begun: Mutex<Vec<String>>,
    text: Mutex<String>,
}

impl Ends {
    fn of<T: Transport>(builder: ClientBuilder<T>) -> (Arc<Self>, Client<T>) {
        let ends = Arc::new(Self::default());
        (Arc::clone(&ends), builder.observe(ends).build().unwrap())
    }

    /// Returns the only summary received since the last call of this function.
    #[track_caller]
    fn take(&self) -> Ended {
        let mut ends = self.ends.lock().unwrap();
        assert_eq!(ends.len(), 1, "{ends:?}");
        let (call, ended) = ends.pop().unwrap();
        assert_eq!(call.len(), 36, "{call}");
        ended
    }
}

impl Observe for Ends {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        let mut ends = self.ends.lock().unwrap();
        assert!(ends.iter().all(|(ended, _)| ended != call), "{stage:?} after the end");
        let mut begun = self.begun.lock().unwrap();
        match stage {
            Stage::Begun { endpoint, .. } => {
                assert_eq!(endpoint.host(), "127.0.0.1");
                begun.push(call.to_owned());
            }
            // The stages of two calls may be interleaved.
            _ => assert!(begun.iter().any(|begun| begun == call), "{stage:?} before the beginning"),
        }
        if let Stage::Event { event, .. } = stage {
            self.text.lock().unwrap().push_str(event.text().unwrap_or_default());
        }
        let Stage::Ended { outcome, usage, attempts, first_event, elapsed, request_id, .. } = stage else {
            return;
        };
        let Stage::Ended { stop_reason, response, .. } = stage else { unreachable!() };
        let outcome = match outcome {
            Outcome::Complete => "complete".to_owned(),
            Outcome::BodyRead => "body read".to_owned(),
            Outcome::Dropped => "dropped".to_owned(),
            Outcome::Failed(error) => format!("{error}"),
            _ => panic!("{outcome:?}"),
        };
        let ended = Ended {
            outcome,
            usage: usage.cloned(),
            attempts: *attempts,
            first_event: *first_event,
            elapsed: *elapsed,
            request_id: request_id.map(str::to_owned),
            stop_reason: stop_reason.cloned(),
            response: response.map(|response| response.text()),
        };
        ends.push((call.to_owned(), ended));
    }
}

async fn serve(fault: &str) -> ReplayServer {
    start(recorded(MatchMode::Exact, [fault])).await
}

/// Builds a client with the clock of the runtime.
fn client(url: &str) -> ClientBuilder<HyperTransport> {
    let start = Instant::now();
    Client::builder(HyperTransport::new())
        .region("us-east-1")
        .endpoint_url(url)
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL-of-sixteen-bytes", None))
        .retry(RetryPolicy::off())
        .clock(move || UNIX_EPOCH + Duration::from_secs(1_700_000_000) + start.elapsed())
}

/// A fault that applies to no request of a test.
const NO_FAULT: &str = "throttle@99";

#[tokio::test(start_paused = true)]
async fn a_whole_response() {
    let replay = serve("throttle=1000ms@1").await;
    let (ends, client) = Ends::of(client(&replay.url()).retry(RetryPolicy::standard()));
    let response = client.converse(&question()).await.unwrap();
    let ended = ends.take();
    assert_eq!((&*ended.outcome, ended.attempts, ended.first_event), ("complete", 2, None));
    assert_eq!(ended.usage.as_ref(), Some(&response.usage));
    assert!(ended.elapsed >= Duration::from_secs(1) && ended.request_id.is_some(), "{ended:?}");
    assert_eq!(response.request_id(), ended.request_id.as_deref());
    assert_eq!((response.attempts(), response.elapsed()), (ended.attempts, ended.elapsed));
    assert_eq!(response.call().first_event, None);
    assert_eq!(ended.stop_reason.as_ref(), Some(&response.stop_reason));
    assert_eq!(ended.response.unwrap(), response.text());
    assert!(response.raw().unwrap().contains("\"usage\""));
}

#[tokio::test(start_paused = true)]
async fn a_stream_read_to_its_end() {
    let replay = serve("slow=1s").await;
    let (ends, client) = Ends::of(client(&replay.url()));
    let message = client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    let ended = ends.take();
    assert_eq!((&*ended.outcome, ended.attempts), ("complete", 1));
    assert_eq!(ended.usage.as_ref(), message.usage());
    assert!(ended.usage.is_some() && ended.request_id.is_some(), "{ended:?}");
    assert!(ended.first_event.unwrap() + Duration::from_secs(3) < ended.elapsed, "{ended:?}");
    assert_eq!(message.request_id(), ended.request_id.as_deref());
    assert_eq!((message.attempts(), message.elapsed()), (ended.attempts, ended.elapsed));
    assert_eq!(message.first_event(), ended.first_event);
    assert_eq!(ended.stop_reason.as_ref(), Some(message.stop_reason()));
    assert_eq!((ended.response, &ends.text.lock().unwrap()[..]), (None, &message.text()[..]));
    // The response is from the same call.
    let call = message.call().clone();
    assert_eq!(message.into_response().call(), &call);

    // Reading after the end reports nothing more.
    let mut stream = client.converse_stream(&question()).await.unwrap();
    while stream.next_event().await.unwrap().is_some() {}
    assert!(stream.next_event().await.unwrap().is_none());
    drop(stream);
    assert_eq!(ends.take().outcome, "complete");
}

/// A call is measured without an observer too.
#[tokio::test(start_paused = true)]
async fn calls_are_measured_without_an_observer() {
    let replay = serve("slow=1s").await;
    let client = client(&replay.url()).build().unwrap();
    let mut stream = client.converse_stream(&question()).await.unwrap();
    let first_event = stream.first_event().unwrap();
    assert_eq!((stream.attempts(), stream.request_id().is_some()), (1, true));
    let mut last = stream.elapsed();
    assert!(first_event <= last);
    while stream.next_event().await.unwrap().is_some() {
        assert!(stream.elapsed() >= last);
        last = stream.elapsed();
    }
    // The end is measured once.
    let elapsed = stream.elapsed();
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!((stream.elapsed(), stream.first_event()), (elapsed, Some(first_event)));
    let usage = client.count_tokens(&CountTokensRequest::from(question())).await.unwrap();
    assert_eq!((usage.attempts(), usage.request_id().is_some()), (1, true));
}

#[tokio::test(start_paused = true)]
async fn a_stream_read_as_chunks() {
    let replay = serve(NO_FAULT).await;
    let (ends, client) = Ends::of(client(&replay.url()));
    let mut stream = client.converse_stream(&question()).await.unwrap();
    while stream.next_chunk().await.unwrap().is_some() {}
    drop(stream);
    let ended = ends.take();
    assert_eq!((&*ended.outcome, ended.usage), ("body read", None));
}

#[tokio::test(start_paused = true)]
async fn a_broken_stream() {
    for (fault, words) in [
        ("reset-after=700", "response cut off"),
        ("truncate=700", "the stream was cut off"),
        ("corrupt=700", "the stream is corrupt"),
        ("exception=modelStreamErrorException:6", "the service ended the stream with an exception"),
        ("exception=throttlingException", "the service ended the stream with an exception"),
        ("stall-after=700", "timed out"),
        ("html=200", "not an event stream"),
    ] {
        let replay = serve(fault).await;
        let timeouts = Timeouts::never().idle(Duration::from_secs(1));
        let (ends, client) = Ends::of(client(&replay.url()).timeouts(timeouts));
        let message = async { client.converse_stream(&question()).await?.into_message().await };
        let error = message.await.unwrap_err();
        let ended = ends.take();
        assert_eq!((ended.outcome, ended.attempts), (error.to_string(), 1), "{fault}");
        assert!(error.to_string().contains(words), "{fault}: {error}");
        let got_event = error.partial().is_some_and(|message| !message.content.is_empty());
        assert_eq!(ended.first_event.is_some(), got_event, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_stream() {
    let replay = serve("slow=1s").await;
    let (ends, client) = Ends::of(client(&replay.url()));
    let mut stream = client.converse_stream(&question()).await.unwrap();
    for _ in 0..3 {
        stream.next_event().await.unwrap().unwrap();
    }
    drop(stream);
    let ended = ends.take();
    assert_eq!((&*ended.outcome, ended.usage), ("dropped", None));
    assert!(ended.first_event.is_some() && ended.request_id.is_some());

    // Dropped before an event was taken, after one had arrived.
    drop(client.converse_stream(&question()).await.unwrap());
    let ended = ends.take();
    assert_eq!(ended.outcome, "dropped");
    assert!(ended.first_event.is_some());

    // Dropped after messageStop.
    let mut stream = client.converse_stream(&question()).await.unwrap();
    while !matches!(stream.next_event().await.unwrap(), Some(barerock::StreamEvent::MessageStop(_))) {}
    drop(stream);
    assert_eq!(ends.take().outcome, "complete");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future() {
    let replay = serve("stall=60m").await;
    let (ends, client) = Ends::of(client(&replay.url()).timeouts(Timeouts::never()));
    let limit = Duration::from_secs(2);
    tokio::time::timeout(limit, client.converse(&question())).await.unwrap_err();
    let ended = ends.take();
    assert_eq!((&*ended.outcome, ended.attempts, ended.request_id), ("dropped", 1, None));
    assert!(ended.elapsed >= limit);
    tokio::time::timeout(limit, client.converse_stream(&question())).await.unwrap_err();
    assert_eq!(ends.take().outcome, "dropped");
    // A future that was never polled is not a call.
    drop(client.converse(&question()));
    assert!(ends.ends.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_request() {
    let (ends, client) = Ends::of(client("http://127.0.0.1:9"));
    let invalid = question().inference_config(InferenceConfiguration::new().temperature(7.0));
    let no_id = ConverseRequest::new("", [Message::user("hi")]);
    for request in [invalid, no_id] {
        let error = client.converse(&request).await.unwrap_err();
        let ended = ends.take();
        assert_eq!((ended.outcome, ended.attempts), (error.to_string(), 0));
        let error = client.converse_stream(&request).await.unwrap_err();
        assert_eq!(ends.take().outcome, error.to_string());
        let counted = client.count_tokens(&CountTokensRequest::from(request)).await;
        assert_eq!(counted.map(drop).unwrap_err().to_string(), ends.take().outcome);
    }
}

#[tokio::test(start_paused = true)]
async fn missing_credentials() {
    let builder = Client::builder(HyperTransport::new())
        .environment(Environment::default())
        .region("us-east-1")
        .endpoint_url("http://127.0.0.1:9");
    let (ends, client) = Ends::of(builder);
    let error = client.converse(&question()).await.unwrap_err();
    let ended = ends.take();
    assert_eq!(ended.outcome, error.to_string());
    assert!(ended.outcome.contains("AWS_ACCESS_KEY_ID"), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_timeout() {
    let replay = serve("stall=60m").await;
    for timeouts in [
        Timeouts::never().first_byte(Duration::from_secs(2)),
        Timeouts::never().operation(Duration::from_secs(2)),
    ] {
        let (ends, client) = Ends::of(client(&replay.url()).timeouts(timeouts));
        let error = client.converse(&question()).await.unwrap_err();
        let ended = ends.take();
        assert_eq!((ended.outcome, ended.attempts), (error.to_string(), 1));
        assert!(error.is_timeout() && ended.elapsed >= Duration::from_secs(2));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_service_and_of_the_response() {
    for (status, body) in [(400, r#"{"message":"no"}"#), (200, "<html>")] {
        let peer = Peer::start(move |_| {
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .header("x-amzn-requestid", "id-of-SQUIRREL-of-sixteen-bytes");
            Reply::Response(Box::new(response.body(Bytes::from(body)).unwrap()))
        });
        let (ends, client) = Ends::of(client(peer.await.url()));
        let error = client.converse(&question()).await.unwrap_err();
        let ended = ends.take();
        assert_eq!(ended.outcome, error.to_string());
        let id = ended.request_id.unwrap();
        assert!(id.starts_with("id-of-") && !id.contains("SQUIRREL"), "{id}");
    }
}
