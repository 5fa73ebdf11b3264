//! Command line options.

use core::num::NonZeroUsize;
use core::time::Duration;

use barerock_replay::{Chunking, Pace};
use clap::{Parser, Subcommand};

/// Run many streams concurrently, some of which fail
#[derive(Debug, Clone, Parser)]
pub struct Options {
    /// Number of concurrent streams
    #[arg(long, default_value_t = 1000, value_parser = at_least_one, global = true)]
    pub streams: usize,
    /// Number of events per stream
    #[arg(long, default_value_t = 400, value_parser = enough_events, global = true)]
    pub events: usize,
    /// Number of rounds
    #[arg(long, default_value_t = 5, value_parser = at_least_one, global = true)]
    pub rounds: usize,
    /// Share of requests that fail, in percent
    #[arg(long, default_value_t = 1.0, value_parser = percent, global = true)]
    pub faults: f64,
    /// Seed of the fault schedule
    #[arg(long, default_value_t = 1, global = true)]
    pub seed: u64,
    /// Maximum number of attempts per request; 1 disables retries
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10), global = true)]
    pub attempts: u32,
    /// How to split a stream into HTTP chunks: frames, whole, or a number of bytes
    #[arg(long, default_value_t = Chunking::Bytes(const { NonZeroUsize::new(1000).unwrap() }), global = true)]
    pub chunk: Chunking,
    /// Delay before each chunk; 0ms disables it
    #[arg(long, default_value = "25ms", global = true)]
    pub pace: Pace,
    /// Client timeout for the response head and for each chunk, in seconds
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..), global = true)]
    pub timeout: u64,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Run the server (started by the soak test itself)
    #[command(hide = true)]
    Serve,
}

impl Options {
    /// Client timeout for the response head and for each chunk.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Returns `n` if one of `n` requests fails.
    pub(crate) fn every(&self) -> Option<usize> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::as_conversions,
            reason = "1 to 10,000,000"
        )]
        (self.faults > 0.0).then_some((100.0 / self.faults).round() as usize)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "expected a number above 0".to_owned())
}

/// Parses the number of events. Fewer leave no room for faults in the middle of a stream.
fn enough_events(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count >= 100).ok_or_else(|| "expected 100 or more".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let is_share = |share: &f64| *share == 0.0 || (0.00001..=100.0).contains(share);
    text.parse().ok().filter(is_share).ok_or_else(|| "expected 0, or 0.00001 to 100".to_owned())
}
