//! `barerock doctor`: what a call would be made with, where each value comes from, and why others do not count. It asks no
//! model anything.

mod credentials;
mod report;
mod table;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use barerock_config::providers::SystemIo;
use clap::Args;

use crate::args::{ReportOutput, Target};
use crate::exit::Failure;
use crate::network;
use crate::render::Output;
use report::Report;

/// How long a connection of a provider may take: whoever answers credentials is near.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// What to look at.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Doctor {
    #[command(flatten)]
    target: Target,
    /// What to print
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
}

const NOTES: &str = "\
No model is asked. Credentials are fetched as for a call, which may run a
credential_process or ask STS, IAM Identity Center or the instance metadata
service, each for seconds at most. Access key ids are shown, secrets never.

Exit codes:
  0  a call can be signed
  2  wrong command line
  5  a call cannot be signed; the last words say what to do first";

pub(crate) async fn run(arguments: Doctor) -> Result<(), Failure> {
    let plain = Arc::new(network::plain(Some(CONNECT_LIMIT)));
    let mut output = Output::new();
    let config = match arguments.target.loader().load(Arc::new(SystemIo::new(Arc::clone(&plain)))).await {
        Ok(config) => config,
        // Nothing that follows from a broken file or a missing profile is worth showing.
        Err(error) => {
            if arguments.output == ReportOutput::Json {
                output.json(&BTreeMap::from([("error", error.to_string())]))?;
            }
            return Err(Failure::unusable_credentials(error.to_string()));
        }
    };
    let (transport, wrong) = match network::transport(&config, Some(CONNECT_LIMIT)).await {
        Ok(transport) => (Arc::new(transport), None),
        Err(failure) => (plain, Some(failure.to_string())),
    };
    let report = Report::new(&config, wrong, Arc::new(SystemIo::new(transport))).await;
    match arguments.output {
        ReportOutput::Text => output.text(&table::of(&report))?,
        ReportOutput::Json => output.json(&report)?,
    }
    report.first.map_or(Ok(()), |first| Err(Failure::unusable_credentials(first)))
}
