//! A complete streaming Converse client without an HTTP library: the signed request goes to standard output, the answer is
//! read from standard input, its text goes to standard error. Any program that connects the two to Bedrock will do:
//!
//! ```sh
//! mkfifo answer
//! stdio MODEL PROMPT <answer | openssl s_client -quiet -connect bedrock-runtime.us-east-1.amazonaws.com:443 >answer
//! ```
//!
//! `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` must be set; `AWS_SESSION_TOKEN` and `AWS_ENDPOINT_URL` may be.
#![allow(clippy::disallowed_methods, reason = "a program reads its environment and its clock")]

mod exchange;

use std::process::ExitCode;
use std::time::SystemTime;

use barerock_sigv4::Timestamp;
use exchange::words;

fn ask(model: &str, prompt: &str) -> Result<(), String> {
    let now = Timestamp::try_from(SystemTime::now()).map_err(words)?;
    let request = exchange::request(model, prompt, now, |name| std::env::var(name).ok())?;
    exchange::write(&request, &mut std::io::stdout().lock()).map_err(words)?;
    exchange::answer(std::io::stdin().lock(), std::io::stderr().lock())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: stdio MODEL PROMPT");
        return ExitCode::from(2);
    };
    if let Err(error) = ask(&model, &prompt) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
