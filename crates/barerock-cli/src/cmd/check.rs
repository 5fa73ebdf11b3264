//! `barerock check`: what a recording, a body or an endpoint does that the specifications and the model do not say.

mod endpoint;

use std::path::{Path, PathBuf};

use barerock_audit::check::Check;
use barerock_audit::diff::{Recordings, RecordingsError};
use barerock_audit::exchange::archive_of;
use clap::Args;

use crate::args::{Call, DEFAULT_MODEL, ReportOutput};
use crate::exit::Failure;
use crate::render::Output;
use crate::source::Source;

/// What is checked.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct CheckArguments {
    /// Body of a response in a file (- for standard input), folder of a recording or of recordings, HTTP archive, or URL of
    /// an endpoint
    #[arg(value_name = "FILE|DIR|URL", required_unless_present_any = ["offline", "endpoint_url"])]
    target: Option<PathBuf>,
    /// Model to call at an endpoint
    #[arg(short, long, value_name = "ID", default_value = DEFAULT_MODEL)]
    model_id: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
    #[command(flatten)]
    call: Call,
}

const NOTES: &str = "\
It checks HTTP status, content type, request id and errors; frames, their CRCs,
lengths, headers and message types; the order of Converse's events; and members,
values and types against the service model. The padding p of an event is allowed.
Missing headers are not reported for a recording without the header date, whose
headers were removed.

For an endpoint, it sends one Converse request, one ConverseStream request and one
invalid Converse request, without retries.

--output json prints {findings: [{rule, where, offset, message, source}], checked}:
offset is a byte offset in the body or null, source the sentence of the
specification, checked the number of responses. docs/conformance.md lists the rules.

Exit codes:
  0  no findings
  1  findings
  2  wrong command line or input
  3  no findings, but the endpoint answered a valid request with an error
  4  a recording is incomplete or invalid
  5  no usable credentials or region
  6  could not connect, or timed out";

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 512 * 1024 * 1024;

pub(crate) async fn run(arguments: CheckArguments) -> Result<(), Failure> {
    let mut check = Check::new();
    let called = match arguments.target.as_deref() {
        Some(target) if !is_url(target) => {
            of_path(&mut check, target)?;
            Ok(())
        }
        target => {
            let mut call = arguments.call;
            if let Some(url) = target {
                call.target.endpoint_url = url.to_str().map(str::to_owned);
            }
            endpoint::check(&mut check, &call, &arguments.model_id).await
        }
    };
    let findings = check.finish();
    if findings.checked() > 0 {
        match arguments.output {
            ReportOutput::Text => Output::new().text(&findings.to_string())?,
            ReportOutput::Json => Output::new().json(&findings)?,
        }
    }
    // Findings say more than that a call failed.
    if findings.is_empty() { called } else { Err(Failure::found()) }
}

fn is_url(target: &Path) -> bool {
    target.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

fn of_path(check: &mut Check, path: &Path) -> Result<(), Failure> {
    if archive_of(path).is_none() && !path.is_dir() {
        let body = read(path)?;
        check.body("", &body);
        return Ok(());
    }
    let recordings = Recordings::find(path).map_err(unreadable)?;
    let is_one = recordings.as_slice().len() == 1;
    for recording in recordings.as_slice() {
        let name = if is_one { "" } else { recording.name() };
        check.exchange(name, &recording.read().map_err(unreadable)?);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut source = Source::open(Some(path))?;
    let mut body = Vec::new();
    loop {
        let chunk = source.read()?;
        if chunk.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(chunk);
        if body.len() > MAX_BODY {
            return Err(Failure::usage(format!("{}: longer than {MAX_BODY} bytes", path.display())));
        }
    }
}

/// A path that cannot be read is a wrong command line; a broken recording is broken input.
pub(super) fn unreadable(error: RecordingsError) -> Failure {
    match error {
        RecordingsError::Exchange { .. } => Failure::response(error.to_string()),
        error => Failure::usage(error.to_string()),
    }
}
