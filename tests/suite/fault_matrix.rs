//! The fault matrix: every fault of the replay server, with Converse and ConverseStream over every transport, without
//! retries, with the standard retry policy, and with a fault of the first attempt only. The results are compared with
//! one table: error kind, verdict, code, received part of the response, number of attempts, and duration.
//!
//! With asynchronous transports, time is simulated for client and server: the clock of the runtime advances to the next
//! timer only when idle. With the blocking transport, the server runs on another thread and every wait is shortened to
//! a twentieth, and a timeout where one is expected.

use core::fmt::Write as _;
use core::time::Duration;
use std::collections::BTreeSet;

use barerock::types::Message;
use barerock::{Client, Credentials, Error, RetryPolicy, Timeouts, Transport};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fault, FaultRule, MatchMode, ReplayServer, Verify};
use barerock_reqwest::ReqwestTransport;
use barerock_test_data::report_cases;
use barerock_tests::replay::{question, recorded, start};
use barerock_ureq::{UreqTransport, block_on};
use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::Builder;
use tokio::time::Instant;

const REGION: &str = "us-east-1";
const FIRST_BYTE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(5);
/// Tolerance for three attempts: timers are 1 ms late, and closed connections linger for 20 ms.
const LATE: Duration = Duration::from_millis(99);

/// Seed of the backoff.
const SEED: u64 = 1;
/// Delays after a failure of each class, in seconds, with that seed: `rand(0, 1) * base * 2^i`, at least the delay that the
/// service requests.
const WAITS: [(&str, [f64; 2]); 3] =
    [("transient", [0.020, 0.058]), ("throttled", [0.406, 1.166]), ("asked to wait", [1.5, 1.5])];

