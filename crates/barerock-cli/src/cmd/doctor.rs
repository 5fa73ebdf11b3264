//! `barerock doctor`: the settings and credentials of a call, their sources, and the places that were skipped. No model is called.

mod credentials;
mod report;
mod table;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use barerock_config::providers::SystemIo;
use clap::Args;

use crate::args::{ReportOutput, Target};
use crate::exit::{Failure, with_options};
use crate::network;
use crate::render::Output;
use report::Report;

/// The connect timeout of credentials providers.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// The options of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Doctor {
    #[command(flatten)]
    target: Target,
    /// Output format
    #[arg(long, value_enum, default_value_t = ReportOutput::Text)]
    output: ReportOutput,
}

const NOTES: &str = "\
No model is called. Credentials are fetched as for a call, which may run a
credential_process or send requests to STS, IAM Identity Center or the instance
metadata service, with the same timeouts. Access key ids are shown, secrets never.

Exit codes:
  0  a call can be signed
  2  wrong command line
  5  a call cannot be signed; the error and the hint say why";

pub(crate) async fn run(arguments: Doctor) -> Result<(), Failure> {
    let plain = Arc::new(network::plain(Some(CONNECT_LIMIT)));
    let mut output = Output::new();
    let config = match arguments.target.loader().load(Arc::new(SystemIo::new(Arc::clone(&plain)))).await {
        Ok(config) => config,
        // With an invalid file or profile no other setting is known.
        Err(error) => {
            let hint = error.hint().map(|hint| with_options(&hint));
            if arguments.output == ReportOutput::Json {
                let hint = hint.as_ref().map(|hint| ("hint", hint.clone()));
                let members = [("error", error.to_string())].into_iter().chain(hint);
                output.json(&members.collect::<BTreeMap<_, _>>())?;
            }
            return Err(Failure::unusable_credentials(error.to_string()).with_hint(hint));
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
    report.first.map_or(Ok(()), |first| Err(Failure::unusable_credentials(first).with_hint(report.hint)))
}
