//! The load: rounds of streams at once.

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

/// What is not over by this many times a client's own patience hangs.
const PATIENCES: u32 = 4;
/// How long the server's last lines take to arrive, at most.
const LINES: Duration = Duration::from_millis(500);
/// Files a process has open beside its connections.
const OTHER_FILES: usize = 64;

/// A client under load. It keeps its connections between streams.
pub trait Contender: Send + Sync + 'static {
    /// What it is called.
    const NAME: &'static str;

    /// A client that calls `url`.
    fn new(url: &str, options: &Options) -> Self;

    /// Asks `model_id` this question, tells `check` of everything that comes, and says how it ended.
    fn stream(
        &self,
        model_id: &str,
        question: &str,
        check: &mut Check<'_>,
    ) -> impl Future<Output = Fate> + Send;
}

/// What came of one stream.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The round and the stream: what the server knows it by.
    pub(crate) name: String,
    pub(crate) model: usize,
    pub(crate) fate: Fate,
    /// What is wrong with what came before it ended.
    pub(crate) wrong: Option<String>,
    /// What is missing of the whole answer.
    pub(crate) missing: Option<String>,
    pub(crate) events: usize,
    /// From the call to its first event.
    pub(crate) first: Option<Duration>,
}

/// What came of one round.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) elapsed: Duration,
    pub(crate) cpu_seconds: Option<f64>,
    /// The most resident memory so far, and that at the end of the round.
    pub(crate) memory: Option<(u64, u64)>,
}

/// The server's process, which ends when its standard input does.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The program: the load over a contender, or the server that it starts for itself.
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

/// Starts this program once more, as the server with the same options.
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
