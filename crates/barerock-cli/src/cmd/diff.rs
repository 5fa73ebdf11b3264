//! `barerock diff`: the differences between two recordings.

use std::path::{Path, PathBuf};

use barerock_audit::diff::{Comparison, Diff, Recordings};
use clap::Args;

use super::check::unreadable;
use crate::args::ReportOutput;
use crate::exit::Failure;
use crate::page;
use crate::render::Output;

/// The recordings, and how they are compared.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct DiffArguments {
    /// First recording: the folder of an exchange, a folder of such folders, FILE.har or FILE.har#N
    a: PathBuf,
    /// Second recording; several on each side are paired by name
    b: PathBuf,
    /// Also compare what differs between any two calls, and order and spelling
    #[arg(long)]
    strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
    /// Write the differences as a self-contained page too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const NOTES: &str = "\
It compares method, URI, headers, JSON bodies as values, frames, the assembled
message, and the stages of the signature. Dates, request and invocation ids,
signatures, times, the padding of events, and the length and hash of bodies that
mean the same are ignored unless --strict.

--output json prints {equal, differences: [{where, a, b}], ignored: [...]}. A side
without a value is null, and \"only\" names the other side. \"ignored\" in an entry
is the reason. Session tokens, cookies and signatures are never shown.

Exit codes:
  0  equal
  1  different
  2  wrong command line, or no such recording
  4  a recording is incomplete or invalid";

pub(crate) fn run(arguments: &DiffArguments) -> Result<(), Failure> {
    let (a, b) = (find(&arguments.a)?, find(&arguments.b)?);
    let comparison = Diff::new().strict(arguments.strict).recordings(&a, &b).map_err(unreadable)?;
    if let Some(path) = &arguments.html {
        let file = page::create(path, &[&arguments.a, &arguments.b])?;
        let (a, b) = (arguments.a.display().to_string(), arguments.b.display().to_string());
        page::write(file, path, &comparison.to_html(&a, &b))?;
    }
    print(&comparison, arguments.output)?;
    if comparison.is_equal() { Ok(()) } else { Err(Failure::found()) }
}

fn print(comparison: &Comparison, output: ReportOutput) -> Result<(), Failure> {
    match output {
        ReportOutput::Text => Output::new().text(&comparison.to_string()),
        ReportOutput::Json => Output::new().json(comparison),
    }
}

fn find(path: &Path) -> Result<Recordings, Failure> {
    Recordings::find(path).map_err(unreadable)
}
