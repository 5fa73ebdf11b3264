//! The program as its users run it: standard output, standard error and exit codes.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its own files"
)]

mod again;
mod agreement;
#[cfg(target_os = "linux")]
mod bad_recordings;
mod batch;
mod browser;
mod calls;
mod chat;
mod check;
mod contract;
mod conversation;
mod debug;
mod diff;
mod doctor;
#[cfg(target_os = "linux")]
mod documents;
mod editing;
mod events;
mod failures;
mod frames;
mod har;
mod home;
mod lists;
mod mfa;
mod network;
mod one_verdict;
mod outputs;
mod page;
mod program;
#[cfg(unix)]
mod proxy;
mod record;
mod recordings;
mod replay;
mod session;
mod sign;
mod sitting;
#[cfg(unix)]
mod stopped;
mod streams;
mod terminal;
mod tools;
mod verdicts;
mod warnings;
