//! `barerock sign`: a raw HTTP request signed, every stage of its signature, and why AWS refused one; Bedrock API keys
//! minted and read back.

mod explain;
mod input;
mod key;
mod page;
mod show;
mod stages;
mod whose;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::SystemTime;

use barerock::Credentials;
use barerock_sigv4::{
    MAX_API_KEY_SECONDS, PayloadSigning, SessionTokenSigning, SignError, SigningContext, SigningSettings,
    Timestamp, UriEncoding,
};
use clap::{Args, ValueEnum};

use self::page::Page;
use self::whose::Whose;
use crate::exit::Failure;

/// Bedrock's signing name.
const SERVICE: &str = "bedrock";

/// The options that sign no request.
const KEY_TASKS: [&str; 2] = ["api_key", "inspect_api_key"];

/// What is signed, and by which rules.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct Sign {
    #[command(flatten)]
    task: Task,
    /// What to print of the signature [default: all]
    #[arg(long, value_enum, value_name = "STAGE", conflicts_with_all = KEY_TASKS)]
    show: Option<Show>,
    /// Set the canonical request in AWS's error body beside ours, mark the first line that differs and name the usual
    /// cause; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "show", conflicts_with_all = KEY_TASKS)]
    explain_mismatch: Option<PathBuf>,
    /// Write the stages of the signature as a self-contained page too, each byte tied to what it was made of; on standard output,
    /// the signature alone unless --show is given
    #[arg(long, value_name = "FILE", conflicts_with = "inspect_api_key")]
    html: Option<PathBuf>,
    /// The time to sign at, or to judge an API key's validity at, such as 20150830T123600Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    time: Option<Timestamp>,
    /// The service's signing name
    #[arg(long, value_name = "NAME", default_value = SERVICE, conflicts_with_all = KEY_TASKS)]
    service: String,
    /// Sign with the credentials of this profile of the shared config and credentials files, and not with the environment's
    #[arg(long, value_name = "NAME", conflicts_with = "inspect_api_key")]
    profile: Option<String>,
    /// The region; else AWS_REGION, else AWS_DEFAULT_REGION, else, with --profile, the profile's
    #[arg(long, value_name = "REGION", conflicts_with = "inspect_api_key")]
    region: Option<String>,
    /// How long a presigned request [default: 3600, or as the request says] or an API key [default: 43200] is valid
    #[arg(long, value_name = "SECONDS")]
    expires: Option<u32>,
    #[command(flatten)]
    rules: Rules,
    /// What the command has no place for. It is not repeated: it may be a key.
    #[arg(hide = true)]
    stray: Vec<OsString>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Task {
    /// The request: HTTP/1.1 as it is sent, in a file, or - for standard input
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Mint a short-term Bedrock API key and print it
    #[arg(long)]
    api_key: bool,
    /// Read a short-term Bedrock API key from a file, or - for standard input, and print its access key id, region and
    /// validity
    #[arg(long, value_name = "FILE")]
    inspect_api_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Signing rules (the defaults are Bedrock's)")]
struct Rules {
    /// Sign in the query: a presigned request
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    query: bool,
    /// Leave `.`, `..` and `//` in the path as they are (S3)
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    no_normalize_path: bool,
    /// Sign the path as it is sent, instead of encoding it once more (S3)
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    single_encode: bool,
    /// Send and sign the body's hash as the header x-amz-content-sha256 (S3); no effect with --query
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    sign_body: bool,
    /// Sign UNSIGNED-PAYLOAD instead of the body's hash
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    unsigned_payload: bool,
    /// Add the session token after signing
    #[arg(long, conflicts_with_all = KEY_TASKS)]
    omit_session_token: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// What is hashed first
    CanonicalRequest,
    /// What is signed
    StringToSign,
    /// 64 hexadecimal digits
    Signature,
    /// The value of the authorization header
    Authorization,
    /// The signed request, ready to be sent
    Request,
    /// A curl line that sends it; to a loopback host by http, else by https, unless the request's target is a whole URL
    Curl,
    /// Every stage under its title, for reading: session tokens are blanked, long bodies cut
    All,
}

const NOTES: &str = "\
Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_SESSION_TOKEN or, with --profile, from the profile's source, as for a call:
that may run a credential_process, or send requests to STS, IAM Identity Center
or instance metadata. The secret key is never printed.

A single stage is printed byte for byte, without a line break after it, and
includes the session token if the stage does: canonical-request and request do,
and curl does with --query. Any other curl line takes the token from the
environment, and also the keys if curl can sign the request itself (at the time
it runs). `curl --aws-sigv4` before 8.9.0 signs a path with `:` incorrectly; for
such a path the line has the signature.

For bedrock-mantle, use --service bedrock-mantle and a request to the host
bedrock-mantle.REGION.api.aws; its headers in snake_case are never signed.
A presigned request authorizes anyone who has it until it expires.

The body is the rest of the file: a line break at its end is signed.

--html shows request, canonical request, string to sign, signing key, signature
and the signed request side by side; with --explain-mismatch, also ours beside the
service's. Secret keys, session tokens and cookies are not on the page. The
signature is, except for an API key.

--explain-mismatch reads the body of the error (JSON or XML) or its message alone.
The request is signed at --time, or else at the request's date, or else at the
date in the error. Tokens are blanked. The exit code is 0 if there is an
explanation; if both sides signed the same text, the secret key is wrong. It is 2
if the file is not a signature error.

--inspect-api-key exits with 0 if the key is valid, with 5 if not. It does not
verify the key's signature: only AWS can.

Exit codes:
  0  signed, explained, or a valid key
  2  wrong command line or input
  5  no usable credentials or region";

pub(crate) async fn run(arguments: Sign) -> Result<(), Failure> {
    if !arguments.stray.is_empty() {
        return Err(Failure::usage("sign takes options only").with_hint(Some(
            "Name the request's file with --request, an API key's with --inspect-api-key.",
        )));
    }
    if arguments.expires.is_some() && !arguments.rules.query && !arguments.task.api_key {
        return Err(Failure::usage("--expires goes with --query or --api-key"));
    }
    match &arguments.task {
        Task { request: Some(path), .. } => {
            let request = input::request(path, &arguments)?;
            let page = Page::create(&arguments)?;
            match &arguments.explain_mismatch {
                Some(body) => explain::run(&request, body, page, &arguments).await,
                None => {
                    let signing = arguments.signing(arguments.time.map_or_else(now, Ok)?).await?;
                    let stages = signing.sign(&request, &arguments)?;
                    page.map_or(Ok(()), |page| page.of_request(&request, &signing, None))?;
                    show::print(&stages, &signing, &arguments)
                }
            }
        }
        Task { inspect_api_key: Some(path), .. } => key::inspect(path, arguments.time.map_or_else(now, Ok)?),
        Task { .. } => {
            let seconds = arguments.expires.unwrap_or(MAX_API_KEY_SECONDS);
            let page = Page::create(&arguments)?;
            key::mint(&arguments.signing(arguments.time.map_or_else(now, Ok)?).await?, seconds, page)
        }
    }
}

/// Who signs, where, when and by which rules: what a [`SigningContext`] borrows.
struct Signing {
    credentials: Credentials,
    timestamp: Timestamp,
    region: String,
    service: String,
    settings: SigningSettings,
}

impl Sign {
    /// As the options and the environment say.
    async fn signing(&self, timestamp: Timestamp) -> Result<Signing, Failure> {
        let Whose { credentials, region } = Whose::find(self, &timestamp).await?;
        Ok(Signing {
            credentials,
            timestamp,
            region,
            service: self.service.clone(),
            settings: self.rules.settings(),
        })
    }
}

impl Rules {
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default()
            .with_normalize_path(!self.no_normalize_path)
            .with_content_sha256_header(self.sign_body);
        if self.single_encode {
            settings = settings.with_uri_encoding(UriEncoding::Single);
        }
        if self.unsigned_payload {
            settings = settings.with_payload(PayloadSigning::Unsigned);
        }
        if self.omit_session_token {
            settings = settings.with_session_token(SessionTokenSigning::AddedAfter);
        }
        settings
    }
}

impl Signing {
    fn context(&self) -> Result<SigningContext<'_>, SignError> {
        self.context_by(self.settings)
    }

    fn context_by(&self, settings: SigningSettings) -> Result<SigningContext<'_>, SignError> {
        SigningContext::new(
            self.credentials.borrowed(),
            &self.timestamp,
            &self.region,
            &self.service,
            settings,
        )
    }
}

/// Nothing was signed: whose fault that is, in these words.
fn failure(error: SignError, words: String) -> Failure {
    let failure =
        if error.is_of_credentials() { Failure::unusable_credentials(words) } else { Failure::usage(words) };
    failure.with_hint(error.hint())
}

fn now() -> Result<Timestamp, Failure> {
    #[expect(clippy::disallowed_methods, reason = "a program signs as of now")]
    let now = SystemTime::now();
    Timestamp::try_from(now).map_err(|error| Failure::other(format!("the system's clock: {error}")))
}
