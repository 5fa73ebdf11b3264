//! Tests of timeouts and size limits.

#![expect(clippy::disallowed_methods, reason = "the tests take the time")]

use core::time::Duration;
use std::io::Write as _;
use std::net::TcpListener;
use std::time::Instant;

use barerock::{Error, ErrorKind, RetryPolicy, Timeouts};

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, question};
use super::stacks::{Settings, Stack, client};
use super::tap::{Tap, read_request};

over_every_stack![
    silence_before_the_answer,
    silence_within_a_whole_answer,
    silence_within_a_stream,
    slow_is_not_silent,
    each_limit_has_its_own_time,
    the_longest_limits_do_no_harm,
    a_server_that_never_shakes_hands,
    connecting_is_part_of_waiting_for_the_answer,
    one_limit_for_all_up_to_the_head,
    one_limit_for_the_whole_call,
    a_limit_that_is_not_reached,
    too_long_an_answer,
];

const SHORT: Duration = Duration::from_millis(400);
/// Much longer than the limit, and much shorter than the silence.
const TOLERANCE: Duration = Duration::from_secs(8);

fn assert_timed_out(error: &Error, since: Instant) {
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    let elapsed = since.elapsed();
    assert!(elapsed >= SHORT && elapsed < TOLERANCE, "{elapsed:?}");
}

/// The error names the limit to raise.
fn assert_names_the_limit(error: &Error) {
    let chain = chain(error);
    assert!(chain.contains(&format!("timed out after {SHORT:?} waiting for")), "{chain}");
}

