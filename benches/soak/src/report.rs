//! What came of it all, held against what should have.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use barerock_replay::Fault;

use crate::answer::Answer;
use crate::fate::Fate;
use crate::load::{Outcome, Round};
use crate::options::Options;
use crate::strikes::Strikes;

/// How much the rounds of the second half may add to the resident memory of the first, as a share.
const GROWTH: f64 = 0.25;
/// Wrong streams shown at most.
const SHOWN: usize = 10;
const MEGABYTE: f64 = 1e6;

/// The figures, and what is wrong.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    name: &'a str,
    options: &'a Options,
    rounds: Vec<Round>,
    /// By fault, what became of those it struck: as it should, and otherwise.
    struck: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
    complete: usize,
    recovered: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        name: &'a str,
        options: &'a Options,
        answers: &[Answer],
        strikes: &Strikes,
        rounds: Vec<Round>,
    ) -> Self {
        let mut report = Self {
            name,
            options,
            rounds: Vec::new(),
            struck: BTreeMap::new(),
            wrong: Vec::new(),
            complete: 0,
            recovered: 0,
        };
        for outcome in rounds.iter().flat_map(|round| &round.outcomes) {
            report.judge(outcome, &answers[outcome.model], strikes);
        }
        report.rounds = rounds;
        report.wrong.extend(report.growth());
        report
    }

    fn judge(&mut self, outcome: &Outcome, answer: &Answer, strikes: &Strikes) {
        let faults = match strikes.of(&outcome.name) {
            Ok(faults) => faults,
            Err(note) => {
                self.wrong.push(format!("stream {}: the server says {note:?}", outcome.name));
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
            // Its kind: where it strikes is another place each time.
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
            self.wrong.push(format!("stream {}, struck by {struck}: {wrong}", outcome.name));
        }
    }

    /// What must become of a stream whose requests were struck so, one after the other.
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

    /// Whether memory still grew when pools and buffers were full: the last round against the most of the first half.
    fn growth(&self) -> Option<String> {
        let resident: Vec<f64> =
            self.rounds.iter().filter_map(|round| Some(megabytes(round.memory?.1))).collect();
        let half = resident.get(..self.rounds.len().div_ceil(2))?;
        let (most, last) = (half.iter().copied().fold(0.0, f64::max), *resident.last()?);
        (last > most * (1.0 + GROWTH)).then(|| {
            format!("memory grew from {most:.1} MB in the first half to {last:.1} MB after the last round")
        })
    }

    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The time to the first event of those that had one, sorted.
    fn firsts(&self) -> Vec<Duration> {
        let outcomes = self.rounds.iter().flat_map(|round| &round.outcomes);
        let mut firsts: Vec<Duration> = outcomes.filter_map(|outcome| outcome.first).collect();
        firsts.sort_unstable();
        firsts
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
        writeln!(f, "round   seconds  client CPU s     events  resident MB")?;
        for (number, round) in self.rounds.iter().enumerate() {
            let events: usize = round.outcomes.iter().map(|outcome| outcome.events).sum();
            let (cpu, memory) = (round.cpu_seconds.unwrap_or(f64::NAN), round.memory.unwrap_or_default().1);
            let (seconds, memory) = (round.elapsed.as_secs_f64(), megabytes(memory));
            writeln!(f, "{:>5} {seconds:>9.2} {cpu:>13.2} {events:>10} {memory:>12.1}", number + 1)?;
        }
        let seconds: f64 = self.rounds.iter().map(|round| round.elapsed.as_secs_f64()).sum();
        let cpu: f64 = self.rounds.iter().map(|round| round.cpu_seconds.unwrap_or(f64::NAN)).sum();
        let outcomes = || self.rounds.iter().flat_map(|round| &round.outcomes);
        let (all, events) = (outcomes().count(), outcomes().map(|outcome| outcome.events).sum::<usize>());
        let firsts = self.firsts();
        let percentile = |share: usize| firsts.get(firsts.len() * share / 100).copied().unwrap_or_default();
        let peak = self
            .rounds
            .iter()
            .filter_map(|round| round.memory)
            .map(|(peak, _)| peak)
            .max()
            .unwrap_or_default();
        writeln!(f, "streams/s            {:.0}", ratio(all, seconds))?;
        writeln!(f, "events/s             {:.0}", ratio(events, seconds))?;
        writeln!(f, "client CPU per event {:.2} µs", cpu * 1e6 / ratio(events, 1.0))?;
        writeln!(f, "first event p50      {:.1} ms", percentile(50).as_secs_f64() * 1e3)?;
        writeln!(f, "first event p99      {:.1} ms", percentile(99).as_secs_f64() * 1e3)?;
        writeln!(f, "peak memory          {:.1} MB", megabytes(peak))?;
        writeln!(
            f,
            "streams              {all}: {} complete and byte-exact, {} of these after a retry; {} failed as they should",
            self.complete,
            self.recovered,
            self.struck.values().map(|(right, _)| right).sum::<usize>().saturating_sub(self.recovered)
        )?;
        for (fault, (right, otherwise)) in &self.struck {
            writeln!(f, "  {fault:<14} {right} as it should, {otherwise} otherwise")?;
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
