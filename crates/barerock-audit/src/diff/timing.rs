//! Attempts and times, where both recordings have them.

use super::{Compare, Ignored};
use crate::exchange::timing::micros;
use crate::exchange::{RecordedResponse, Timing};

/// Compares attempts, and times in microseconds. Chunks are compared by their number and boundaries.
pub(super) fn compare(compare: &mut Compare<'_>, a: &RecordedResponse, b: &RecordedResponse) {
    let (Some(a), Some(b)) = (a.timing(), b.timing()) else { return };
    let mut numbers = |why, name: &str, a: Option<u64>, b: Option<u64>| {
        if a != b {
            let json = |number: Option<u64>| number.map(|number| number.to_string());
            compare.add(why, &format!("timing.{name}"), json(a), json(b));
        }
    };
    numbers(None, "attempt", a.attempt.map(u64::from), b.attempt.map(u64::from));
    numbers(None, "max_attempts", a.max_attempts.map(u64::from), b.max_attempts.map(u64::from));
    let times = |timing: &Timing| {
        let Timing { waited, connect, tls, head, first_frame, end, .. } = timing;
        [*waited, *connect, *tls, *head, *first_frame, *end].map(|time| time.map(micros))
    };
    let names = ["waited", "connect", "tls", "head", "first_frame", "end"];
    for (name, (a, b)) in names.into_iter().zip(times(a).into_iter().zip(times(b))) {
        numbers(Some(Ignored::Time), name, a, b);
    }
    let offsets = |timing: &Timing| timing.chunks.iter().map(|chunk| chunk.offset).collect::<Vec<_>>();
    let (a, b) = (offsets(a), offsets(b));
    if a != b {
        let json = |offsets: Vec<u64>| Some(serde_json::Value::from(offsets).to_string());
        compare.add(Some(Ignored::Time), "timing.chunks", json(a), json(b));
    }
}
