//! Streaming Converse client without an HTTP library: writes the signed request to standard output, reads the response
//! from standard input, and prints its text to standard error. Any program that connects the two to Bedrock works:
//!
//! ```sh
//! mkfifo answer
//! stdio MODEL PROMPT <answer | openssl s_client -quiet -connect bedrock-runtime.us-east-1.amazonaws.com:443 >answer
//! ```
//!
//! Requires `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; also reads `AWS_SESSION_TOKEN` and
//! `AWS_ENDPOINT_URL`.
//!
//! Builds and signs the request without the types of `http`, for the smallest program; the example `std_net` uses them.
#![allow(clippy::disallowed_methods, reason = "a program reads its environment and its clock")]

pub(crate) mod exchange;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::SystemTime;

use barerock_converse::types::Message;
use barerock_converse::{ConverseRequest, WireRequest};
use barerock_sigv4::{PayloadHash, Request, SigningContext, SigningSettings, Timestamp, sign_request};
use exchange::{Variable, needed, words};

/// Signs a request and writes it. `variable` reads environment variables.
pub(crate) fn send(
    model: &str,
    prompt: &str,
    now: Timestamp,
    variable: Variable<'_>,
    out: &mut impl Write,
) -> Result<(), String> {
    let endpoint = exchange::endpoint(variable)?;
    let region = needed("AWS_REGION", variable)?;
    let credentials = exchange::credentials(variable)?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let request = request.to_wire_stream(&endpoint).map_err(words)?;
    let mut headers: Vec<(&str, &[u8])> =
        vec![("host", request.host().as_bytes()), ("content-type", WireRequest::CONTENT_TYPE.as_bytes())];

    let settings = SigningSettings::default();
    let context =
        SigningContext::new(credentials.borrowed(), &now, &region, "bedrock", settings).map_err(words)?;
    let payload = PayloadHash::of(request.body.as_bytes());
    let unsigned = Request::new(WireRequest::METHOD, &request.path, "", &headers);
    let signed = sign_request(&unsigned, &payload, &context, &context.derive_key()).map_err(words)?;

    let authorization = signed.authorization().to_string();
    headers.push(("x-amz-date", now.amz_date().as_bytes()));
    headers.extend(credentials.session_token().map(|token| ("x-amz-security-token", token.as_bytes())));
    headers.push(("authorization", authorization.as_bytes()));
    exchange::write(out, &request.path, &headers, request.body.as_bytes()).map_err(words)
}

fn ask(mut arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let mut next = || arguments.next().and_then(|argument| argument.into_string().ok());
    let (Some(model), Some(prompt)) = (next(), next()) else {
        return Err("usage: stdio MODEL PROMPT".to_owned());
    };
    let now = Timestamp::try_from(SystemTime::now()).map_err(words)?;
    send(&model, &prompt, now, &|name| std::env::var(name).ok(), &mut std::io::stdout())?;
    exchange::receive(&mut std::io::stdin().lock(), &mut std::io::stderr())
}

fn main() -> ExitCode {
    match ask(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A failure to write the error cannot be reported.
            let _unwritten = std::io::stderr().write_all((error + "\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}
