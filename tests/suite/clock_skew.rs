//! Tests of clock skew: a client with a wrong clock learns the service's time from responses and is rejected at most
//! once.

use core::time::Duration;
use std::time::SystemTime;

use barerock::types::Message;
use barerock::{Client, ClientBuilder, ConverseRequest, Credentials, RetryPolicy};
use barerock_hyper::HyperTransport;
use barerock_replay::{MatchMode, ReplayServer, Verify};
use barerock_tests::replay::{recorded, start};

const REGION: &str = "us-east-1";
const HOUR: Duration = Duration::from_secs(3600);

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", None)
}

/// Starts a server that checks signatures against the real time.
async fn serve() -> ReplayServer {
    let verify = Verify::for_region(REGION).with_credentials(credentials());
    start(recorded(MatchMode::Any, []).verify(verify)).await
}

/// Builds a client whose clock is one hour ahead or behind.
fn client(replay: &ReplayServer, ahead: bool) -> ClientBuilder<HyperTransport> {
    #[expect(clippy::disallowed_methods, reason = "the clock that is wrong")]
    let now = SystemTime::now;
    Client::builder(HyperTransport::new())
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(credentials())
        .clock(move || if ahead { now() + HOUR } else { now() - HOUR })
}

fn hi() -> ConverseRequest {
    ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hi")])
}

#[tokio::test]
async fn the_services_clock_is_learnt_and_kept() {
    for ahead in [true, false] {
        let replay = serve().await;
        let client = client(&replay, ahead).build().unwrap();
        client.converse(&hi()).await.unwrap();
        assert_eq!(replay.requests().len(), 2);
        client.converse(&hi()).await.unwrap();
        client.converse_stream(&hi()).await.unwrap().into_message().await.unwrap();
        assert_eq!(replay.requests().len(), 4, "later calls are right at once");
        replay.shutdown().await;
    }
}

#[tokio::test]
async fn it_can_be_left_as_it_is() {
    let replay = serve().await;
    let client = client(&replay, true).clock_skew_correction(false).build().unwrap();
    let error = client.converse(&hi()).await.unwrap_err();
    assert_eq!((error.service_error().unwrap().status, error.attempts()), (403, 1));
    assert!(error.hint().unwrap().contains("The clock of this machine is wrong"));
    assert_eq!(replay.requests().len(), 1);
}

/// With a single attempt, the first call fails, but the client keeps the learned skew.
#[tokio::test]
async fn without_retries_the_next_call_is_right() {
    let replay = serve().await;
    let client = client(&replay, true).retry(RetryPolicy::off()).build().unwrap();
    client.converse(&hi()).await.unwrap_err();
    client.converse(&hi()).await.unwrap();
    assert_eq!(replay.requests().len(), 2);
}

/// A signature rejected for another reason is not retried, regardless of the clock.
#[tokio::test]
async fn a_wrong_key_is_no_wrong_clock() {
    for (ahead, attempts) in [(None, 1), (Some(true), 2)] {
        let replay = serve().await;
        let builder = match ahead {
            None => Client::builder(HyperTransport::new()).region(REGION).endpoint_url(replay.url()),
            Some(ahead) => client(&replay, ahead),
        };
        let wrong = Credentials::new("AKIDEXAMPLE", "wrong", None);
        let error = builder.credentials(wrong).build().unwrap().converse(&hi()).await.unwrap_err();
        assert_eq!((error.attempts(), replay.requests().len()), (attempts, attempts as usize));
        replay.shutdown().await;
    }
}
