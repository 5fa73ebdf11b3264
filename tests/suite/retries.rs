//! Tests of retries over sockets: which requests are retried, how often, and with which headers.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::{Instant, UNIX_EPOCH};

use barerock::credentials::{CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use barerock::{Client, Credentials, ErrorKind, RetryPolicy, Timeouts, Verdict};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReceivedRequest, ReplayServer, Verify};
use barerock_tests::replay::{question, recorded, start};

const REGION: &str = "us-east-1";

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", None)
}

fn old_credentials() -> Credentials {
    Credentials::new("AKIDOLD", "SQUIRREL", None)
}

/// Starts a server that checks the signature of every attempt.
async fn serve(faults: &[&str]) -> ReplayServer {
    let verify =
        Verify::for_region(REGION).with_credentials(credentials()).with_credentials(old_credentials());
    start(recorded(MatchMode::Any, faults.iter().copied()).verify(verify)).await
}

fn client(replay: &ReplayServer, policy: RetryPolicy) -> Client<HyperTransport> {
    Client::builder(HyperTransport::new())
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(credentials())
        .timeouts(Timeouts::default().first_byte(Duration::from_secs(2)))
        .retry(policy)
        .random_seed(1)
        .build()
        .unwrap()
}

fn header<'r>(request: &'r ReceivedRequest, name: &str) -> &'r str {
    request.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn what_passes_is_sent_again() {
    for fault in ["throttle@1", "status=500@1", "status=503@1x2", "reset-before@1", "html=502@1"] {
        let expected = if fault.ends_with("x2") { 3 } else { 2 };
        for streams in [false, true] {
            let replay = serve(&[fault]).await;
            let client = client(&replay, RetryPolicy::standard());
            let text = if streams {
                let stream = client.converse_stream(&question()).await.unwrap();
                stream.into_message().await.unwrap().message.text()
            } else {
                client.converse(&question()).await.unwrap().text()
            };
            assert!(!text.is_empty(), "{fault}");
            assert_eq!(replay.requests().len(), expected, "{fault}, streams: {streams}");
            replay.shutdown().await;
        }
    }
}

#[tokio::test]
async fn what_stays_is_not() {
    for (fault, kind) in [
        ("status=400:ValidationException", ErrorKind::Service),
        ("status=408:ModelTimeoutException", ErrorKind::Service),
        ("status=424:ModelErrorException", ErrorKind::Service),
        ("status=403:AccessDeniedException", ErrorKind::Service),
    ] {
        for streams in [false, true] {
            let replay = serve(&[fault]).await;
            let client = client(&replay, RetryPolicy::standard());
            let error = if streams {
                client.converse_stream(&question()).await.unwrap_err()
            } else {
                client.converse(&question()).await.unwrap_err()
            };
            assert_eq!((error.kind(), replay.requests().len()), (kind, 1), "{fault}");
            replay.shutdown().await;
        }
    }
}

/// A stream is not retried after its first event, so no text is repeated.
#[tokio::test]
async fn a_begun_stream_is_not_begun_again() {
    let replay = serve(&["exception=throttlingException:3"]).await;
    let stream = client(&replay, RetryPolicy::standard()).converse_stream(&question()).await.unwrap();
    let error = stream.into_message().await.unwrap_err();
    assert_eq!((error.verdict(), replay.requests().len()), (Some(Verdict::Exception), 1));
    assert!(error.is_throttled() && error.partial().is_some());
}

#[tokio::test]
async fn attempts_end_with_the_last_error() {
    let replay = serve(&["status=503"]).await;
    let error = client(&replay, RetryPolicy::standard()).converse(&question()).await.unwrap_err();
    assert_eq!(error.service_error().unwrap().status, 503);
    assert_eq!(replay.requests().len(), 3);
    let replay = serve(&["status=503"]).await;
    client(&replay, RetryPolicy::off()).converse(&question()).await.unwrap_err();
    assert_eq!(replay.requests().len(), 1);
}

