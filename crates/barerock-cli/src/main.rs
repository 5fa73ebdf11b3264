//! The program `barerock`: Amazon Bedrock's Converse API from the command line.

#![warn(clippy::print_stderr, clippy::print_stdout)]

/// Writes a line to standard error. A failure to write is ignored: there is nowhere to report it.
macro_rules! tell {
    ($($word:tt)*) => {{
        use std::io::Write as _;
        $crate::status::clear();
        let _untold = writeln!(std::io::stderr(), $($word)*);
    }};
}

/// Writes to standard error without a line break.
macro_rules! tell_on {
    ($($word:tt)*) => {{
        use std::io::Write as _;
        $crate::status::clear();
        let _untold = write!(std::io::stderr(), $($word)*);
    }};
}

mod args;
mod catch;
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
mod page;
mod record;
mod render;
mod runtime;
mod secrets;
mod source;
mod status;
mod terminal;
mod warnings;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::usage(&error),
    };
    let runtime = match runtime::start() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&exit::Failure::io("cannot start the async runtime", error)),
    };
    let outcome = runtime.block_on(cmd::run(arguments));
    // A request that was abandoned must not keep the program running.
    runtime.shutdown_background();
    match outcome {
        Ok(()) if record::has_failed() => exit::report(&exit::Failure::reported()),
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit::report(&failure),
    }
}
