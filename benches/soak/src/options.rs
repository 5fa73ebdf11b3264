//! The command line.

use core::num::NonZeroUsize;
use core::time::Duration;

use barerock_replay::{Chunking, Pace};
use clap::{Parser, Subcommand};

/// A soak: many streams at once, some of which fail.
#[derive(Debug, Clone, Parser)]
pub struct Options {
    /// Streams at once
    #[arg(long, default_value_t = 1000, value_parser = at_least_one, global = true)]
    pub streams: usize,
    /// Events a stream
    #[arg(long, default_value_t = 400, value_parser = enough_events, global = true)]
    pub events: usize,
    /// How many times over
    #[arg(long, default_value_t = 5, value_parser = at_least_one, global = true)]
    pub rounds: usize,
    /// Requests that fail, in percent
    #[arg(long, default_value_t = 1.0, value_parser = percent, global = true)]
    pub faults: f64,
    /// Which requests fail, and where
    #[arg(long, default_value_t = 1, global = true)]
    pub seed: u64,
    /// Attempts a call may make: 1 does not retry
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10), global = true)]
    pub attempts: u32,
    /// Where a stream is cut into HTTP chunks: frames, whole, or a number of bytes
    #[arg(long, default_value_t = Chunking::Bytes(const { NonZeroUsize::new(1000).unwrap() }), global = true)]
    pub chunk: Chunking,
    /// The wait before each chunk; 0ms sends as fast as it goes
    #[arg(long, default_value = "25ms", global = true)]
    pub pace: Pace,
    /// How long a client waits for the head of an answer and for each piece, in seconds
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..), global = true)]
    pub timeout: u64,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Be the server: what the soak starts for itself
    #[command(hide = true)]
    Serve,
}

impl Options {
    /// How long a client waits for the head of an answer and for each piece.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// One request of this many fails.
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
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "wants a number above 0".to_owned())
}

/// Fewer would leave no room for faults in the middle.
fn enough_events(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count >= 100).ok_or_else(|| "wants 100 or more".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let is_share = |share: &f64| *share == 0.0 || (0.00001..=100.0).contains(share);
    text.parse().ok().filter(is_share).ok_or_else(|| "wants 0, or 0.00001 to 100".to_owned())
}
