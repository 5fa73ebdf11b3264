//! Tests of endless responses: each results in an error within bounded time and after bounded bytes.

use core::time::Duration;
use std::io::Write as _;
use std::time::Instant;

use barerock::{ClientBuilder, Error, ErrorKind, Timeouts};

use super::answers::chain;
use super::over_every_stack;
use super::requests::JSON;
use super::server::{Bedrock, question};
use super::stacks::{Stack, client};
use super::tap::{Tap, always, endless, read_request};

over_every_stack![
    a_long_head,
    ten_thousand_headers,
    a_header_of_ten_megabytes,
    endless_headers,
    an_endless_header_line,
    endless_informational_answers,
    an_endless_error,
    a_dripping_error,
    an_error_whose_body_does_not_come,
    an_endless_answer,
    an_endless_stream_of_anything,
    an_endless_chunk_extension,
    endless_trailers,
    a_chunk_longer_than_memory,
];

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n";
/// Time limit of each case.
const TOLERANCE: Duration = Duration::from_secs(8);
/// A short timeout.
const SHORT: Duration = Duration::from_millis(400);
/// Upper bound of the bytes a peer can send: the megabyte of an error body that is read, and the system's buffers on both
/// sides.
const MOST: usize = 24 * 1024 * 1024;

/// Returns the error of a call, within the time limit.
#[expect(clippy::disallowed_methods, reason = "the test takes the time")]
fn failed_in_time<S: Stack>(
    server: &Tap,
    set_up: impl FnOnce(ClientBuilder<S::Transport>) -> ClientBuilder<S::Transport>,
    streams: bool,
) -> Error {
    let start = Instant::now();
    let error = S::run(async {
        let client = set_up(client(S::transport(), &server.url())).build().unwrap();
        if !streams {
            return client.converse(&question()).await.map(drop).unwrap_err();
        }
        match client.converse_stream(&question()).await {
            Ok(stream) => stream.into_message().await.map(drop).unwrap_err(),
            Err(error) => error,
        }
    });
    assert!(start.elapsed() < TOLERANCE, "{:?}: {}", start.elapsed(), chain(&error));
    assert!(chain(&error).len() < 8 * 1024, "an error is no place for all of it");
    error
}

/// Returns the error of a call, within the byte limit.
fn failed<S: Stack>(
    server: &Tap,
    set_up: impl FnOnce(ClientBuilder<S::Transport>) -> ClientBuilder<S::Transport>,
    streams: bool,
) -> Error {
    let error = failed_in_time::<S>(server, set_up, streams);
    assert!(server.taken() < MOST, "{} bytes: {}", server.taken(), chain(&error));
    error
}

/// The same for Converse and ConverseStream, whose errors are the same.
fn fails<S: Stack>(server: &Tap, kind: ErrorKind) {
    for streams in [false, true] {
        let error = failed::<S>(server, |builder| builder, streams);
        assert_eq!(error.kind(), kind, "streams: {streams}: {}", chain(&error));
    }
}

/// Far longer than the names AWS uses.
fn a_long_head<S: Stack>() {
    let headers: String = (0..90).map(|number| format!("x-{number}: {}\r\n", "y".repeat(120))).collect();
    let server = always(format!("{OK}{headers}\r\n{JSON}"));
    let answer =
        S::run(async { client(S::transport(), &server.url()).build().unwrap().converse(&question()).await });
    assert_eq!(answer.unwrap().text(), "hi");
}

fn ten_thousand_headers<S: Stack>() {
    let headers: String = (0..10_000).map(|number| format!("x-{number}: y\r\n")).collect();
    fails::<S>(&always(format!("{OK}{headers}\r\n{JSON}")), ErrorKind::Transport);
}

fn a_header_of_ten_megabytes<S: Stack>() {
    let answer = format!("{OK}x-long: {}\r\n\r\n{JSON}", "y".repeat(10_000_000));
    fails::<S>(&always(answer), ErrorKind::Transport);
}

fn endless_headers<S: Stack>() {
    fails::<S>(&endless(OK, "x: y\r\n"), ErrorKind::Transport);
}

fn an_endless_header_line<S: Stack>() {
    fails::<S>(&endless(format!("{OK}x-long: "), "y"), ErrorKind::Transport);
}

