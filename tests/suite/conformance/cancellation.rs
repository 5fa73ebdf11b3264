//! Tests of calls cancelled at every stage, and of slow readers.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use barerock::credentials::{CachedCredentials, CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use barerock::{RetryPolicy, Transport as _};
use barerock_eventstream::{Header, encode_frame};

use super::over_every_stack;
use super::server::{Bedrock, credentials, question};
use super::stacks::{Hyper, Reqwest, Stack, client};
use super::tap::{Tap, endless, eventually};

over_every_stack![a_dropped_stream_closes_its_connection, a_slow_reader_holds_the_server_up];

/// Only for async stacks: a blocking call continues until it has its response or a limit passes.
macro_rules! over_every_async_stack {
    ($($case:ident),* $(,)?) => {
        over_every_async_stack!(@ async_hyper Hyper, $($case),*);
        over_every_async_stack!(@ async_reqwest Reqwest, $($case),*);
    };
    (@ $module:ident $stack:ident, $($case:ident),*) => {
        mod $module {
            $(#[test] fn $case() { super::$case::<super::$stack>(); })*
        }
    };
}

over_every_async_stack![
    dropped_before_the_answer,
    dropped_before_the_first_frame,
    dropped_within_a_whole_answer,
    dropped_between_attempts,
    dropped_while_credentials_are_awaited,
];

/// Time after which a call is waiting.
const WHILE: Duration = Duration::from_millis(300);

/// Drops a call without a response, which closes its connection; the next call uses another connection.
fn given_up<S: Stack>(fault: &str, streams: bool) {
    let bedrock = Bedrock::start(&[fault]);
    let tap = Tap::before(&bedrock.url());
    S::run(async {
        let client = client(S::transport(), &tap.url()).build().unwrap();
        let request = question();
        let call = async {
            if streams {
                client.converse_stream(&request).await.map(drop)
            } else {
                client.converse(&request).await.map(drop)
            }
        };
        assert!(tokio::time::timeout(WHILE, call).await.is_err());
        eventually("the connection is closed", S::transport(), || tap.client_has_closed()).await;
        assert!(client.converse(&request).await.unwrap().text().contains("GraphQL"));
    });
    assert_eq!((tap.connections(), bedrock.requests().len()), (2, 2));
}

fn dropped_before_the_answer<S: Stack>() {
    given_up::<S>("stall=20s@1", false);
    given_up::<S>("stall=20s@1", true);
}

fn dropped_before_the_first_frame<S: Stack>() {
    given_up::<S>("stall-after=0@1", true);
}

fn dropped_within_a_whole_answer<S: Stack>() {
    given_up::<S>("stall-after=700@1", false);
}

/// A call dropped while it waits to retry sends no further attempt, and its connection is kept for the next call.
fn dropped_between_attempts<S: Stack>() {
    let bedrock = Bedrock::start(&["throttle=2s@1"]);
    let tap = Tap::before(&bedrock.url());
    S::run(async {
        let builder = client(S::transport(), &tap.url()).retry(RetryPolicy::standard());
        let client = builder.build().unwrap();
        let request = question();
        assert!(tokio::time::timeout(WHILE, client.converse(&request)).await.is_err());
        assert_eq!(bedrock.requests().len(), 1);
        assert!(client.converse(&request).await.unwrap().text().contains("GraphQL"));
        tokio::time::sleep(Duration::from_secs(2)).await;
    });
    assert_eq!((tap.connections(), bedrock.requests().len()), (1, 2));
}

/// A provider that takes time and counts its calls.
#[derive(Debug, Default)]
struct Slow(AtomicUsize);

impl ProvideCredentials for Slow {
    fn provide(&self) -> CredentialsFuture<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            tokio::time::sleep(2 * WHILE).await;
            Ok(ProvidedCredentials::new(credentials(), "slow"))
        })
    }
}

