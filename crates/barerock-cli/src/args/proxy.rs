//! The options of `barerock proxy`.

use std::path::PathBuf;

use clap::Args;

use super::{LogFormat, Target, seconds};
use crate::record::Record;

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Proxy {
    /// Loopback address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// Accept an address that other machines can reach: their requests are signed with these credentials
    #[arg(long)]
    pub(crate) allow_other_machines: bool,
    #[command(flatten)]
    pub(crate) record: Record,
    /// Answer from fixtures instead of an endpoint; no credentials are needed
    #[arg(long, conflicts_with_all = ["endpoint_url", "profile", "region", "ca_bundle"])]
    pub(crate) offline: bool,
    /// Fixtures of --offline: a folder, a single recording's folder, or a .har file; repeatable [default: the built-in
    /// fixtures]
    #[arg(long, value_name = "PATH", requires = "offline")]
    pub(crate) fixtures: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Allow credentials over plain HTTP to this host; loopback is always allowed; repeatable
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_plaintext_to: Vec<String>,
    /// Timeout in seconds for the response to begin; 0 disables it
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    cli_read_timeout: u32,
    /// Timeout in seconds for connecting; 0 disables it
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    cli_connect_timeout: u32,
    /// Format of the line that standard error gets for each request
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log: LogFormat,
}

const NOTES: &str = "\
Set the endpoint URL of your programs to the address in the first line, for example
AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:PORT; their credentials do not
matter. Each request is signed again with the credentials that a call of barerock
would use, and sent to the endpoint; the caller's credentials are dropped.
Credentials stay in memory and are never recorded. Responses are forwarded as they
arrive.";

impl Proxy {
    pub(crate) fn read_timeout(&self) -> Option<core::time::Duration> {
        seconds(self.cli_read_timeout)
    }

    pub(crate) fn connect_timeout(&self) -> Option<core::time::Duration> {
        seconds(self.cli_connect_timeout)
    }
}
