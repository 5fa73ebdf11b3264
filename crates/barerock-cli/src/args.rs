//! The command line. Names are those of the `aws` CLI where it has one.

mod chat;
mod request;
mod target;

use core::time::Duration;
use std::path::PathBuf;

use barerock_replay::{Chunking, FaultRule, Pace};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cmd;
pub(crate) use chat::{Chat, ToolCommand};
#[cfg(test)]
pub(crate) use request::REQUEST_HEADING;
pub(crate) use request::{
    ApplyGuardrailRequest, ConverseRequest, CountTokensRequest, InvokeGuardrailChecksRequest, Skeleton,
};
pub(crate) use target::Target;

/// The model that is asked when none is named: a current inference profile.
pub(crate) const DEFAULT_MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// Amazon Bedrock's Converse API without the AWS SDK.
#[derive(Debug, Parser)]
#[command(name = "barerock", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  complete
  2  wrong command line or input
  3  the service answered with an error or exception
  4  the answer was truncated, ended early or is corrupt
  5  no usable credentials or region
  6  could not connect, or timed out
  1  anything else";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask a model and print its answer as it comes; without a prompt on a terminal, a conversation
    Chat(Chat),
    /// Call Converse and print the response as JSON
    Converse(Converse),
    /// Call ConverseStream and print its events as they come
    ConverseStream(ConverseStream),
    /// Count the tokens a request would cost, and print the response as JSON
    CountTokens(CountTokens),
    /// Let a guardrail look at content, and print the response as JSON
    ApplyGuardrail(ApplyGuardrail),
    /// Let ready-made checks look at messages, and print the response as JSON
    InvokeGuardrailChecks(InvokeGuardrailChecks),
    /// Decode an event stream, frame by frame: any service's, also a broken one
    Frames(cmd::frames::Frames),
    /// Print the Converse events of a captured stream, then the message they make
    Events(cmd::events::Events),
    /// Sign a raw HTTP request and print every stage, explain a mismatch, or mint a Bedrock API key
    Sign(cmd::sign::Sign),
    /// Show what a call would be made with: profile, region, credentials, endpoint, where each comes from and why
    Doctor(cmd::doctor::Doctor),
    /// List model ids, or explain the ones given
    Models(cmd::models::Models),
    /// Be a Bedrock on this machine that answers with recorded exchanges
    Replay(Replay),
    /// Print a script that completes this program's command lines in a shell
    Completions(cmd::completions::Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Converse {
    #[command(flatten)]
    pub(crate) request: ConverseRequest,
    #[command(flatten)]
    pub(crate) call: Call,
}

#[derive(Debug, Args)]
pub(crate) struct ConverseStream {
    /// What to print
    #[arg(long, value_enum, default_value_t = StreamOutput::Events)]
    pub(crate) output: StreamOutput,
    #[command(flatten)]
    pub(crate) request: ConverseRequest,
    #[command(flatten)]
    pub(crate) call: Call,
}

#[derive(Debug, Args)]
pub(crate) struct CountTokens {
    #[command(flatten)]
    pub(crate) request: CountTokensRequest,
    #[command(flatten)]
    pub(crate) call: Call,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyGuardrail {
    #[command(flatten)]
    pub(crate) request: ApplyGuardrailRequest,
    #[command(flatten)]
    pub(crate) call: Call,
}

#[derive(Debug, Args)]
pub(crate) struct InvokeGuardrailChecks {
    #[command(flatten)]
    pub(crate) request: InvokeGuardrailChecksRequest,
    #[command(flatten)]
    pub(crate) call: Call,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StreamOutput {
    /// One line of JSON an event, in boto3's shape
    Events,
    /// The text as it comes
    Text,
    /// The assembled response, in Converse's shape
    Message,
    /// One line of JSON a frame, raw payloads and all, as frames --output json prints them
    Frames,
}

/// Where a call goes, and as whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Call {
    /// Answer from the fixtures built into the program, over a real loopback connection
    #[arg(long, conflicts_with_all = ["endpoint_url", "no_sign_request", "profile", "region"])]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Send the request as it is, without looking first for what the service would refuse
    #[arg(long)]
    pub(crate) no_validate: bool,
    /// Send the request unsigned
    #[arg(long)]
    pub(crate) no_sign_request: bool,
    /// Send credentials over plain http to this host too, not only to this machine; may be given again
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_plaintext_to: Vec<String>,
    /// Show every stage of the call on standard error, without secrets: credentials, request, canonical request, string to
    /// sign, answer, waits
    #[arg(long)]
    pub(crate) debug: bool,
    /// Keep every exchange as a fixture in this folder, without secrets, for replay --fixtures
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// The longest wait for the answer and between two pieces of it, in seconds; 0 waits for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) cli_read_timeout: u32,
    /// The longest wait for a connection, in seconds; 0 waits for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) cli_connect_timeout: u32,
}

impl Call {
    pub(crate) fn read_timeout(&self) -> Option<Duration> {
        seconds(self.cli_read_timeout)
    }

    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        seconds(self.cli_connect_timeout)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The folder of fixtures, one folder an exchange; else those built into the program
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
    /// The loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// Which fixture answers a request
    #[arg(long, value_enum, default_value_t = Match::Exact)]
    pub(crate) r#match: Match,
    /// Check each signature with the credentials in the environment, or each bearer key with the one there
    #[arg(long)]
    pub(crate) verify: bool,
    /// The region signatures must be for; else AWS_REGION, else AWS_DEFAULT_REGION
    #[arg(long, value_name = "REGION", requires = "verify")]
    pub(crate) region: Option<String>,
    /// Serve over TLS, with a certificate made for the run; the authority to trust follows the first line
    #[arg(long)]
    pub(crate) tls: bool,
    /// Write the authority's certificate to this file, for --ca-bundle
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// A fault, such as throttle@1, status=503, truncate=400, exception=throttlingException:3
    #[arg(long = "fault", value_name = "SPEC")]
    pub(crate) faults: Vec<FaultRule>,
    /// Where streams are cut into HTTP chunks: frames, whole, or a number of bytes
    #[arg(long, value_name = "SIZE", default_value_t = Chunking::default())]
    pub(crate) chunk: Chunking,
    /// The wait before each chunk of a stream, such as 20ms
    #[arg(long, value_name = "DURATION")]
    pub(crate) pace: Option<Pace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Match {
    /// Only one recorded for the same operation, model and body
    Exact,
    /// One for the same operation and model, the most similar first
    Model,
    /// One for the same operation, the most similar first
    Any,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportOutput {
    /// A table to read
    Text,
    /// JSON, the same for machines
    Json,
}

/// As in the `aws` CLI, 0 is no limit.
pub(crate) fn seconds(value: u32) -> Option<Duration> {
    (value > 0).then(|| Duration::from_secs(value.into()))
}