/// 1xx responses are skipped one by one and not stored, so only time limits them. One is sent per millisecond: a flood of them
/// would starve a single-threaded runtime.
fn endless_informational_answers<S: Stack>() {
    let server = Tap::start(|mut client, _| {
        read_request(&mut client);
        while client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let timeouts = Timeouts::never().first_byte(SHORT);
    let error = failed_in_time::<S>(&server, |builder| builder.timeouts(timeouts), false);
    assert!(error.is_timeout(), "{}", chain(&error));
}

/// One megabyte of an error body is read, and at most a line of it is shown.
fn an_endless_error<S: Stack>() {
    let chunk = format!("400\r\n{}\r\n", "y".repeat(0x400));
    for (framing, again) in [("\r\n", "y"), ("transfer-encoding: chunked\r\n\r\n", &chunk)] {
        let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\n{framing}");
        let server = endless(&head, again);
        fails::<S>(&server, ErrorKind::Service);
        let error = failed::<S>(&server, |builder| builder, false);
        assert_eq!(error.service_error().unwrap().status, 400);
        assert!(error.to_string().len() < 3 * 1024, "{} bytes are shown", error.to_string().len());
    }
}

/// Each chunk of an endless body arrives in time: unlike a stream, an error body has a time limit for the whole.
fn a_dripping_error<S: Stack>() {
    let server = Tap::start(|mut client, _| {
        read_request(&mut client);
        let mut written = client.write_all(b"HTTP/1.1 400 Bad Request\r\nx-amzn-errortype: Odd\r\n\r\n");
        while written.is_ok() {
            std::thread::sleep(SHORT / 8);
            written = client.write_all(b"y");
        }
    });
    let timeouts = Timeouts::never().idle(SHORT);
    for streams in [false, true] {
        let error = failed_in_time::<S>(&server, |builder| builder.timeouts(timeouts), streams);
        assert_eq!(error.service_error().unwrap().code, "Odd", "{}", chain(&error));
    }
}

/// The head of an error names its kind, even if the body is missing.
fn an_error_whose_body_does_not_come<S: Stack>() {
    for fault in ["reset-after=0", "reset-after=5", "close-after=0", "stall-after=0", "stall-after=5"] {
        let bedrock = Bedrock::start(&["status=403:AccessDeniedException", fault]);
        for streams in [false, true] {
            let error = S::run(async {
                let client = S::builder(&bedrock).timeouts(Timeouts::never().idle(SHORT)).build().unwrap();
                if streams {
                    client.converse_stream(&question()).await.map(drop).unwrap_err()
                } else {
                    client.converse(&question()).await.map(drop).unwrap_err()
                }
            });
            let code = error.service_error().map(|error| &*error.code);
            assert_eq!(code, Some("AccessDeniedException"), "{fault}: {}", chain(&error));
        }
    }
}

fn an_endless_answer<S: Stack>() {
    let limit = 100_000;
    let error = failed::<S>(&endless(format!("{OK}\r\n"), " "), |builder| builder.max_response(limit), false);
    assert_eq!(error.kind(), ErrorKind::Wire, "{}", chain(&error));
    assert!(error.to_string().contains("100000 bytes"), "{error}");
}

fn an_endless_stream_of_anything<S: Stack>() {
    let error = failed::<S>(&endless(format!("{STREAM}\r\n"), "y"), |builder| builder, true);
    assert_eq!(error.kind(), ErrorKind::Wire, "{}", chain(&error));
}

fn an_endless_chunk_extension<S: Stack>() {
    // In the first chunk, and across many.
    for (first, again) in
        [("1;", "y"), ("", "1;yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n \r\n")]
    {
        let head = format!("transfer-encoding: chunked\r\n\r\n{first}");
        for (head, streams) in [(format!("{OK}{head}"), false), (format!("{STREAM}{head}"), true)] {
            let timeouts = Timeouts::never().idle(TOLERANCE / 2);
            let error = failed::<S>(&endless(&head, again), |builder| builder.timeouts(timeouts), streams);
            assert!(!error.is_timeout(), "{}", chain(&error));
        }
    }
}

/// Some stacks limit empty chunks; others skip them, and the time limit of the next chunk applies.
fn endless_trailers<S: Stack>() {
    let body = format!("{:x}\r\n{JSON}\r\n0\r\n", JSON.len());
    let server = endless(format!("{OK}transfer-encoding: chunked\r\n\r\n{body}"), "x: y\r\n");
    let timeouts = Timeouts::never().idle(SHORT);
    let error = failed_in_time::<S>(&server, |builder| builder.timeouts(timeouts), false);
    assert!(matches!(error.kind(), ErrorKind::Transport | ErrorKind::Wire), "{}", chain(&error));
}

fn a_chunk_longer_than_memory<S: Stack>() {
    for length in ["fffffffffffffffff", "ffffffffffffffff"] {
        let head = format!("{OK}transfer-encoding: chunked\r\n\r\n{length}\r\n");
        let error = failed::<S>(&endless(&head, " "), |builder| builder.max_response(100_000), false);
        assert!(matches!(error.kind(), ErrorKind::Transport | ErrorKind::Wire), "{}", chain(&error));
    }
}