/// A refresh whose waiters were all dropped is joined by the next caller.
fn dropped_while_credentials_are_awaited<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let tap = Tap::before(&bedrock.url());
    S::run(async {
        let provider = Arc::new(Slow::default());
        let cached = CachedCredentials::new(Arc::clone(&provider));
        let client = client(S::transport(), &tap.url()).credentials(cached).build().unwrap();
        let request = question();
        let both = async { tokio::join!(client.converse(&request), client.converse(&request)) };
        assert!(tokio::time::timeout(WHILE, both).await.is_err());
        assert_eq!(tap.connections(), 0);
        assert!(client.converse(&request).await.unwrap().text().contains("GraphQL"));
        assert_eq!((tap.connections(), provider.0.load(Ordering::Relaxed)), (1, 1));
    });
}

fn a_dropped_stream_closes_its_connection<S: Stack>() {
    let bedrock = Bedrock::start(&["slow=50ms@1"]);
    let tap = Tap::before(&bedrock.url());
    S::run(async {
        let client = client(S::transport(), &tap.url()).build().unwrap();
        let mut stream = client.converse_stream(&question()).await.unwrap();
        assert!(stream.next_event().await.unwrap().is_some());
        assert!(!tap.client_has_closed());
        drop(stream);
        eventually("the connection is closed", S::transport(), || tap.client_has_closed()).await;
        // The rest of the stream is not taken for the next response.
        assert!(client.converse(&question()).await.unwrap().text().contains("GraphQL"));
    });
    assert_eq!(tap.connections(), 2);
}

/// Bytes that are not read stay with the peer, except those in the system's buffers on both sides.
fn a_slow_reader_holds_the_server_up<S: Stack>() {
    const MOST: usize = 24 * 1024 * 1024;
    const MOMENT: Duration = Duration::from_millis(50);
    let mut start = Vec::new();
    frame("messageStart", r#"{"role":"assistant"}"#, &mut start);
    let mut delta = Vec::new();
    let text = "x".repeat(1_000);
    let payload = format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}}}}"#);
    frame("contentBlockDelta", &payload, &mut delta);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\r\n";
    let server = endless([head.as_bytes(), &start].concat(), &delta);
    S::run(async {
        let transport = S::transport();
        let client = client(transport.clone(), &server.url()).build().unwrap();
        let mut stream = client.converse_stream(&question()).await.unwrap();
        // Reads at full speed, then pauses, then continues.
        for _ in 0..3 {
            for _ in 0..5_000 {
                assert!(stream.next_event().await.unwrap().is_some());
            }
            let mut before = usize::MAX;
            for _ in 0..200 {
                if server.taken() == before {
                    break;
                }
                before = server.taken();
                transport.sleep(MOMENT).await;
            }
            assert_eq!(server.taken(), before, "it is never held up");
        }
        // 15 MB were read; no more was received than that and the buffers.
        assert!(server.taken() < 15_000 * delta.len() + MOST, "{}", server.taken());
        drop(stream);
        eventually("the connection is closed", transport, || server.client_has_closed()).await;
    });
}

fn frame(event_type: &str, payload: &str, stream: &mut Vec<u8>) {
    let headers =
        [(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")];
    encode_frame(&headers.map(|(name, value)| Header::new(name, value)), payload.as_bytes(), stream).unwrap();
}

/// Checks that every public async function documents its cancel safety.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test reads the sources")]
fn what_comes_of_giving_up_is_documented() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let (mut folders, mut functions, mut silent) = (vec![crates], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                for (at, line) in
                    lines.iter().enumerate().filter(|(_, line)| line.starts_with("pub async fn"))
                {
                    let mut above = lines[..at].iter().rev();
                    let docs =
                        above.by_ref().take_while(|line| line.starts_with("///") || line.starts_with("#["));
                    functions += 1;
                    if !docs.into_iter().any(|line| line.contains("Cancel safety")) {
                        silent.push(format!("{}: {line}", path.display()));
                    }
                }
            }
        }
    }
    assert!(functions > 10 && silent.is_empty(), "{functions} functions, without a word: {silent:#?}");
}