/// Fault, result of Converse, and result of ConverseStream: an outcome, the class of [`WAITS`] if it is retried, and
/// the duration of an attempt if not 0.
type Row = (&'static str, &'static str, &'static str);

const MATRIX: [Row; 38] = [
    ("throttle", "Service ThrottlingException, throttled", "Service ThrottlingException, throttled"),
    (
        "throttle=1500ms",
        "Service ThrottlingException, asked to wait",
        "Service ThrottlingException, asked to wait",
    ),
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
    (
        "status=500",
        "Service InternalServerException, transient",
        "Service InternalServerException, transient",
    ),
    (
        "status=503",
        "Service ServiceUnavailableException, transient",
        "Service ServiceUnavailableException, transient",
    ),
    ("status=418", "Service", "Service"),
    ("html", "Service, transient", "Service, transient"),
    ("html=200", "Wire", "Wire not-an-event-stream"),
    ("redirect", "Transport", "Transport"),
    ("reset-before", "Transport, transient", "Transport, transient"),
    ("reset-after=0", "Wire truncated, transient", "Wire ended-early, transient"),
    ("reset-after=700", "Wire truncated, transient", "Wire truncated, partial"),
    ("reset-after=99999", "answer", "answer"),
    ("close-after=0", "Wire truncated, transient", "Wire ended-early, transient"),
    ("close-after=700", "Wire truncated, transient", "Wire truncated, partial"),
    ("close-after=99999", "answer", "answer"),
    ("truncate=0", "Wire", "Wire ended-early"),
    ("truncate=700", "Wire", "Wire truncated, partial"),
    ("stall=2s", "answer, 2.0 s", "answer, 2.0 s"),
    ("stall=60s", "Transport timeout, transient, 10.0 s", "Transport timeout, transient, 10.0 s"),
    ("stall-after=0", "Transport timeout, transient, 5.0 s", "Transport timeout, transient, 5.0 s"),
    ("stall-after=700", "Transport timeout, transient, 5.0 s", "Transport timeout, partial, 5.0 s"),
    ("stall-after=700:2s", "answer, 2.0 s", "answer, 2.0 s"),
    ("slow=200ms", "answer, 0.2 s", "answer, 21.0 s"),
    ("corrupt=0", "Wire", "Wire corrupt"),
    ("corrupt=700:7", "Wire", "Wire corrupt, partial"),
    (
        "exception=throttlingException",
        "Service ThrottlingException, throttled",
        "Service exception ThrottlingException, throttled",
    ),
    (
        "exception=serviceUnavailableException",
        "Service ServiceUnavailableException, transient",
        "Service exception ServiceUnavailableException, transient",
    ),
    (
        "exception=modelStreamErrorException:5",
        "Service ModelStreamErrorException",
        "Service exception ModelStreamErrorException, partial",
    ),
    (
        "exception=internalServerException",
        "Service InternalServerException, transient",
        "Service exception InternalServerException, transient",
    ),
    ("error-frame", "Service InternalError, transient", "Service error InternalError"),
    (
        "error-frame=InternalError:5",
        "Service InternalError, transient",
        "Service error InternalError, partial",
    ),
    ("content-type=text/html", "answer", "Wire not-an-event-stream"),
];

/// Describes the result of a call in the format of the table.
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

/// Parses a cell of the table: outcome, duration of an attempt, and the waits before the next attempts.
fn parsed(cell: &'static str) -> (&'static str, Duration, &'static [f64]) {
    let timed = cell.strip_suffix(" s").and_then(|cell| cell.rsplit_once(", "));
    let (cell, each) = timed.map_or((cell, 0.0), |(cell, seconds)| (cell, seconds.parse().unwrap()));
    let class = WAITS
        .iter()
        .find_map(|(class, waits)| Some((cell.strip_suffix(class)?.strip_suffix(", ")?, &waits[..])));
    let (told, waits) = class.unwrap_or((cell, &[]));
    (told, Duration::from_secs_f64(each), waits)
}

/// Number of faulty attempts, and retry policy of the client.
#[derive(Debug, Clone, Copy)]
enum Trial {
    OneAttempt,
    Standard,
    StandardStruckOnce,
}

impl Trial {
    fn policy(self) -> RetryPolicy {
        match self {
            Self::OneAttempt => RetryPolicy::off(),
            Self::Standard | Self::StandardStruckOnce => RetryPolicy::standard(),
        }
    }

    /// Returns the expected outcome, number of attempts, and duration of a call.
    fn expected(self, cell: &'static str) -> (&'static str, usize, Duration) {
        let (told, each, waits) = parsed(cell);
        let waits = match self {
            Self::OneAttempt => &[],
            Self::Standard => waits,
            Self::StandardStruckOnce => waits.get(..1).unwrap_or_default(),
        };
        let healed = matches!(self, Self::StandardStruckOnce) && !waits.is_empty();
        let struck = waits.len() + usize::from(!healed);
        let waited = Duration::from_secs_f64(waits.iter().sum());
        let took = each * u32::try_from(struck).unwrap() + waited;
        (if healed { "answer" } else { told }, waits.len() + 1, took)
    }
}

/// Parses the fault of a row, with its waits divided by `by`.
fn scaled(fault: &str, trial: Trial, by: u32) -> FaultRule {
    let rule: FaultRule = fault.parse().unwrap();
    let fault = match rule.fault().clone() {
        Fault::Stall(wait) => Fault::Stall(wait / by),
        Fault::StallAfter { bytes, duration } => {
            Fault::StallAfter { bytes, duration: duration.map(|wait| wait / by) }
        }
        Fault::Slow(wait) => Fault::Slow(wait / by),
        fault => fault,
    };
    match trial {
        Trial::StandardStruckOnce => FaultRule::starting_at(fault, 1, 1),
        Trial::OneAttempt | Trial::Standard => FaultRule::always(fault),
    }
}

async fn serve(faults: &[FaultRule]) -> ReplayServer {
    let verify = Verify::for_region(REGION).with_credentials(credentials());
    start(recorded(MatchMode::Exact, []).verify(verify).faults(faults.iter().cloned())).await
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "SQUIRREL", None)
}

/// Creates a client whose timeouts are those of the table divided by `divisor`.
fn client<T: Transport>(transport: T, replay: &ReplayServer, trial: Trial, divisor: u32) -> Client<T> {
    Client::builder(transport)
        .retry(trial.policy())
        .random_seed(SEED)
        .region(REGION)
        .endpoint_url(replay.url())
        .credentials(credentials())
        .timeouts(Timeouts::never().first_byte(FIRST_BYTE / divisor).idle(IDLE / divisor))
        .build()
        .unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Converse,
    ConverseStream,
}

async fn call<T: Transport>(client: &Client<T>, operation: Operation) -> Result<String, Error> {
    let request = question();
    match operation {
        Operation::Converse => Ok(client.converse(&request).await?.text()),
        Operation::ConverseStream => Ok(client.converse_stream(&request).await?.into_message().await?.text()),
    }
}

