//! Report: measured figures, and the comparison of outcomes with expected outcomes.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use barerock_replay::Fault;

use crate::answer::Answer;
use crate::fate::Fate;
use crate::load::{Outcome, Round};
use crate::options::Options;
use crate::process;
use crate::strikes::Strikes;

/// Tolerated growth of allocated bytes, as a divisor: faults close connections, so their number varies.
const GROWTH: usize = 100;
/// Maximum number of failed streams shown.
const SHOWN: usize = 10;
const MEGABYTE: f64 = 1e6;

/// Measured figures and deviations.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    name: &'a str,
    options: &'a Options,
    rounds: Vec<Figures>,
    /// Time to first event of each stream with an event.
    firsts: Vec<Duration>,
    /// Number of streams with the expected and with another outcome, by fault.
    struck: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
    streams: usize,
    complete: usize,
    recovered: usize,
}

/// Figures of a round. Holds no allocation, which would count as growth.
#[derive(Debug)]
struct Figures {
    round: Round,
    events: usize,
    /// Bytes allocated after the round, and the peak during it.
    live: Option<(usize, usize)>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(name: &'a str, options: &'a Options) -> Self {
        Self {
            name,
            options,
            rounds: Vec::with_capacity(options.rounds),
            firsts: Vec::with_capacity(options.rounds * options.streams),
            struck: BTreeMap::new(),
            wrong: Vec::new(),
            streams: 0,
            complete: 0,
            recovered: 0,
        }
    }

    /// Adds the results of a round.
    pub(crate) fn add(
        &mut self,
        round: Round,
        outcomes: Vec<Outcome>,
        answers: &[Answer],
        strikes: &Strikes,
    ) {
        for outcome in &outcomes {
            self.judge(outcome, &answers[outcome.model], strikes);
            self.firsts.extend(outcome.first);
        }
        self.streams += outcomes.len();
        let events = outcomes.iter().map(|outcome| outcome.events).sum();
        drop(outcomes);
        self.rounds.push(Figures { round, events, live: process::live() });
    }

    fn judge(&mut self, outcome: &Outcome, answer: &Answer, strikes: &Strikes) {
        let faults = match strikes.take(&outcome.name) {
            Ok(faults) => faults,
            Err(note) => {
                self.wrong
                    .push(format!("stream {}: unexpected report of the server: {note:?}", outcome.name));
                return;
            }
        };
        let expected = self.expected(&faults, answer);
        let wrong = if outcome.fate != expected {
            Some(format!(
                "{} (with {}), not {expected}",
                outcome.fate,
                outcome.missing.as_deref().unwrap_or("all of it")
            ))
        } else if let Some(wrong) = &outcome.wrong {
            Some(wrong.clone())
        } else if expected == Fate::Complete {
            outcome.missing.clone()
        } else {
            None
        };
        for fault in &faults {
            // Without the offset, which differs each time.
            let kind = fault.to_string();
            let kind = kind.split(['=', ':']).next().unwrap_or_default().to_owned();
            let (right, otherwise) = self.struck.entry(kind).or_default();
            *(if wrong.is_none() { right } else { otherwise }) += 1;
        }
        if outcome.fate == Fate::Complete && wrong.is_none() {
            self.complete += 1;
            self.recovered += usize::from(!faults.is_empty());
        }
        if let Some(wrong) = wrong {
            let struck: Vec<String> = faults.iter().map(Fault::to_string).collect();
            let struck = if struck.is_empty() { "nothing".to_owned() } else { struck.join(", ") };
            self.wrong.push(format!("stream {} with fault {struck}: {wrong}", outcome.name));
        }
    }

    /// Returns the expected outcome of a stream whose attempts had these faults.
    fn expected(&self, faults: &[Fault], answer: &Answer) -> Fate {
        let mut attempts = 0;
        for fault in faults {
            attempts += 1;
            let (fate, may_retry) = Fate::of(fault, answer);
            if !may_retry || attempts >= self.options.attempts {
                return fate;
            }
        }
        Fate::Complete
    }

