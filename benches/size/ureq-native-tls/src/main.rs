//! A complete streaming Converse client without an async runtime: `barerock` over ureq, TLS by the system.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::ConverseRequest;
use barerock::types::Message;
use barerock_ureq::Client;

fn ask(model: &str, prompt: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut out = std::io::stdout().lock();
    for event in client.converse_stream(&request)? {
        out.write_all(event?.text().unwrap_or_default().as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: ureq-native-tls MODEL PROMPT");
        return ExitCode::from(2);
    };
    if let Err(error) = ask(&model, &prompt) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
