//! A complete streaming Converse client: `barerock` over hyper.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::types::Message;
use barerock::{Client, ConverseRequest};
use barerock_hyper::HyperTransport;

async fn ask(model: &str, prompt: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env(HyperTransport::new())?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream = client.converse_stream(&request).await?;
    let mut out = std::io::stdout().lock();
    while let Some(event) = stream.next_event().await? {
        out.write_all(event.text().unwrap_or_default().as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: hyper MODEL PROMPT");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let answer = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(ask(&model, &prompt)));
    if let Err(error) = answer {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