fn silence_before_the_answer<S: Stack>() {
    let bedrock = Bedrock::start(&["stall=30s"]);
    let timeouts = Timeouts::never().first_byte(SHORT);
    let start = Instant::now();
    let error = S::run(async {
        S::builder(&bedrock).timeouts(timeouts).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_timed_out(&error, start);
    assert_names_the_limit(&error);
}

fn silence_within_a_whole_answer<S: Stack>() {
    let bedrock = Bedrock::start(&["stall-after=20"]);
    let timeouts = Timeouts::never().idle(SHORT);
    let start = Instant::now();
    let error = S::run(async {
        S::builder(&bedrock).timeouts(timeouts).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_timed_out(&error, start);
    assert_names_the_limit(&error);
}

fn silence_within_a_stream<S: Stack>() {
    let bedrock = Bedrock::start(&["stall-after=700"]);
    let timeouts = Timeouts::never().idle(SHORT);
    let start = Instant::now();
    let error = S::run(async {
        let client = S::builder(&bedrock).timeouts(timeouts).build().unwrap();
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap_err()
    });
    assert_timed_out(&error, start);
    assert_names_the_limit(&error);
    assert!(!error.partial().unwrap().text().is_empty());
}

fn slow_is_not_silent<S: Stack>() {
    let bedrock = Bedrock::start(&["slow=20ms"]);
    let timeouts = Timeouts::never().first_byte(SHORT).idle(SHORT);
    let start = Instant::now();
    S::run(async {
        let client = S::builder(&bedrock).timeouts(timeouts).build().unwrap();
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    });
    assert!(start.elapsed() > SHORT, "the test shows nothing where the answer was quick");
}

fn each_limit_has_its_own_time<S: Stack>() {
    // The head takes longer than the limit on a chunk.
    let bedrock = Bedrock::start(&["stall=900ms"]);
    let timeouts = Timeouts::never().first_byte(TOLERANCE).idle(SHORT);
    S::run(async {
        S::builder(&bedrock).timeouts(timeouts).build().unwrap().converse(&question()).await.unwrap();
    });
    // A chunk takes longer than the limit on the head.
    let bedrock = Bedrock::start(&["stall-after=700:900ms"]);
    let timeouts = Timeouts::never().first_byte(SHORT).idle(TOLERANCE);
    S::run(async {
        let client = S::builder(&bedrock).timeouts(timeouts).build().unwrap();
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    });
}

fn the_longest_limits_do_no_harm<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let timeouts = Timeouts::never().first_byte(Duration::MAX).idle(Duration::MAX);
    S::run(async {
        let transport = S::set_up(&Settings { connect_timeout: Some(Duration::MAX), ..Settings::default() });
        let client = client(transport, &bedrock.url()).timeouts(timeouts).build().unwrap();
        client.converse(&question()).await.unwrap();
    });
}

/// Calls a server whose connections the system accepts and which never sends a byte.
fn ask_the_mute<S: Stack>(settings: &Settings, timeouts: Timeouts) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let error = S::run(async {
        client(S::set_up(settings), &url).timeouts(timeouts).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_timed_out(&error, start);
    error
}

fn a_server_that_never_shakes_hands<S: Stack>() {
    let settings = Settings { connect_timeout: Some(SHORT), ..Settings::default() };
    // A reqwest client does not report its limit.
    let error = ask_the_mute::<S>(&settings, Timeouts::never());
    let hint = error.hint().unwrap();
    assert!(hint.starts_with("No connection was made in time"), "{hint}");
}

fn connecting_is_part_of_waiting_for_the_answer<S: Stack>() {
    let error = ask_the_mute::<S>(&Settings::default(), Timeouts::never().first_byte(SHORT));
    assert_names_the_limit(&error);
}

/// A peer that takes slightly less than the limit for each step.
fn one_limit_for_all_up_to_the_head<S: Stack>() {
    let server = Tap::start(|mut client, _| {
        read_request(&mut client);
        for piece in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n", "x: y\r\n", "\r\n"] {
            std::thread::sleep(SHORT * 3 / 4);
            let _ = client.write_all(piece.as_bytes());
        }
    });
    let timeouts = Timeouts::never().first_byte(SHORT);
    let start = Instant::now();
    let error = S::run(async {
        client(S::transport(), &server.url()).timeouts(timeouts).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_timed_out(&error, start);
    assert!(start.elapsed() < 2 * SHORT, "{:?}", start.elapsed());
    assert_names_the_limit(&error);
}

/// Responses that reach no limit on silence, but take too long in total.
fn one_limit_for_the_whole_call<S: Stack>() {
    let whole = Duration::from_secs(1);
    for fault in ["stall=20s", "slow=30ms", "stall-after=700", "status=500", "throttle"] {
        let bedrock = Bedrock::start(&[fault]);
        let policy = RetryPolicy::standard().max_attempts(100);
        let builder = S::builder(&bedrock).timeouts(Timeouts::never().operation(whole)).retry(policy);
        let start = Instant::now();
        let error = S::run(async {
            match builder.build().unwrap().converse_stream(&question()).await {
                Ok(stream) => stream.into_message().await.map(drop).unwrap_err(),
                Err(error) => error,
            }
        });
        // A call whose next attempt would start too late ends with the last error.
        assert_eq!(error.is_timeout(), error.service_error().is_none(), "{fault}: {error}");
        let least = if error.is_timeout() { whole * 9 / 10 } else { Duration::ZERO };
        let elapsed = start.elapsed();
        assert!(elapsed >= least && elapsed < whole + SHORT, "{fault}: {elapsed:?}: {error}");
    }
}

fn a_limit_that_is_not_reached<S: Stack>() {
    let bedrock = Bedrock::start(&["status=500@1", "slow=5ms"]);
    let timeouts = Timeouts::default().operation(TOLERANCE);
    let start = Instant::now();
    S::run(async {
        let client = S::builder(&bedrock).timeouts(timeouts).retry(RetryPolicy::standard()).build().unwrap();
        client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    });
    assert!(start.elapsed() < TOLERANCE, "{:?}", start.elapsed());
}

fn too_long_an_answer<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let error = S::run(async {
        S::builder(&bedrock).max_response(1000).build().unwrap().converse(&question()).await
    });
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Wire);
    assert!(error.to_string().contains("1000 bytes"), "{error}");
}
