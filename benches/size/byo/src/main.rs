//! A complete streaming Converse client without an HTTP library: the signed request goes to standard output, the answer is
//! read from standard input, its text goes to standard error. Any program that connects the two to Bedrock will do:
//!
//! ```sh
//! mkfifo answer
//! byo MODEL PROMPT <answer | openssl s_client -quiet -connect bedrock-runtime.us-east-1.amazonaws.com:443 >answer
//! ```

mod http1;

use std::error::Error;
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

fn ask(model: &str, prompt: &str) -> Result<(), Box<dyn Error>> {
    let region = variable("AWS_REGION")?;
    let endpoint = match variable("AWS_ENDPOINT_URL") {
        Ok(url) => Endpoint::custom(&url)?,
        Err(_) => Endpoint::for_region(&region)?,
    };
    let token = variable("AWS_SESSION_TOKEN").ok();
    let credentials =
        Credentials::new(variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?, token);

    let mut request = ConverseRequest::new(model, [Message::user(prompt)]).to_http_stream(&endpoint)?;
    Signer::new(region, "bedrock")?.sign_http(&mut request, &credentials, Timestamp::try_from(SystemTime::now())?)?;
    http1::write(&request, &mut std::io::stdout().lock())?;

    let (head, mut body) = http1::read(std::io::stdin().lock())?;
    if !is_event_stream(head.status, &head.headers) {
        let mut whole = Vec::new();
        while whole.len() < ERROR_BODY && let Some(piece) = body.next_piece()? {
            whole.extend_from_slice(piece);
        }
        return Err(ServiceError::from_http(head.status, &head.headers, &whole).into());
    }
    let mut text = std::io::stderr().lock();
    let mut events = EventDecoder::new();
    while let Some(piece) = body.next_piece()? {
        events.push(piece);
        while let Some(event) = events.next_event()? {
            text.write_all(event.text().unwrap_or_default().as_bytes())?;
        }
    }
    events.finish()?; // a cut stream is an error, not an ending
    Ok(())
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
