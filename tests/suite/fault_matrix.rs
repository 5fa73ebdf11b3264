//! The fault matrix: every fault of the replay, over Converse and ConverseStream and every transport. What became of the
//! call is held against one table: whose fault the error says it was, the verdict, the code, how much of the answer was
//! handed out, and how long it took.
//!
//! Over the asynchronous transports time is simulated: the clock of the runtime stands still while there is something to do
//! and jumps to the next timer when there is not, for the client and the server alike. The blocking one gets a server on
//! another thread and every wait a twentieth as long.

use core::fmt::Write as _;
use core::time::Duration;
use std::collections::BTreeSet;

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, Error, Timeouts, Transport};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fault, FaultRule, Fixtures, MatchMode, Replay, Verify};
use barerock_reqwest::ReqwestTransport;
use barerock_tests::fixtures;
use barerock_ureq::{UreqTransport, block_on};
use tokio::runtime::Builder;
use tokio::time::Instant;

const REGION: &str = "us-east-1";
const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
/// The answers to it are a body of some 2,000 bytes and a stream of many frames.
const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

const FIRST_BYTE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(5);
/// A timer is a millisecond late, and a connection that is broken off lingers for 20.
const LATE: Duration = Duration::from_millis(99);

/// A fault, what becomes of Converse, and what becomes of ConverseStream.
type Row = (&'static str, &'static str, &'static str);

const MATRIX: [Row; 36] = [
    ("throttle", "Service ThrottlingException", "Service ThrottlingException"),
    ("throttle=1500ms", "Service ThrottlingException", "Service ThrottlingException"),
    ("status=400", "Service ValidationException", "Service ValidationException"),
    ("status=403", "Service AccessDeniedException", "Service AccessDeniedException"),
    ("status=404", "Service ResourceNotFoundException", "Service ResourceNotFoundException"),
    ("status=408", "Service ModelTimeoutException", "Service ModelTimeoutException"),
    ("status=424", "Service ModelErrorException", "Service ModelErrorException"),
    (
        "status=429:ServiceQuotaExceededException",
        "Service ServiceQuotaExceededException",
        "Service ServiceQuotaExceededException",
    ),
    ("status=500", "Service InternalServerException", "Service InternalServerException"),
    ("status=503", "Service ServiceUnavailableException", "Service ServiceUnavailableException"),
    ("status=418", "Service", "Service"),
    ("html", "Service", "Service"),
    ("html=200", "Wire", "Wire not-an-event-stream"),
    ("reset-before", "Transport", "Transport"),
    ("reset-after=0", "Transport", "Wire truncated"),
    ("reset-after=700", "Transport", "Wire truncated, partial"),
    ("reset-after=99999", "answer", "Wire truncated, partial"),
    ("close-after=0", "Transport", "Wire truncated"),
    ("close-after=700", "Transport", "Wire truncated, partial"),
    ("close-after=99999", "answer", "Wire truncated, partial"),
    ("truncate=0", "Wire", "Wire ended-early"),
    ("truncate=700", "Wire", "Wire truncated, partial"),
    ("stall=2s", "answer, 2.0 s", "answer, 2.0 s"),
    ("stall=60s", "Transport timeout, 10.0 s", "Transport timeout, 10.0 s"),
    ("stall-after=0", "Transport timeout, 5.0 s", "Transport timeout, 5.0 s"),
    ("stall-after=700", "Transport timeout, 5.0 s", "Transport timeout, partial, 5.0 s"),
    ("stall-after=700:2s", "answer, 2.0 s", "answer, 2.0 s"),
    ("slow=200ms", "answer, 0.2 s", "answer, 21.0 s"),
    ("corrupt=0", "Wire", "Wire corrupt"),
    ("corrupt=700:7", "Wire", "Wire corrupt, partial"),
    ("exception=throttlingException", "Service ThrottlingException", "Service exception ThrottlingException"),
    (
        "exception=serviceUnavailableException",
        "Service ServiceUnavailableException",
        "Service exception ServiceUnavailableException",
    ),
    (
        "exception=modelStreamErrorException:5",
        "Service ModelStreamErrorException",
        "Service exception ModelStreamErrorException, partial",
    ),
    ("error-frame", "Service InternalError", "Service error InternalError"),
    ("error-frame=InternalError:5", "Service InternalError", "Service error InternalError, partial"),
    ("content-type=text/html", "answer", "Wire not-an-event-stream"),
];

/// What became of a call, in the words of the table.
fn told(outcome: Result<String, Error>, whole: &str) -> String {
    let mut told = match &outcome {
        Ok(text) if text == whole => "answer".to_owned(),
        Ok(text) => format!("other answer {text:?}"),
        Err(error) => format!("{:?}", error.kind()),
    };
    if let Err(error) = outcome {
        let verdict = error.verdict().map(|verdict| verdict.to_string());
        let code = error.service_error().map(|service| service.code.clone()).filter(|code| !code.is_empty());
        let timeout = error.is_timeout().then(|| "timeout".to_owned());
        for word in [verdict, code, timeout].into_iter().flatten() {
            let _ = write!(told, " {word}");
        }
        let partial = error.partial().map(Message::text).unwrap_or_default();
        assert!(whole.starts_with(&partial), "not the beginning of the answer: {partial:?}");
        if !partial.is_empty() {
            told.push_str(", partial");
        }
    }
    told
}

/// What the table says became of a call, and how long it took.
fn parsed(expected: &'static str) -> (&'static str, Duration) {
    let timed = expected.strip_suffix(" s").and_then(|expected| expected.rsplit_once(", "));
    timed.map_or((expected, Duration::ZERO), |(told, seconds)| {
        (told, Duration::from_secs_f64(seconds.parse().unwrap()))
    })
}

/// The fault of a row, its waits divided by this.
fn scaled(fault: &str, by: u32) -> FaultRule {
    let rule: FaultRule = fault.parse().unwrap();
    FaultRule::always(match rule.fault().clone() {
        Fault::Stall(wait) => Fault::Stall(wait / by),
        Fault::StallAfter { bytes, duration } => {
            Fault::StallAfter { bytes, duration: duration.map(|wait| wait / by) }
        }
        Fault::Slow(wait) => Fault::Slow(wait / by),
        fault => fault,
    })
}

async fn serve(faults: &[FaultRule]) -> Replay {
    Replay::builder(Fixtures::load(fixtures::folder()).unwrap())
        .match_mode(MatchMode::Exact)
        .verify(Verify::for_region(REGION).with_credentials(credentials()))
        .faults(faults.iter().cloned())
        .bind("127.0.0.1:0")
        .await
        .unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", None)
}

fn client<T: Transport>(transport: T, replay: &Replay, scale: u32) -> Client<T> {
    Client::builder(transport)
        .retry(barerock::RetryPolicy::off())
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(credentials())
        .timeouts(Timeouts::never().first_byte(FIRST_BYTE / scale).idle(IDLE / scale))
        .build()
        .unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Converse,
    ConverseStream,
}

async fn call<T: Transport>(client: &Client<T>, operation: Operation) -> Result<String, Error> {
    let request = ConverseRequest::new(MODEL, [Message::user(QUESTION)]);
    match operation {
        Operation::Converse => Ok(client.converse(&request).await?.text()),
        Operation::ConverseStream => Ok(client.converse_stream(&request).await?.into_message().await?.text()),
    }
}

/// Every row over one transport. `serve` starts a server, `wait` runs a future of the client's, and both and the waits are
/// `scale` times as fast as the table says; `late` is how much longer a call may take.
fn run<T: Transport>(
    transport: impl Fn() -> T,
    (scale, late): (u32, Duration),
    serve: impl Fn(&[FaultRule]) -> Replay,
    wait: impl Fn(&Client<T>, Operation) -> (Result<String, Error>, Duration),
) {
    let (mut ran, mut wrong) = (0, Vec::new());
    for operation in [Operation::Converse, Operation::ConverseStream] {
        let replay = serve(&[]);
        let whole = wait(&client(transport(), &replay, scale), operation).0.unwrap();
        for (fault, converse, stream) in MATRIX {
            let replay = serve(&[scaled(fault, scale)]);
            let (outcome, elapsed) = wait(&client(transport(), &replay, scale), operation);
            let told = told(outcome, &whole);
            let (expected, least) = parsed(if operation == Operation::Converse { converse } else { stream });
            let least = least / scale;
            if told != expected || elapsed < least || elapsed > least + late {
                wrong.push(format!(
                    "{fault}, {operation:?}: {told:?}, {elapsed:?}, not {expected:?}, {least:?}"
                ));
            }
            assert_eq!(replay.requests().len(), 1, "{fault}");
            ran += 1;
        }
    }
    println!("{ran} calls");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
}

/// With client and server on one runtime whose clock is simulated.
fn run_simulated<T: Transport>(transport: impl Fn() -> T) {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let wait = |client: &Client<T>, operation| {
        runtime.block_on(async {
            let start = Instant::now();
            (call(client, operation).await, start.elapsed())
        })
    };
    // Transports make what they need of the runtime when they are made.
    let _entered = runtime.enter();
    run(transport, (1, LATE), |faults| runtime.block_on(serve(faults)), wait);
}

#[test]
fn over_hyper() {
    run_simulated(HyperTransport::new);
}

#[test]
fn over_reqwest() {
    run_simulated(ReqwestTransport::new);
}

#[test]
fn over_ureq() {
    /// How much faster than the table says: nobody waits for it.
    const SCALE: u32 = 20;
    /// A busy machine is slow, but this is no simulation.
    const LATE: Duration = Duration::from_secs(5);
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a thread that blocks has no other clock")]
    let now = std::time::Instant::now;
    let wait = |client: &Client<UreqTransport>, operation| {
        let start = now();
        (block_on(call(client, operation)), start.elapsed())
    };
    run(UreqTransport::new, (SCALE, LATE), |faults| runtime.block_on(serve(faults)), wait);
}

#[test]
fn no_fault_is_left_out() {
    let name = |form: &'static str| form.split(['=', '[']).next().unwrap_or_default();
    let struck: BTreeSet<&str> = MATRIX.iter().map(|(fault, _, _)| name(fault)).collect();
    let all: BTreeSet<&str> = FaultRule::FORMS.split(", ").map(name).collect();
    assert_eq!(struck, all);
}