    /// Describes the growth of allocated bytes over the rounds, if counted and too large. Not checked without a delay
    /// between chunks, because buffer sizes then depend on the timing of reads. Resident memory is not checked, because
    /// it depends on the allocator.
    fn growth(&self) -> Option<String> {
        let (first, _) = self.rounds.first()?.live?;
        let (last, _) = self.rounds.last()?.live?;
        let grew = last.saturating_sub(first) > first / GROWTH && !self.options.pace.delay().is_zero();
        grew.then(|| format!("{first} bytes were allocated after the first round, {last} are after the last"))
    }

    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.growth().is_none()
    }
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "figures to be read by people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "figures to be read by people")]
fn ratio(count: usize, by: f64) -> f64 {
    count as f64 / by
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { streams, events, rounds, faults, seed, attempts, chunk, pace, .. } = self.options;
        writeln!(
            f,
            "{}: {streams} streams of {events} events at once, {rounds} rounds, {faults} % of the requests fail (seed {seed}), \
             {attempts} attempts, chunks of {chunk} every {pace}",
            self.name
        )?;
        writeln!(f, "round   seconds  client CPU s     events  resident MB  live bytes  most live MB")?;
        for (number, Figures { round, events, live }) in self.rounds.iter().enumerate() {
            let (cpu, memory) = (round.cpu_seconds.unwrap_or(f64::NAN), round.memory.unwrap_or_default().1);
            let (seconds, memory) = (round.elapsed.as_secs_f64(), megabytes(memory));
            write!(f, "{:>5} {seconds:>9.2} {cpu:>13.2} {events:>10} {memory:>12.1}", number + 1)?;
            match live {
                Some((after, most)) => {
                    let most = megabytes(u64::try_from(*most).unwrap_or(u64::MAX));
                    writeln!(f, " {after:>11} {most:>13.1}")?;
                }
                None => writeln!(f, " {:>11} {:>13}", "-", "-")?,
            }
        }
        let rounds = || self.rounds.iter().map(|figures| &figures.round);
        let seconds: f64 = rounds().map(|round| round.elapsed.as_secs_f64()).sum();
        let cpu: f64 = rounds().map(|round| round.cpu_seconds.unwrap_or(f64::NAN)).sum();
        let (all, events) = (self.streams, self.rounds.iter().map(|figures| figures.events).sum::<usize>());
        let mut firsts = self.firsts.clone();
        firsts.sort_unstable();
        let percentile = |share: usize| firsts.get(firsts.len() * share / 100).copied().unwrap_or_default();
        let peak = rounds().filter_map(|round| round.memory).map(|(peak, _)| peak).max().unwrap_or_default();
        writeln!(f, "streams/s            {:.0}", ratio(all, seconds))?;
        writeln!(f, "events/s             {:.0}", ratio(events, seconds))?;
        writeln!(f, "client CPU per event {:.2} µs", cpu * 1e6 / ratio(events, 1.0))?;
        writeln!(f, "first event p50      {:.1} ms", percentile(50).as_secs_f64() * 1e3)?;
        writeln!(f, "first event p99      {:.1} ms", percentile(99).as_secs_f64() * 1e3)?;
        writeln!(f, "peak memory          {:.1} MB", megabytes(peak))?;
        writeln!(
            f,
            "streams              {all}: {} complete and byte-exact, {} of these after a retry; {} failed as expected",
            self.complete,
            self.recovered,
            self.struck.values().map(|(right, _)| right).sum::<usize>().saturating_sub(self.recovered)
        )?;
        for (fault, (right, otherwise)) in &self.struck {
            writeln!(f, "  {fault:<14} {right} as expected, {otherwise} otherwise")?;
        }
        if let Some(growth) = self.growth() {
            writeln!(f, "WRONG {growth}")?;
        }
        for wrong in self.wrong.iter().take(SHOWN) {
            writeln!(f, "WRONG {wrong}")?;
        }
        if self.wrong.len() > SHOWN {
            writeln!(f, "WRONG and {} more", self.wrong.len() - SHOWN)?;
        }
        writeln!(f, "{}", if self.is_good() { "PASS" } else { "FAIL" })
    }
}
