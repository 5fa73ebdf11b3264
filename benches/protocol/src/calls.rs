//! Protocol of a whole program: `PROGRAM client URL CALLS` calls ConverseStream `CALLS` times with one client, sequentially;
//! `PROGRAM streams URL CALLS` makes the calls at once; `PROGRAM connected URL CALLS` makes each with a client of its own that has
//! connected ahead, which is not timed. It prints one line of JSON:
//!
//! `{"count":100000,"bytes":700000,"checksum":"0a1b2c3d","first_ns":[912345,301234],"total_ns":[…],"peak_kb":8512}`
//!
//! `count`, `bytes` and `checksum` are those of the items of the first call; the others must have as many bytes. `first_ns`
//! has each call's time to its first item, `total_ns` to its last, in nanoseconds. `peak_kb` is the peak resident memory of
//! the process in KiB, or null if it is unknown. The program reports it itself, because the value that the system reports to
//! a parent process includes the parent's memory from before the program was loaded.

use std::fmt::Debug;
use std::time::Instant;

use crate::Items;

/// Arguments of a whole program.
#[derive(Debug)]
pub struct WholeProgram {
    /// How the calls are made.
    pub mode: Mode,
    /// The endpoint.
    pub url: String,
    /// Number of calls.
    pub calls: u64,
}

/// How a whole program makes its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One after the other, with one client.
    Sequential,
    /// All at once, with one client.
    AtOnce,
    /// One after the other, each with a client of its own that has connected ahead.
    Connected,
}

impl Mode {
    fn of_command(command: &str) -> Option<Self> {
        match command {
            "client" => Some(Self::Sequential),
            "streams" => Some(Self::AtOnce),
            "connected" => Some(Self::Connected),
            _ => None,
        }
    }
}

impl WholeProgram {
    /// Parses the arguments; `None` if they are not `client`, `streams` or `connected`, then `URL CALLS`.
    ///
    /// # Panics
    /// If the number is invalid.
    #[must_use]
    pub fn from_arguments() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [command, url, calls] = arguments.as_slice() else { return None };
        let mode = Mode::of_command(command)?;
        Some(Self { mode, url: url.clone(), calls: calls.parse().expect("a number of calls") })
    }
}

/// Returns the certificates that `AWS_CA_BUNDLE` names, in PEM format, or `None` if it is not set.
///
/// # Panics
/// If the file cannot be read.
#[must_use]
pub fn ca_bundle() -> Option<Vec<u8>> {
    let file = std::env::var_os("AWS_CA_BUNDLE")?;
    Some(std::fs::read(file).expect("the certificates of AWS_CA_BUNDLE"))
}

/// Times and items of the calls of a whole program.
#[derive(Debug, Default)]
pub struct Calls {
    first: Option<Items>,
    skips_checksum: bool,
    current: Items,
    start: Option<Instant>,
    first_ns: Vec<u128>,
    total_ns: Vec<u128>,
}

impl Calls {
    /// Creates the measurement of one of several concurrent calls; only the first, number 0, computes the checksum.
    #[must_use]
    pub fn of_stream(number: u64) -> Self {
        Self { skips_checksum: number > 0, ..Self::default() }
    }

    /// Makes calls at once, each as a task that `start` starts with its measurement, and returns them all. The runtime is the
    /// caller's.
    ///
    /// # Panics
    /// If a task fails, or the length of the items differs.
    pub async fn at_once<T, E>(calls: u64, start: impl FnMut(Self) -> T) -> Self
    where
        T: Future<Output = Result<Self, E>>,
        E: Debug,
    {
        let tasks: Vec<_> = (0..calls).map(Self::of_stream).map(start).collect();
        let mut all = Self::default();
        for task in tasks {
            all.merge(task.await.expect("a stream"));
        }
        all
    }

    /// Adds calls that were measured separately.
    ///
    /// # Panics
    /// If the length of their items differs.
    pub fn merge(&mut self, mut other: Self) {
        other.end();
        self.first_ns.append(&mut other.first_ns);
        self.total_ns.append(&mut other.total_ns);
        match (&self.first, other.first) {
            (None, items) => self.first = items,
            (Some(first), items) => {
                assert_eq!(Some(first.bytes), items.map(|items| items.bytes), "the calls differ")
            }
        }
    }

    /// Begins a call.
    pub fn begin(&mut self) {
        self.end();
        let is_verified = self.first.is_none() && !self.skips_checksum;
        self.current = if is_verified { Items::verified() } else { Items::default() };
        self.start = Some(Instant::now());
    }

    /// Takes the next item of the call.
    #[inline]
    pub fn item(&mut self, item: &[u8]) {
        if self.current.count() == 0 {
            let elapsed = self.start.map_or(0, |start| start.elapsed().as_nanos());
            self.first_ns.push(elapsed);
        }
        self.current.item(item);
    }

    fn end(&mut self) {
        let Some(start) = self.start.take() else { return };
        self.total_ns.push(start.elapsed().as_nanos());
        let current = std::mem::take(&mut self.current);
        match &self.first {
            None => self.first = Some(current),
            Some(first) => assert_eq!(first.bytes, current.bytes, "the calls differ"),
        }
    }

    /// Ends the last call and returns the line to print.
    #[must_use]
    pub fn into_json(mut self) -> String {
        self.end();
        let numbers = |numbers: &[u128]| {
            let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            numbers.join(",")
        };
        let mut first = self.first.unwrap_or_default();
        let checksum = first.take_checksum();
        format!(
            r#"{{"count":{},"bytes":{},"checksum":"{checksum}","first_ns":[{}],"total_ns":[{}],"peak_kb":{}}}"#,
            first.count,
            first.bytes,
            numbers(&self.first_ns),
            numbers(&self.total_ns),
            peak_kb().map_or_else(|| "null".to_owned(), |kb| kb.to_string())
        )
    }
}

/// Returns the peak resident memory of this process, in KiB, on Linux.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
