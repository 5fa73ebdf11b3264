//! Tests of streams whose connection stays open, or breaks, after the complete message.

use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use barerock::types::Message;
use barerock::{
    AssembledMessage, Client, ConverseRequest, Credentials, Error, RetryPolicy, Timeouts, Transport, Verdict,
};
use barerock_eventstream::{Header, encode_frame};
use barerock_hyper::HyperTransport;
use barerock_reqwest::ReqwestTransport;
use barerock_ureq::{UreqTransport, block_on};

/// Longer than any test may take.
const LONG: Duration = Duration::from_secs(60);

fn event(event_type: &str, payload: &str) -> Vec<u8> {
    let headers = [Header::new(":event-type", event_type), Header::new(":message-type", "event")];
    let mut frame = Vec::new();
    encode_frame(&headers, payload.as_bytes(), &mut frame).unwrap();
    frame
}

/// A message up to and including messageStop.
fn message() -> Vec<u8> {
    [
        event("messageStart", r#"{"role":"assistant"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hello"}}"#),
        event("contentBlockStop", r#"{"contentBlockIndex":0}"#),
        event("messageStop", r#"{"stopReason":"end_turn"}"#),
    ]
    .concat()
}

fn metadata() -> Vec<u8> {
    let usage = r#"{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":4}}"#;
    event("metadata", usage)
}

/// Action of the server after the first chunk of the body.
#[derive(Clone)]
enum Then {
    /// Holds the connection open.
    Hold,
    /// Sends this 200 ms later, and holds the connection open.
    Send(Vec<u8>),
    /// Closes the connection without the end of the chunked body.
    Close,
}

/// Serves each connection one response: a chunk of the body, then `then`.
fn serve(body: Vec<u8>, then: Then) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, body, then) = (stream.unwrap(), body.clone(), then.clone());
            thread::spawn(move || {
                read_request(&mut stream);
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n\
                            transfer-encoding: chunked\r\n\r\n";
                let chunk =
                    |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
                stream.write_all(&[head.as_bytes(), &chunk(&body)].concat()).unwrap();
                match then {
                    Then::Hold => {}
                    Then::Send(bytes) => {
                        thread::sleep(Duration::from_millis(200));
                        stream.write_all(&chunk(&bytes)).unwrap();
                    }
                    Then::Close => return,
                }
                // Until the client closes the connection.
                let _ = stream.read(&mut [0]);
            });
        }
    });
    address
}

fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut room = [0; 4096];
    while !request.ends_with(b"}") {
        let length = stream.read(&mut room).unwrap();
        assert_ne!(length, 0, "the request was cut off");
        request.extend_from_slice(&room[..length]);
    }
}

async fn call(
    transport: impl Transport,
    address: SocketAddr,
    timeouts: Timeouts,
) -> Result<AssembledMessage, Error> {
    let client = Client::builder(transport)
        .region("us-east-1")
        .endpoint_url(format!("http://{address}"))
        .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL", None))
        .retry(RetryPolicy::off())
        .timeouts(timeouts)
        .build()
        .unwrap();
    let request = ConverseRequest::new("m", [Message::user("hi")]);
    client.converse_stream(&request).await?.into_message().await
}

/// Returns the outcome of the call over each transport, after checking its minimum and maximum duration.
#[expect(clippy::disallowed_methods, reason = "the test measures how long the call waited")]
fn outcomes(
    body: &[u8],
    then: &Then,
    timeouts: Timeouts,
    took: core::ops::Range<Duration>,
) -> [Result<AssembledMessage, Error>; 3] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = serve(body.to_vec(), then.clone());
    let timed = |run: &dyn Fn() -> Result<AssembledMessage, Error>| {
        let start = Instant::now();
        let outcome = run();
        assert!(took.contains(&start.elapsed()), "{:?} {outcome:?}", start.elapsed());
        outcome
    };
    [
        timed(&|| runtime.block_on(call(HyperTransport::new(), address, timeouts))),
        timed(&|| runtime.block_on(call(ReqwestTransport::new(), address, timeouts))),
        timed(&|| block_on(call(UreqTransport::new(), address, timeouts))),
    ]
}

