//! The command line. Names are those of the `aws` CLI where it has one.

mod batch;
mod chat;
mod proxy;
mod request;
mod target;

use core::time::Duration;
use std::path::PathBuf;

use barerock_replay::{Chunking, FaultRule, Pace};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cmd;
use crate::record::Record;
pub(crate) use batch::Batch;
pub(crate) use chat::{Chat, ToolApprove, ToolCommand};
pub(crate) use proxy::Proxy;
#[cfg(test)]
pub(crate) use request::REQUEST_HEADING;
pub(crate) use request::{
    ApplyGuardrailRequest, ConverseRequest, CountTokensRequest, InvokeGuardrailChecksRequest, Skeleton,
};
pub(crate) use target::Target;

/// The model that is called if none is named: a current inference profile.
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
  3  the service returned an error or exception
  4  the response was truncated, ended early or is corrupt
  5  no usable credentials or region
  6  could not connect, or timed out
  1  anything else";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Stream one response to a prompt; with no prompt on a terminal, hold a conversation
    Chat(Chat),
    /// Call Converse and print the response as JSON
    Converse(Converse),
    /// Call ConverseStream and print its events as they arrive
    ConverseStream(ConverseStream),
    /// Call Converse for every line of a file in the form of Bedrock's batch inference
    Batch(Batch),
    /// Count the tokens a request would cost, and print the response as JSON
    CountTokens(CountTokens),
    /// Apply a guardrail to content, and print the response as JSON
    ApplyGuardrail(ApplyGuardrail),
    /// Run Bedrock's predefined guardrail checks on messages, and print the response as JSON
    InvokeGuardrailChecks(InvokeGuardrailChecks),
    /// Decode any AWS event stream frame by frame, whole or broken
    Frames(cmd::frames::Frames),
    /// Print the Converse events of a captured stream, then the assembled message
    Events(cmd::events::Events),
    /// Check a response, recordings or an endpoint against the specifications and the service model
    Check(Box<cmd::check::CheckArguments>),
    /// Compare two recordings: heads, bodies, frames, messages and signatures
    Diff(cmd::diff::DiffArguments),
    /// Sign a raw HTTP request and print every stage, explain a mismatch, or mint a Bedrock API key
    Sign(cmd::sign::Sign),
    /// Show the profile, region, credentials, endpoint and network settings a call would use, and where each comes from
    Doctor(cmd::doctor::Doctor),
    /// List known model ids, or explain the given ids and ARNs
    Models(cmd::models::Models),
    /// Run a local Bedrock that replays recorded exchanges
    Replay(Replay),
    /// Run a recording endpoint: sign requests again, send them to Bedrock, and record them
    Proxy(Proxy),
    /// Print a shell completion script
    Completions(cmd::completions::Completions),
    /// Print the man page, or write those of all commands into a folder
    Man(cmd::man::Man),
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
    /// Output format
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
    /// One line of JSON per event, in boto3's shape
    Events,
    /// Text, as it arrives
    Text,
    /// The assembled response, in Converse's shape
    Message,
    /// One line of JSON per frame with its raw payload, as printed by frames --output json
    Frames,
}

/// Endpoint, credentials, timeouts and logging of a call.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Call {
    /// Serve the call from the fixtures built into the program, over a real loopback connection
    #[arg(long, conflicts_with_all = ["endpoint_url", "no_sign_request", "profile", "region"])]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Send the request without checking it against the service model first
    #[arg(long)]
    pub(crate) no_validate: bool,
    /// Send the request unsigned
    #[arg(long)]
    pub(crate) no_sign_request: bool,
    /// Allow credentials over plain HTTP to this host; loopback is always allowed; repeatable
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_plaintext_to: Vec<String>,
    /// Log every stage of the call to standard error with secrets redacted: credentials, canonical request, string to
    /// sign, request, response, retries
    #[arg(long)]
    pub(crate) debug: bool,
    #[command(flatten)]
    pub(crate) record: Record,
    /// Timeout in seconds for the response to begin, and between two chunks of it; 0 disables it
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) cli_read_timeout: u32,
    /// Timeout in seconds for connecting; 0 disables it
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
    /// Fixtures: a folder with one folder per exchange, a single recording's folder, or a .har file; repeatable
    /// [default: the built-in fixtures]
    #[arg(long, value_name = "PATH")]
    pub(crate) fixtures: Vec<PathBuf>,
    /// Loopback address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: String,
    /// How a request is matched to a fixture
    #[arg(long, value_enum, default_value_t = Match::Exact)]
    pub(crate) r#match: Match,
    /// Check each signature against the credentials in the environment, or each bearer key against AWS_BEARER_TOKEN_BEDROCK
    #[arg(long)]
    pub(crate) verify: bool,
    /// Region that signatures must name [default: AWS_REGION, then AWS_DEFAULT_REGION]
    #[arg(long, value_name = "REGION", requires = "verify")]
    pub(crate) region: Option<String>,
    /// Serve over TLS, HTTP/1.1 and HTTP/2, with a certificate generated for this run; the CA certificate is printed after the
    /// first line
    #[arg(long)]
    pub(crate) tls: bool,
    /// Write the CA certificate to this file, for --ca-bundle
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Fault to inject, such as throttle@1, status=503, truncate=400 or exception=throttlingException:3; repeatable
    #[arg(long = "fault", value_name = "SPEC")]
    pub(crate) faults: Vec<FaultRule>,
    /// How a stream is split into HTTP chunks: frames, whole, recorded, a number of bytes, or random:SEED
    #[arg(long, value_name = "SIZE", default_value_t = Chunking::default())]
    pub(crate) chunk: Chunking,
    /// Delay before each chunk of a stream, such as 20ms, or recorded for the times of the recording
    #[arg(long, value_name = "DURATION")]
    pub(crate) pace: Option<Pace>,
    /// Format of the line that standard error gets for each request
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For reading
    Text,
    /// An object: number, method, path, body_bytes, status, fixture, note
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Match {
    /// Same operation, model and body
    Exact,
    /// Same operation and model; the most similar body wins
    Model,
    /// Same operation; the most similar request wins
    Any,
    /// One fixture after another, each once, for requests of its operation
    InOrder,
}

/// Output format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportOutput {
    /// Table
    Text,
    /// JSON
    Json,
}

/// Converts an option in seconds to a timeout. As in the `aws` CLI, 0 disables it.
pub(crate) fn seconds(value: u32) -> Option<Duration> {
    (value > 0).then(|| Duration::from_secs(value.into()))
}
