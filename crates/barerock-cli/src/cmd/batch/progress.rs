//! How far a batch is, for people.

use core::fmt::Write as _;
use core::time::Duration;

use barerock::types::TokenUsage;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::render::counted;
use crate::{status, terminal};

/// Time between two updates of the progress bar.
const TICK: Duration = Duration::from_millis(200);

/// Width of the bar, in columns.
const BAR: u64 = 20;

/// Counts records and tokens, and shows them.
pub(super) struct Progress {
    started: Instant,
    /// `None` if standard error is no terminal that can show it.
    ticks: Option<Interval>,
    /// Size of the input in bytes, if known.
    size: Option<u64>,
    /// Bytes of the input that were read.
    read: u64,
    /// Bytes of the input whose records an earlier run has completed.
    skipped: u64,
    counts: Counts,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    /// Records that were in the output before.
    before: u64,
    answered: u64,
    errors: u64,
    tokens_in: u64,
    tokens_out: u64,
}

impl Progress {
    pub(super) fn new(size: Option<u64>, before: u64) -> Self {
        let ticks = terminal::is_capable().then(|| {
            let mut ticks = interval(TICK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            ticks
        });
        let counts = Counts { before, ..Counts::default() };
        Self { started: Instant::now(), ticks, size, read: 0, skipped: 0, counts }
    }

    /// Waits until the bar may be drawn again.
    pub(super) async fn tick(&mut self) {
        match &mut self.ticks {
            Some(ticks) => {
                ticks.tick().await;
            }
            None => core::future::pending().await,
        }
    }

    /// The input was read to here, in bytes.
    pub(super) fn reached(&mut self, end: u64) {
        self.read = end;
    }

    /// A record that ends here was completed by an earlier run.
    pub(super) fn skipped(&mut self, end: u64) {
        self.skipped = end;
    }

    pub(super) fn answered(&mut self, usage: &TokenUsage) {
        let counts = &mut self.counts;
        counts.answered = counts.answered.saturating_add(1);
        counts.tokens_in = counts.tokens_in.saturating_add(usage.input_tokens);
        counts.tokens_out = counts.tokens_out.saturating_add(usage.output_tokens);
    }

    pub(super) fn failed(&mut self) {
        self.counts.errors = self.counts.errors.saturating_add(1);
    }

    /// Number of errors of this run.
    pub(super) fn errors(&self) -> u64 {
        self.counts.errors
    }

    /// Shows the bar.
    pub(super) fn show(&self, open: usize) {
        let size = self.size.map(|size| (self.read.min(size), self.skipped.min(size), size));
        status::show(&bar(&self.counts, size, open, self.started.elapsed()));
    }

    /// Prints the totals.
    pub(super) fn summary(&self, output: &str) {
        let Counts { before, answered, errors, tokens_in, tokens_out } = self.counts;
        let elapsed = self.started.elapsed();
        let mut text = format!("{answered} answered, {}", counted(errors, "error"));
        if before > 0 {
            let _ = write!(text, ", {before} in {output} before");
        }
        let rate = tenths(per_second(answered.saturating_add(errors), elapsed, 10));
        let seconds = tenths(elapsed.as_millis() / 100);
        tell!("{text} · tokens: {tokens_in} in, {tokens_out} out · {seconds} s, {rate} records/s");
    }
}

/// The bar, of the bytes read, those skipped, and all of them.
fn bar(counts: &Counts, size: Option<(u64, u64, u64)>, open: usize, elapsed: Duration) -> String {
    let ended = counts.answered.saturating_add(counts.errors);
    let mut text = String::new();
    if let Some((read, _, size)) = size.filter(|(_, _, size)| *size > 0) {
        let filled = usize::try_from(scaled(read, BAR, size)).unwrap_or_default();
        let empty = usize::try_from(BAR).unwrap_or_default().saturating_sub(filled);
        let _ = write!(text, "[{}{}] {}% ", "#".repeat(filled), ".".repeat(empty), scaled(read, 100, size));
    }
    let _ = write!(text, "{ended} done");
    if counts.errors > 0 {
        let _ = write!(text, ", {}", counted(counts.errors, "error"));
    }
    let _ = write!(text, ", {open} open · {}/s", tenths(per_second(ended, elapsed, 10)));
    // The time left is that of the bytes left, at the pace of those that were not skipped.
    if let Some((read, skipped, size)) = size
        && let Some(passed) = read.checked_sub(skipped).filter(|passed| *passed > 0 && ended > 0)
    {
        let left = scaled(size.saturating_sub(read), elapsed.as_secs().max(1), passed);
        let _ = write!(text, " · {} left", clock(left));
    }
    // Last, as narrow terminals cut it off.
    let _ = write!(text, " · tokens: {} in, {} out", counts.tokens_in, counts.tokens_out);
    text
}

/// `part` of `of`, as a share of `whole`.
fn scaled(part: u64, whole: u64, of: u64) -> u64 {
    let share = u128::from(part) * u128::from(whole) / u128::from(of.max(1));
    share.try_into().unwrap_or(u64::MAX)
}

/// `times` as many as there are in a second.
fn per_second(count: u64, elapsed: Duration, times: u128) -> u128 {
    u128::from(count) * times * 1000 / elapsed.as_millis().max(1)
}

fn tenths(count: u128) -> String {
    format!("{}.{}", count / 10, count % 10)
}

/// Seconds as `4:05` or `1:02:03`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_tells_share_rate_tokens_and_time_left() {
        let counts = Counts { answered: 9, errors: 1, tokens_in: 170, tokens_out: 3680, before: 4 };
        let text = bar(&counts, Some((600, 200, 1000)), 3, Duration::from_secs(4));
        assert_eq!(
            text,
            "[############........] 60% 10 done, 1 error, 3 open · 2.5/s · 0:04 left · tokens: 170 in, 3680 out"
        );
        let text = bar(&Counts::default(), None, 0, Duration::ZERO);
        assert_eq!(text, "0 done, 0 open · 0.0/s · tokens: 0 in, 0 out");
        assert!(bar(&Counts::default(), Some((0, 0, 0)), 0, Duration::ZERO).starts_with("0 done"));
        assert!(!bar(&counts, Some((0, 200, 1000)), 0, Duration::from_secs(1)).contains("left"));
        assert_eq!((&*clock(0), &*clock(245), &*clock(3723)), ("0:00", "4:05", "1:02:03"));
    }
}