#[test]
fn a_complete_message_does_not_wait_for_the_idle_limit() {
    let body = [message(), metadata()].concat();
    for timeouts in [Timeouts::never(), Timeouts::never().idle(LONG), Timeouts::never().operation(LONG)] {
        for outcome in outcomes(&body, &Then::Hold, timeouts, Timeouts::END_OF_BODY..LONG / 4) {
            let message = outcome.unwrap();
            assert_eq!((&*message.text(), message.usage().unwrap().total_tokens), ("Hello", 3));
        }
    }
    // A shorter limit of the caller applies.
    let short = Duration::from_millis(100);
    let took = Duration::ZERO..Timeouts::END_OF_BODY;
    for outcome in outcomes(&body, &Then::Hold, Timeouts::never().idle(short), took) {
        outcome.unwrap();
    }
}

#[test]
fn what_follows_the_message_is_judged() {
    let whole = [message(), metadata()].concat();
    let mut corrupt = event("ping", "{}");
    corrupt[9] ^= 1;
    let took = Duration::ZERO..LONG / 4;
    // In the same chunk, and soon after it.
    for (body, then) in [
        ([&whole[..], &corrupt].concat(), Then::Hold),
        (whole.clone(), Then::Send(corrupt)),
        ([&whole[..], &message()].concat(), Then::Hold),
        (whole.clone(), Then::Send(message())),
    ] {
        for outcome in outcomes(&body, &then, Timeouts::never().idle(LONG), took.clone()) {
            let error = outcome.unwrap_err();
            assert_eq!(error.verdict(), Some(Verdict::Corrupt), "{error}");
            assert!(error.partial().unwrap().text().starts_with("Hello"));
        }
    }
    // Unknown events are allowed.
    for outcome in outcomes(&whole, &Then::Send(event("ping", "{}")), Timeouts::never().idle(LONG), took) {
        outcome.unwrap();
    }
}

#[test]
fn without_metadata_the_idle_limit_is_waited_for() {
    let idle = Duration::from_millis(1500);
    for outcome in outcomes(&message(), &Then::Hold, Timeouts::never().idle(idle), idle..LONG / 4) {
        let message = outcome.unwrap();
        assert_eq!((&*message.text(), message.usage()), ("Hello", None));
    }
    // Metadata that comes late is not lost.
    let took = Timeouts::END_OF_BODY..LONG / 4;
    let late = Then::Send(metadata());
    for outcome in outcomes(&message(), &late, Timeouts::never().idle(LONG), took) {
        assert_eq!(outcome.unwrap().usage().unwrap().total_tokens, 3);
    }
    // A message with a truncated frame is not complete.
    let half = [&message()[..], &metadata()[..20]].concat();
    for outcome in outcomes(&half, &Then::Hold, Timeouts::never().idle(idle), idle..LONG / 4) {
        assert!(outcome.unwrap_err().is_timeout());
    }
}

#[test]
fn a_connection_that_breaks_after_the_message_is_no_error() {
    let took = Duration::ZERO..LONG / 4;
    let limits = Timeouts::never().idle(LONG);
    for body in [message(), [message(), metadata()].concat()] {
        for outcome in outcomes(&body, &Then::Close, limits, took.clone()) {
            assert_eq!(&*outcome.unwrap().text(), "Hello");
        }
    }
    // Before messageStop it is an error, with the verdict of the bytes.
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    for (body, verdict) in [
        (start.clone(), Verdict::EndedEarly),
        ([&start[..], &start[..9]].concat(), Verdict::Truncated),
        ([message(), message()[..9].to_vec()].concat(), Verdict::Truncated),
        ([message(), message()].concat(), Verdict::Corrupt),
    ] {
        for outcome in outcomes(&body, &Then::Close, limits, took.clone()) {
            assert_eq!(outcome.unwrap_err().verdict(), Some(verdict));
        }
    }
}
