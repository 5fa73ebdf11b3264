//! Protocol of a contender: `PROGRAM TASK FILE ITERATIONS` runs the task over the file once for verification, then as a
//! warm-up, then `ITERATIONS` times, and prints one line of JSON:
//!
//! `{"count":20000,"bytes":1520000,"checksum":"0a1b2c3d","iterations":50,"nanoseconds":123456789}`
//!
//! `count` and `bytes` are those of one iteration, the same in each. The checksum is the CRC-32 over every item's length (four
//! bytes, big endian) and bytes. `BYOB.md` lists the tasks and their items.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads files, the environment and the clock")]

mod calls;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

pub use calls::{Calls, Mode, WholeProgram, ca_bundle};

/// Divisor of the iterations that gives the number of warm-up iterations.
const WARM_UP: u64 = 5;

/// Receiver of the items that a task produces.
#[derive(Debug, Default)]
pub struct Items {
    count: u64,
    bytes: u64,
    checksum: Option<crc32fast::Hasher>,
}

impl Items {
    /// Creates a receiver that computes the checksum.
    pub(crate) fn verified() -> Self {
        Self { checksum: Some(crc32fast::Hasher::new()), ..Self::default() }
    }

    /// Returns the checksum of all items, in hexadecimal digits.
    pub(crate) fn take_checksum(&mut self) -> String {
        format!("{:08x}", self.checksum.take().unwrap_or_default().finalize())
    }

    /// Returns the number of items so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns true in the iteration that is verified and not timed.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.checksum.is_some()
    }

    /// Adds the next item.
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

/// Task over one input.
pub trait Task {
    /// Runs the task once.
    fn once(&mut self, items: &mut Items);
}

impl<F: FnMut(&mut Items)> Task for F {
    fn once(&mut self, items: &mut Items) {
        self(items);
    }
}

/// Runs a contender. `find` prepares the named task over the bytes of the file, or returns `None` if the contender does not
/// have it.
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
