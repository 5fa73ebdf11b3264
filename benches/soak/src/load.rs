//! Load generation: rounds of concurrent streams.

use core::time::Duration;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use clap::Parser as _;

use crate::answer::{Answer, Check, MODELS};
use crate::fate::Fate;
use crate::options::{self, Options};
use crate::report::Report;
use crate::strikes::Strikes;
use crate::{process, server};

/// A stream that takes this many client timeouts hangs.
const PATIENCES: u32 = 4;
/// Maximum delay of the server's last reports.
const LINES: Duration = Duration::from_millis(500);
/// Number of open files other than connections.
const OTHER_FILES: usize = 64;

/// A client under test. It reuses connections between streams.
pub trait Contender: Send + Sync + 'static {
    /// Name of the client.
    const NAME: &'static str;

    /// Creates a client for the endpoint `url`.
    fn new(url: &str, options: &Options) -> Self;

    /// Sends a prompt to `model_id`, reports all events to `check`, and returns the outcome.
    fn stream(
        &self,
        model_id: &str,
        question: &str,
        check: &mut Check<'_>,
    ) -> impl Future<Output = Fate> + Send;
}

/// Result of one stream.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Round and number of the stream, which identify it to the server.
    pub(crate) name: String,
    pub(crate) model: usize,
    pub(crate) fate: Fate,
    /// Deviation in the received events.
    pub(crate) wrong: Option<String>,
    /// What is missing from the complete response.
    pub(crate) missing: Option<String>,
    pub(crate) events: usize,
    /// Time to first event.
    pub(crate) first: Option<Duration>,
}

/// Results of one round.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) elapsed: Duration,
    pub(crate) cpu_seconds: Option<f64>,
    /// Peak resident memory so far, and resident memory at the end of the round, in bytes.
    pub(crate) memory: Option<(u64, u64)>,
}

/// The server process, which ends when its standard input is closed.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Entry point: runs the load with a client, or the server.
#[must_use]
pub fn main<C: Contender>() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match options.command {
        Some(options::Command::Serve) => {
            let code = runtime.block_on(server::serve(&options));
            runtime.shutdown_background();
            code
        }
        None => runtime.block_on(run::<C>(&options)),
    }
}

async fn run<C: Contender>(options: &Options) -> ExitCode {
    let files = options.streams + OTHER_FILES;
    if let Some(limit) = process::open_files().filter(|limit| *limit < files) {
        eprintln!(
            "{} streams at once need {files} open files in each of two processes, but the limit is {limit}: \
             raise it with `ulimit -n {files}`, or ask for fewer with --streams",
            options.streams
        );
        return ExitCode::from(2);
    }
    let (_server, url, strikes) = match start() {
        Ok(started) => started,
        Err(error) => {
            eprintln!("the server does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let answers: Arc<Vec<Answer>> =
        Arc::new((0..MODELS).map(|model| Answer::new(model, options.events)).collect());
    let client = Arc::new(C::new(&url, options));
    let mut report = Report::new(C::NAME, options);
    for number in 0..options.rounds {
        process::forget_peak();
        let (round, outcomes) = round(number, &client, &answers, options).await;
        tokio::time::sleep(LINES).await;
        report.add(round, outcomes, &answers, &strikes);
    }
    print!("{report}");
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts this program as the server with the same options.
fn start() -> std::io::Result<(Server, String, Strikes)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = Server(command.spawn()?);
    let mut lines = BufReader::new(server.0.stdout.take().expect("a pipe"));
    let mut url = String::new();
    lines.read_line(&mut url)?;
    if url.is_empty() {
        return Err(std::io::Error::other("it ended at once"));
    }
    Ok((server, url.trim_end().to_owned(), Strikes::read(lines)))
}

async fn round<C: Contender>(
    number: usize,
    client: &Arc<C>,
    answers: &Arc<Vec<Answer>>,
    options: &Options,
) -> (Round, Vec<Outcome>) {
    let limit = options.patience() * PATIENCES;
    let (start, cpu) = (Instant::now(), process::cpu_seconds());
    let streams: Vec<_> = (0..options.streams)
        .map(|stream| {
            let (client, answers) = (Arc::clone(client), Arc::clone(answers));
            tokio::spawn(async move {
                let (name, model) = (format!("{number}-{stream}"), stream % answers.len());
                let mut check = Check::new(&answers[model]);
                let asked = Instant::now();
                let model_id = Answer::model_id(model);
                let ended = tokio::time::timeout(limit, client.stream(&model_id, &name, &mut check)).await;
                Outcome {
                    fate: ended.unwrap_or_else(|_| Fate::Other("hung".to_owned())),
                    wrong: check.wrong().map(str::to_owned),
                    missing: check.missing(),
                    events: check.events(),
                    first: check.first().map(|first| first - asked),
                    name,
                    model,
                }
            })
        })
        .collect();
    let mut outcomes = Vec::with_capacity(streams.len());
    for stream in streams {
        outcomes.push(stream.await.expect("a stream does not panic"));
    }
    let cpu_seconds = process::cpu_seconds().zip(cpu).map(|(after, before)| after - before);
    (Round { elapsed: start.elapsed(), cpu_seconds, memory: process::memory() }, outcomes)
}