/// One invocation ID per call, and an attempt number and signature per attempt.
#[tokio::test]
async fn attempts_say_which_they_are() {
    let replay = serve(&["status=500@1x2"]).await;
    client(&replay, RetryPolicy::adaptive()).converse(&question()).await.unwrap();
    let requests = replay.requests();
    let id = header(&requests[0], "amz-sdk-invocation-id");
    let hyphens: Vec<_> = id.match_indices('-').map(|(at, _)| at).collect();
    assert_eq!((id.len(), &*hyphens, &id[14..15]), (36, &[8, 13, 18, 23][..], "4"), "{id}");
    assert!(requests.iter().all(|request| header(request, "amz-sdk-invocation-id") == id));
    assert_eq!(header(&requests[0], "amz-sdk-request"), "attempt=1; max=3");
    let second = header(&requests[1], "amz-sdk-request");
    assert!(second.starts_with("ttl=2") && second.ends_with("Z; attempt=2; max=3"), "{second}");
    assert!(header(&requests[2], "amz-sdk-request").ends_with("attempt=3; max=3"));
    assert_ne!(header(&requests[0], "authorization"), header(&requests[1], "authorization"));
}

/// `x-amz-retry-after` is in milliseconds and extends the wait.
#[tokio::test]
async fn the_services_hint_is_kept() {
    let replay = serve(&["throttle=1200ms@1"]).await;
    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let start = Instant::now();
    client(&replay, RetryPolicy::standard()).converse(&question()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(1_200));
    assert_eq!(replay.requests().len(), 2);
}

/// A truncated response is retried if no event was returned.
#[tokio::test]
async fn a_whole_answer_that_broke_off_is_asked_for_again() {
    let replay = serve(&["reset-after=20@1"]).await;
    assert!(!client(&replay, RetryPolicy::standard()).converse(&question()).await.unwrap().text().is_empty());
    assert_eq!(replay.requests().len(), 2);
}

/// A provider that returns other credentials after the first are rejected, and counts rejections.
#[derive(Debug, Default)]
struct Rotating(Arc<AtomicUsize>);

impl ProvideCredentials for Rotating {
    fn provide(&self) -> CredentialsFuture<'_> {
        let keys = if self.0.load(Ordering::Relaxed) == 0 { old_credentials() } else { credentials() };
        let keys = ProvidedCredentials::new(keys, "rotating");
        Box::pin(core::future::ready(Ok(keys)))
    }

    fn refused(&self, credentials: &Credentials) {
        assert_eq!(credentials.access_key_id(), "AKIDOLD");
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A provider that returns expired credentials.
#[derive(Debug)]
struct Stale;

impl ProvideCredentials for Stale {
    fn provide(&self) -> CredentialsFuture<'_> {
        let keys = ProvidedCredentials::new(credentials(), "stale").expires_at(UNIX_EPOCH);
        Box::pin(core::future::ready(Ok(keys)))
    }
}

#[tokio::test]
async fn expired_credentials_are_not_sent() {
    let replay = serve(&[]).await;
    let client = Client::builder(HyperTransport::new())
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(Stale)
        .build()
        .unwrap();
    let error = client.converse(&question()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("stale credentials: ") && text.contains("expired at 1970-01-01T00:00:00Z"),
        "{text}"
    );
    assert_eq!((error.kind(), replay.requests().len()), (ErrorKind::Credentials, 0));
}

#[tokio::test]
async fn expired_credentials_are_renewed_once() {
    for (fault, attempts) in
        [("status=403:ExpiredTokenException@1", 2), ("status=403:ExpiredTokenException", 2)]
    {
        let replay = serve(&[fault]).await;
        let refusals = Arc::new(AtomicUsize::new(0));
        let client = Client::builder(HyperTransport::new())
            .region(REGION)
            .endpoint_url(replay.url())
            .credentials(Rotating(Arc::clone(&refusals)))
            .build()
            .unwrap();
        let answer = client.converse(&question()).await;
        assert_eq!(answer.is_ok(), fault.ends_with("@1"), "{answer:?}");
        let sent = (replay.requests().len(), refusals.load(Ordering::Relaxed));
        assert_eq!(sent, (attempts, 1), "{fault}");
        replay.shutdown().await;
    }
}
