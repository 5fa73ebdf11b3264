//! The options of `batch`.

use std::path::PathBuf;

use clap::Args;

use super::Call;

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Batch {
    /// Records, one per line: {"recordId":"…","modelInput":{…a Converse body}}; - for standard input
    #[arg(value_name = "FILE.jsonl")]
    pub(crate) input: PathBuf,
    /// Output, one record per line in the order of completion; an existing one is continued; - for standard output
    #[arg(short, long, value_name = "OUT.jsonl")]
    pub(crate) output: PathBuf,
    /// Model of all records: an id, an inference profile or an ARN [default: modelId in each modelInput]
    #[arg(short, long, value_name = "ID")]
    pub(crate) model_id: Option<String>,
    /// Maximum number of requests at the same time
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) concurrency: u16,
    #[command(flatten)]
    pub(crate) call: Call,
}

const NOTES: &str = "\
An output record is {\"recordId\",\"modelInput\",\"modelOutput\"}, or {\"recordId\",\"modelInput\",\"error\":{\"errorCode\",\"errorMessage\"}}.
Run the same command again to continue a batch that was stopped: records that OUT.jsonl has are not sent again.
Exit code 0: each record has a response; 3: some have an error. Ctrl-C waits for the open requests, a second one does not.";
