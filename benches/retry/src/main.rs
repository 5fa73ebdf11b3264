//! Compares request times in adaptive mode of barerock and botocore, with simulated clocks.
//!
//!     cargo run --release -p barerock-retry-bench
//!
//! Needs Python 3 with botocore 1.43.11 as `python3` for botocore's column.

use core::time::Duration;
use std::io::Write as _;
use std::process::{Command, ExitCode, Stdio};

use barerock::RetryPolicy;
use barerock_retry_bench::{Scenario, Throttles, simulate};
use serde_json::{Value, json};

/// Number of runs of each scenario, each with a different jitter seed.
const SEEDS: u64 = 12;
const LOADS: [(usize, usize); 4] = [(200, 4), (200, 8), (200, 16), (500, 32)];
const THROTTLES: [usize; 3] = [1, 5, 40];
/// Where throttling begins: at the first request, when no rate has been measured yet, or later.
const FIRST: [usize; 2] = [0, 100];
/// Relative difference of medians that is reported: the two sides have different jitter.
const TOLERANCE: f64 = 0.02;
const LATENCIES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(300)];

/// Result of one run.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    failed: u64,
}

fn scenarios() -> impl Iterator<Item = Scenario> {
    LATENCIES.into_iter().flat_map(|latency| {
        FIRST.into_iter().flat_map(move |first| {
            LOADS.into_iter().flat_map(move |(calls, callers)| {
                THROTTLES.into_iter().map(move |count| Scenario {
                    calls,
                    callers,
                    throttles: Throttles { first, count },
                    latency,
                    patience: None,
                })
            })
        })
    })
}

fn ours(scenario: Scenario) -> Vec<Run> {
    let runs = (0..SEEDS).map(|seed| simulate(scenario, RetryPolicy::adaptive(), seed));
    runs.map(|outcome| Run {
        seconds: outcome.time.as_secs_f64(),
        failed: u64::try_from(outcome.failed).unwrap_or(u64::MAX),
    })
    .collect()
}

/// Runs all scenarios with botocore.
fn botocores() -> Result<Vec<Vec<Run>>, String> {
    let list: Vec<Value> = scenarios()
        .map(|scenario| {
            json!({
                "calls": scenario.calls,
                "callers": scenario.callers,
                "first": scenario.throttles.first,
                "count": scenario.throttles.count,
                "latency": scenario.latency.as_secs_f64(),
                "seeds": SEEDS,
            })
        })
        .collect();
    let mut python = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3: {error}"))?;
    if let Some(mut input) = python.stdin.take() {
        input.write_all(Value::from(list).to_string().as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = python.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("peer.py: {}", output.status));
    }
    let rows: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let run =
        |run: &Value| Some(Run { seconds: run.get("time")?.as_f64()?, failed: run.get("failed")?.as_u64()? });
    let rows = rows.as_array().into_iter().flatten();
    rows.map(|row| row.as_array()?.iter().map(run).collect())
        .collect::<Option<_>>()
        .ok_or_else(|| "peer.py: unexpected output".to_owned())
}

/// Median time, maximum time, and total number of failed requests.
fn summary(runs: &[Run]) -> Option<(f64, f64, u64)> {
    let mut times: Vec<f64> = runs.iter().map(|run| run.seconds).collect();
    times.sort_by(f64::total_cmp);
    Some((*times.get(times.len() / 2)?, *times.last()?, runs.iter().map(|run| run.failed).sum()))
}

fn main() -> ExitCode {
    let theirs = botocores().unwrap_or_else(|error| {
        eprintln!("no column for botocore: {error}");
        Vec::new()
    });
    println!("seconds, median and longest of {SEEDS} runs; failed calls of all runs");
    println!(
        "{:>5} {:>7} {:>9} {:>5} {:>7} | {:>8} {:>8} {:>6} | {:>8} {:>8} {:>6}",
        "calls",
        "callers",
        "throttles",
        "from",
        "latency",
        "barerock",
        "longest",
        "failed",
        "botocore",
        "longest",
        "failed"
    );
    let mut slower = 0_u32;
    for (index, scenario) in scenarios().enumerate() {
        let Some((median, longest, failed)) = summary(&ours(scenario)) else { continue };
        let Throttles { first, count } = scenario.throttles;
        print!(
            "{:>5} {:>7} {count:>9} {first:>5} {:>4} ms | {median:>8.2} {longest:>8.2} {failed:>6}",
            scenario.calls,
            scenario.callers,
            scenario.latency.as_millis()
        );
        let Some((median_theirs, longest_theirs, failed)) = theirs.get(index).and_then(|runs| summary(runs))
        else {
            println!();
            continue;
        };
        let is_slower = median > median_theirs * (1.0 + TOLERANCE);
        let mark = if is_slower { " slower" } else { "" };
        slower += u32::from(is_slower);
        println!(" | {median_theirs:>8.2} {longest_theirs:>8.2} {failed:>6}{mark}");
    }
    if slower > 0 {
        eprintln!("{slower} scenarios are more than 2 % slower than botocore");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
