//! Tests of adaptive mode with many callers: throttling slows a client down but never stalls it.

use core::task::{Context, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::thread;
use std::time::{Instant, UNIX_EPOCH};

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy, Transport};
use barerock_replay::{Fixtures, MatchMode, ReplayServer};
use barerock_retry_bench::{Outcome, Scenario, SimulatedClock, SimulatedService, Throttles, run, simulate};
use barerock_tests::fixtures;
use barerock_ureq::{UreqTransport, block_on};
use bytes::Bytes;
use http::{Request, Response};

const LATENCY: Duration = Duration::from_millis(5);

fn scenario(calls: usize, callers: usize, throttles: usize) -> Scenario {
    Scenario {
        calls,
        callers,
        throttles: Throttles { first: 0, count: throttles },
        latency: LATENCY,
        patience: None,
    }
}

/// Times of botocore 1.43.11, in seconds: medians of five runs of `benches/retry/peer.py`.
#[test]
fn calls_take_at_most_botocores_time() {
    for (calls, callers, throttles, botocore) in [
        (200, 4, 1, 6.76),
        (200, 4, 5, 9.50),
        (200, 4, 40, 79.74),
        (200, 8, 1, 6.70),
        (200, 8, 5, 6.73),
        (200, 8, 40, 71.77),
        (200, 16, 1, 6.61),
        (200, 16, 5, 6.64),
        (200, 16, 40, 55.77),
        (500, 32, 1, 8.30),
        (500, 32, 5, 8.32),
        (500, 32, 40, 25.35),
    ] {
        let scenario = scenario(calls, callers, throttles);
        let mut runs: Vec<Outcome> =
            (0..5).map(|seed| simulate(scenario, RetryPolicy::adaptive(), seed)).collect();
        runs.sort_by_key(|outcome| outcome.time);
        println!("{calls} calls, {callers} callers, {throttles} throttles: {:?}", runs[2].time);
        assert!(runs[2].time.as_secs_f64() <= botocore + 0.01, "{scenario:?}: {:?}", runs[2]);
        for outcome in runs {
            assert_eq!(outcome.answered + outcome.failed, calls);
            assert!(outcome.failed == 0 || throttles == 40, "{scenario:?}: {outcome:?}");
            // The minimum rate is half a token per second.
            assert!(outcome.longest_gap <= Duration::from_millis(2_010), "{scenario:?}: {outcome:?}");
        }
    }
}

/// Standard mode, which has no limiter, for comparison: only the throttled calls wait.
#[test]
fn standard_mode_delays_nobody_else() {
    let outcome = simulate(scenario(500, 32, 1), RetryPolicy::standard(), 1);
    assert!(outcome.time < Duration::from_secs(2) && outcome.answered == 500, "{outcome:?}");
}

/// A cancelled wait consumes no token: the other callers continue at the current rate.
#[test]
fn callers_that_give_up_do_not_stall_the_others() {
    for throttles in [1, 5, 40] {
        let impatient = Scenario { patience: Some(Duration::from_secs(3)), ..scenario(2_000, 32, throttles) };
        for seed in 0..3 {
            let outcome = simulate(impatient, RetryPolicy::adaptive(), seed);
            println!("{throttles} throttles: {outcome:?}");
            assert_eq!(outcome.answered + outcome.failed + outcome.given_up, 2_000);
            assert!(outcome.given_up > 0 && outcome.answered > 1_000, "{outcome:?}");
            assert!(outcome.longest_gap <= Duration::from_millis(2_010), "{outcome:?}");
        }
    }
}

/// Impatient callers: each wait is dropped before its token is available, and a later caller takes the token.
#[test]
fn waits_that_are_dropped_early_take_no_token() {
    let hasty = Scenario { patience: Some(Duration::from_millis(100)), ..scenario(5_000, 8, 3) };
    let outcome = simulate(hasty, RetryPolicy::adaptive(), 1);
    assert!(outcome.time > Duration::from_secs(10) && outcome.given_up > 1_000, "{outcome:?}");
    assert!(outcome.longest_gap <= Duration::from_millis(2_010), "{outcome:?}");
}

