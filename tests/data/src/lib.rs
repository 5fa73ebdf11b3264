//! Shared code of test programs: vectors published in the packages of other crates, the folders that `BAREROCK_VECTORS` and
//! `BAREROCK_CAPTURES` name, and a port that refuses connections.

use std::io::Write as _;
use std::path::{Path, PathBuf};

pub mod captures;
mod closed_port;
pub mod secrets;
pub mod sources;
pub mod vectors;

pub use closed_port::ClosedPort;

/// Prints how many cases a test ran, on a line that `.ci/run` collects.
pub fn report_cases(cases: usize, what: &str) {
    println!("cases: {cases:6} {what}");
}

/// The folder that an environment variable names.
///
/// # Panics
///
/// If it is named, but missing or empty.
#[expect(clippy::disallowed_methods, reason = "only the environment says where the data is")]
fn named(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)?;
    let mut entries =
        folder.read_dir().unwrap_or_else(|error| panic!("{variable}: {}: {error}", folder.display()));
    assert!(entries.next().is_some(), "{variable}: {} is empty", folder.display());
    Some(folder)
}

/// Reports that a test does not run. The message bypasses the capture of the test's output, so that it is visible.
fn not_run(test: &str, variable: &str) {
    let _ = writeln!(std::io::stderr(), "{test}: not run, {variable} is not set");
}

/// Reads a file's bytes.
///
/// # Panics
///
/// If it cannot be read.
#[expect(clippy::disallowed_methods, reason = "tests read the files they are given")]
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a file's text.
///
/// # Panics
///
/// If it cannot be read or is not UTF-8.
pub fn text(path: &Path) -> String {
    String::from_utf8(read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a file's JSON.
///
/// # Panics
///
/// If it cannot be read or is not JSON.
pub fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
