//! Fault schedule, deterministic for a seed.

use core::time::Duration;

use barerock_replay::{Fault, FaultRule};

use crate::answer::Answer;
use crate::options::Options;

/// Duration of a stall: longer than any client timeout.
const STALL: Duration = Duration::from_secs(600);
/// Minimum distance in bytes of a fault from the start and the end of a stream, so that it follows the first events and
/// precedes messageStop.
const EDGE: usize = 2_000;

/// SplitMix64: deterministic pseudorandom numbers.
#[derive(Debug)]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        usize::try_from(bits % u64::try_from(end.max(1)).expect("a count")).expect("below a usize")
    }
}

/// Builds the fault rules: one request of every `n` fails, with each kind of fault in turn.
pub(crate) fn rules(options: &Options) -> Vec<FaultRule> {
    let Some(every) = options.every() else { return Vec::new() };
    let answer = Answer::new(0, options.events);
    let mut numbers = Numbers(options.seed);
    // Retries count as requests.
    let requests = options.rounds * options.streams * 2;
    (0..requests / every)
        .map(|block| {
            let first = block * every + numbers.below(every) + 1;
            let fault = fault(block, &answer, options.events, &mut numbers);
            FaultRule::starting_at(fault, u64::try_from(first).expect("a count"), 1)
        })
        .collect()
}

fn fault(kind: usize, answer: &Answer, events: usize, numbers: &mut Numbers) -> Fault {
    let byte = EDGE + numbers.below(answer.stream.len().saturating_sub(2 * EDGE));
    // After the first frame and before messageStop.
    let frame = 2 + numbers.below(events.saturating_sub(5));
    match kind % 11 {
        0 => Fault::Throttle { retry_after: None },
        1 => Fault::ResetAfter(byte),
        2 => Fault::Corrupt { offset: byte, bit: u8::try_from(numbers.below(8)).expect("a bit") },
        3 => Fault::Exception { name: "modelStreamErrorException".to_owned(), frame },
        4 => Fault::ResetBefore,
        5 => Fault::Truncate(byte),
        6 => Fault::StallAfter { bytes: byte, duration: None },
        7 => Fault::ErrorFrame { code: "InternalError".to_owned(), frame },
        8 => Fault::Status { status: 503.try_into().expect("a status"), error: None },
        9 => Fault::CloseAfter(byte),
        _ => Fault::Stall(STALL),
    }
}