fn question() -> ConverseRequest {
    ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("Hello?")])
}

fn simulated(clock: &SimulatedClock, throttled: usize) -> Client<SimulatedService> {
    let time = clock.clone();
    Client::builder(SimulatedService::new(clock.clone(), LATENCY, 0..throttled))
        .region("us-east-1")
        .credentials(Credentials::new("AKIDEXAMPLE", "SECRET", None))
        .retry(RetryPolicy::adaptive())
        .random_seed(1)
        .clock(move || time.system_time())
        .build()
        .unwrap()
}

/// Futures that are first in the queue but not polled, as in a buffered stream whose consumer is busy.
#[test]
fn futures_that_are_not_polled_do_not_stall_the_others() {
    let clock = SimulatedClock::new(Duration::from_secs(1_700_000_000));
    let (client, time) = (simulated(&clock, 1), clock.clone());
    let task = async move {
        client.converse(&question()).await.unwrap();
        let request = question();
        let mut idle: Vec<_> = (0..50).map(|_| Box::pin(client.converse(&request))).collect();
        for future in &mut idle {
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let before = time.now();
        client.converse(&request).await.unwrap();
        let waited = time.now() - before;
        assert!(waited < Duration::from_secs(5), "{waited:?}");
        // The idle futures continue when they are polled.
        for future in idle {
            future.await.unwrap();
        }
    };
    run(&clock, vec![Box::pin(task)]);
}

/// A client with a constant clock waits as long as the sleep of its transport.
#[test]
fn a_clock_that_stands_still_does_not_stall_a_client() {
    let clock = SimulatedClock::new(Duration::from_secs(1_700_000_000));
    let client = Client::builder(SimulatedService::new(clock.clone(), LATENCY, 0..2))
        .region("us-east-1")
        .credentials(Credentials::new("AKIDEXAMPLE", "SECRET", None))
        .retry(RetryPolicy::adaptive())
        .clock(|| UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        .build()
        .unwrap();
    let task = async move {
        for _ in 0..20 {
            client.converse(&question()).await.unwrap();
        }
    };
    run(&clock, vec![Box::pin(task)]);
    assert!(clock.now() < Duration::from_secs(1_700_000_100), "{:?}", clock.now());
}

/// Speed-up factor of the clock in the test over sockets.
const SPEED: u32 = 20;

/// A blocking transport with shortened sleeps.
struct Hasty(UreqTransport);

impl Transport for Hasty {
    type Body = <UreqTransport as Transport>::Body;
    type Error = <UreqTransport as Transport>::Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Self::Error> {
        self.0.send(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration / SPEED).await;
    }
}

/// The same wait over a blocking transport: threads park and are woken in turn.
#[test]
fn threads_wait_in_the_same_queue() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let replay = runtime.block_on(async {
        ReplayServer::builder()
            .fixtures(Fixtures::load(fixtures::folder()).unwrap())
            .match_mode(MatchMode::Any)
            .faults(["throttle@1x3".parse().unwrap()])
            .bind("127.0.0.1:0")
            .await
            .unwrap()
    });
    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let begun = Instant::now();
    let client = Client::builder(Hasty(UreqTransport::new()))
        .region("us-east-1")
        .endpoint_url(replay.url())
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL", None))
        .retry(RetryPolicy::adaptive())
        .clock(move || UNIX_EPOCH + Duration::from_secs(1_700_000_000) + begun.elapsed() * SPEED)
        .build()
        .unwrap();
    let client = Arc::new(client);
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let client = Arc::clone(&client);
            thread::spawn(move || {
                for _ in 0..10 {
                    block_on(client.converse(&question())).unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    assert_eq!(replay.requests().len(), 83);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
