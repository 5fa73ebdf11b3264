//! The program `barerock`: Amazon Bedrock's Converse API from the command line.

#![warn(clippy::print_stderr, clippy::print_stdout)]

/// A line on standard error. Where that cannot be written, nobody is there to be told.
macro_rules! tell {
    ($($word:tt)*) => {{
        use std::io::Write as _;
        let _untold = writeln!(std::io::stderr(), $($word)*);
    }};
}

/// The same without an end of the line.
macro_rules! tell_on {
    ($($word:tt)*) => {{
        use std::io::Write as _;
        let _untold = write!(std::io::stderr(), $($word)*);
    }};
}

mod args;
mod cmd;
mod connect;
mod debug;
mod exit;
mod input;
#[cfg(unix)]
mod interrupt;
mod mfa;
mod network;
mod offline;
mod record;
mod render;
mod secrets;
mod source;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    // clap itself answers `--help` with 0 and a wrong command line with 2.
    let arguments = args::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&exit::Failure::io("no runtime", error)),
    };
    let outcome = runtime.block_on(cmd::run(arguments));
    // A request given up on must not hold the program.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit::report(&failure),
    }
}
