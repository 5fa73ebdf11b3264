//! A complete streaming Converse client without an HTTP library: the signed request goes to standard output, the answer is
//! read from standard input, its text goes to standard error. Any program that connects the two to Bedrock will do:
//!
//! ```sh
//! mkfifo answer
//! byo MODEL PROMPT <answer | openssl s_client -quiet -connect bedrock-runtime.us-east-1.amazonaws.com:443 >answer
//! ```

mod http1;

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::SystemTime;

use barerock_converse::types::Message;
use barerock_converse::{ConverseRequest, Endpoint, EventDecoder, ServiceError, is_event_stream};
use barerock_sigv4::{Credentials, Signer, Timestamp};

/// The most of an error's body that is read.
const ERROR_BODY: usize = 1024 * 1024;

fn variable(name: &'static str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

/// What went wrong, in words: a box would link each error's `Debug` too.
fn words(error: impl Display) -> String {
    error.to_string()
}

fn ask(model: &str, prompt: &str) -> Result<(), String> {
    let region = variable("AWS_REGION")?;
    let endpoint = match variable("AWS_ENDPOINT_URL") {
        Ok(url) => Endpoint::custom(&url),
        Err(_) => Endpoint::for_region(&region),
    }
    .map_err(words)?;
    let token = variable("AWS_SESSION_TOKEN").ok();
    let credentials =
        Credentials::new(variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?, token);

    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut request = request.to_http_stream(&endpoint).map_err(words)?;
    let now = Timestamp::try_from(SystemTime::now()).map_err(words)?;
    let mut signer = Signer::new(region, "bedrock").map_err(words)?;
    signer.sign_http(&mut request, &credentials, now).map_err(words)?;
    http1::write(&request, &mut std::io::stdout().lock()).map_err(words)?;

    let (head, mut body) = http1::read(std::io::stdin().lock()).map_err(words)?;
    if !is_event_stream(head.status, &head.headers) {
        let mut whole = Vec::new();
        while whole.len() < ERROR_BODY && let Some(piece) = body.next_piece().map_err(words)? {
            whole.extend_from_slice(piece);
        }
        return Err(words(ServiceError::from_http(head.status, &head.headers, &whole)));
    }
    let mut text = std::io::stderr().lock();
    let mut events = EventDecoder::new();
    while let Some(piece) = body.next_piece().map_err(words)? {
        events.push(piece);
        while let Some(event) = events.next_event().map_err(words)? {
            text.write_all(event.text().unwrap_or_default().as_bytes()).map_err(words)?;
        }
    }
    events.finish().map_err(words) // a cut stream is an error, not an ending
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: byo MODEL PROMPT");
        return ExitCode::from(2);
    };
    if let Err(error) = ask(&model, &prompt) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