/// Tests every row over one transport, for these operations and trials. `serve` starts a server, `wait` runs a future of the
/// client. Server and delays are `scale` times as fast as in the table; `late` is the tolerance on a call's duration.
fn run<T: Transport>(
    operations: &[Operation],
    trials: &[Trial],
    transport: impl Fn() -> T,
    (scale, late): (u32, Duration),
    serve: impl Fn(&[FaultRule]) -> ReplayServer,
    wait: impl Fn(&Client<T>, Operation) -> (Result<String, Error>, Duration),
) {
    let (mut ran, mut wrong) = (0, Vec::new());
    for &operation in operations {
        let replay = serve(&[]);
        let whole = wait(&client(transport(), &replay, Trial::OneAttempt, 1), operation).0.unwrap();
        let rows = MATRIX.into_iter().flat_map(|row| trials.iter().map(move |&trial| (row, trial)));
        for ((fault, converse, stream), trial) in rows {
            let replay = serve(&[scaled(fault, trial, scale)]);
            let cell = if operation == Operation::Converse { converse } else { stream };
            // Short timeouts only where one is expected: on a busy machine they pass without a fault.
            let divisor = if cell.contains("timeout") { scale } else { 1 };
            let (outcome, elapsed) = wait(&client(transport(), &replay, trial, divisor), operation);
            let attempts = replay.requests().len();
            let counted = outcome.as_ref().map_or_else(Error::attempts, |_| u32::try_from(attempts).unwrap());
            let told = told(outcome, &whole);
            let (expected, expected_attempts, least) = trial.expected(cell);
            let least = least / scale;
            if (&*told, attempts) != (expected, expected_attempts)
                || usize::try_from(counted).unwrap() != attempts
                || elapsed < least
                || elapsed > least + late
            {
                wrong.push(format!(
                    "{fault}, {operation:?}, {trial:?}: {told:?}, {attempts} attempts (the error says {counted}), {elapsed:?}, not \
                     {expected:?}, {expected_attempts}, {least:?}"
                ));
            }
            ran += 1;
        }
    }
    report_cases(ran, "calls through faults");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
}

const OPERATIONS: [Operation; 2] = [Operation::Converse, Operation::ConverseStream];
const TRIALS: [Trial; 3] = [Trial::OneAttempt, Trial::Standard, Trial::StandardStruckOnce];

/// A blocking transport with shortened sleeps.
struct Hasty {
    transport: UreqTransport,
    scale: u32,
}

impl Transport for Hasty {
    type Body = <UreqTransport as Transport>::Body;
    type Error = <UreqTransport as Transport>::Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Self::Error> {
        self.transport.send(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration / self.scale).await;
    }
}

/// Runs client and server on one runtime with a simulated clock.
fn run_simulated<T: Transport>(transport: impl Fn() -> T) {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let wait = |client: &Client<T>, operation| {
        runtime.block_on(async {
            let start = Instant::now();
            (call(client, operation).await, start.elapsed())
        })
    };
    // Transports need the runtime when they are created.
    let _entered = runtime.enter();
    run(&OPERATIONS, &TRIALS, transport, (1, LATE), |faults| runtime.block_on(serve(faults)), wait);
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
    /// Speed-up factor, to keep the test short.
    const SCALE: u32 = 20;
    /// Tolerance for a busy machine, because time is real.
    const LATE: Duration = Duration::from_secs(5);
    #[expect(clippy::disallowed_methods, reason = "a thread that blocks has no other clock")]
    let now = std::time::Instant::now;
    let wait = |client: &Client<Hasty>, operation| {
        let start = now();
        (block_on(call(client, operation)), start.elapsed())
    };
    let transport = || Hasty { transport: UreqTransport::new(), scale: SCALE };
    // The threads wait concurrently.
    std::thread::scope(|threads| {
        for operation in OPERATIONS {
            for trial in TRIALS {
                threads.spawn(move || {
                    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
                    let serve = |faults: &[FaultRule]| runtime.block_on(serve(faults));
                    run(&[operation], &[trial], transport, (SCALE, LATE), serve, wait);
                });
            }
        }
    });
}

#[test]
fn no_fault_is_left_out() {
    let name = |form: &'static str| form.split(['=', '[']).next().unwrap_or_default();
    let struck: BTreeSet<&str> = MATRIX.iter().map(|(fault, _, _)| name(fault)).collect();
    let all: BTreeSet<&str> = FaultRule::FORMS.split(", ").map(name).collect();
    assert_eq!(struck, all);
}
