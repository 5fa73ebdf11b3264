//! Protocol of a contender: `PROGRAM TASK FILE ITERATIONS` does the task over the file, first once to be verified, then
//! as a warm-up, then as often as asked, and prints one line of JSON:
//!
//! `{"count":20000,"bytes":1520000,"checksum":"0a1b2c3d","iterations":50,"nanoseconds":123456789}`
//!
//! `count` and `bytes` are of one iteration, the same in each. The checksum is CRC-32 over every item's length (four
//! bytes, big endian) and bytes. `BYOB.md` names the tasks and their items.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads files, the environment and the clock")]

mod calls;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

pub use calls::{Calls, WholeProgram};

/// Part of the iterations that is done before the clock starts: one of this many.
const WARM_UP: u64 = 5;

/// Receiver of what a task produces.
#[derive(Debug, Default)]
pub struct Items {
    count: u64,
    bytes: u64,
    checksum: Option<crc32fast::Hasher>,
}

impl Items {
    /// A receiver that computes the checksum.
    pub(crate) fn verified() -> Self {
        Self { checksum: Some(crc32fast::Hasher::new()), ..Self::default() }
    }

    /// The checksum of all items, in hexadecimal digits.
    pub(crate) fn take_checksum(&mut self) -> String {
        format!("{:08x}", self.checksum.take().unwrap_or_default().finalize())
    }

    /// Number of items so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// True in the iteration that is compared with other contenders' and is not timed.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.checksum.is_some()
    }

    /// Takes the next item.
    ///
    /// # Panics
    /// If the item is 4 GiB or longer.
    #[inline]
    pub fn item(&mut self, item: &[u8]) {
        self.count += 1;
        self.bytes += u64::try_from(item.len()).expect("a length");
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&u32::try_from(item.len()).expect("a short item").to_be_bytes());
            checksum.update(item);
        }
        black_box(item);
    }
}

/// A task over one input.
pub trait Task {
    /// Does the task once.
    fn once(&mut self, items: &mut Items);
}

impl<F: FnMut(&mut Items)> Task for F {
    fn once(&mut self, items: &mut Items) {
        self(items);
    }
}

/// Runs a contender: `find` prepares the task of a name over the bytes of the file, or returns `None` for one that the
/// contender does not have.
pub fn main(find: impl FnOnce(&str, Vec<u8>) -> Option<Box<dyn Task>>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, file, iterations] = arguments.as_slice() else {
        eprintln!("usage: PROGRAM TASK FILE ITERATIONS");
        return ExitCode::from(2);
    };
    let Ok(iterations) = iterations.parse::<u64>() else {
        eprintln!("invalid number of iterations: {iterations}");
        return ExitCode::from(2);
    };
    let input = match std::fs::read(file) {
        Ok(input) => input,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let Some(mut task) = find(task, input) else {
        eprintln!("unknown task: {task}");
        return ExitCode::from(3);
    };
    println!("{}", run(&mut *task, iterations));
    ExitCode::SUCCESS
}

fn run(task: &mut dyn Task, iterations: u64) -> String {
    let mut verified = Items::verified();
    task.once(&mut verified);
    for _ in 0..iterations / WARM_UP {
        task.once(&mut Items::default());
    }
    let mut timed = Items::default();
    let elapsed = time(|| (0..iterations).for_each(|_| task.once(&mut timed)));
    let (count, bytes) = (timed.count / iterations.max(1), timed.bytes / iterations.max(1));
    assert_eq!((timed.count, timed.bytes), (count * iterations, bytes * iterations), "iterations differ");
    let checksum = verified.take_checksum();
    format!(
        r#"{{"count":{count},"bytes":{bytes},"checksum":"{checksum}","iterations":{iterations},"nanoseconds":{}}}"#,
        elapsed.as_nanos()
    )
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
