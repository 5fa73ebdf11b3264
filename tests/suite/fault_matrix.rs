//! The fault matrix: every fault of the replay, over Converse and ConverseStream and every transport. What became of the
//! call is held against one table: whose fault the error says it was, the verdict, the code, how much of the answer was
//! handed out, and how long it took.
//!
//! Time is simulated: the clock of the runtime stands still while there is something to do and jumps to the next timer when
//! there is not, for the client and the server alike.

use core::fmt::Write as _;
use core::time::Duration;
use std::collections::BTreeSet;

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, Error, Timeouts, Transport};
use barerock_hyper::HyperTransport;
use barerock_replay::{FaultRule, Fixtures, MatchMode, Replay, Verify};
use barerock_tests::fixtures;
use tokio::time::Instant;

const REGION: &str = "us-east-1";
const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
/// The answers to it are a body of some 2,000 bytes and a stream of many frames.
const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";

const FIRST_BYTE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(5);
/// Elapsed time is told in steps of this: a timer is a millisecond late, and a connection that is broken off lingers for 20.
const STEP: u128 = 100;

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
    ("html=200", "Wire", "Service"),
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
    ("content-type=text/html", "answer", "Service"),
];

/// What became of a call, in the words of the table.
fn told(outcome: Result<String, Error>, whole: &str, elapsed: Duration) -> String {
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
    let steps = elapsed.as_millis() / STEP;
    if steps > 0 {
        let _ = write!(told, ", {}.{} s", steps / 10, steps % 10);
    }
    told
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

fn client<T: Transport>(transport: T, replay: &Replay) -> Client<T> {
    Client::builder(transport)
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(credentials())
        .timeouts(Timeouts::never().first_byte(FIRST_BYTE).idle(IDLE))
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

/// Every row, over one transport.
async fn run<T: Transport>(transport: impl Fn() -> T) {
    let (mut ran, mut wrong) = (0, Vec::new());
    for operation in [Operation::Converse, Operation::ConverseStream] {
        let replay = serve(&[]).await;
        let whole = call(&client(transport(), &replay), operation).await.unwrap();
        for (fault, converse, stream) in MATRIX {
            let replay = serve(&[fault.parse().unwrap()]).await;
            let client = client(transport(), &replay);
            let start = Instant::now();
            let outcome = call(&client, operation).await;
            let told = told(outcome, &whole, start.elapsed());
            let expected = if operation == Operation::Converse { converse } else { stream };
            if told != expected {
                wrong.push(format!("{fault}, {operation:?}: {told:?}, not {expected:?}"));
            }
            assert_eq!(replay.requests().len(), 1, "{fault}");
            ran += 1;
        }
    }
    println!("{ran} calls");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn over_hyper() {
    run(HyperTransport::new).await;
}

#[test]
fn no_fault_is_left_out() {
    let name = |form: &'static str| form.split(['=', '[']).next().unwrap_or_default();
    let struck: BTreeSet<&str> = MATRIX.iter().map(|(fault, _, _)| name(fault)).collect();
    let all: BTreeSet<&str> = FaultRule::FORMS.split(", ").map(name).collect();
    assert_eq!(struck, all);
}
