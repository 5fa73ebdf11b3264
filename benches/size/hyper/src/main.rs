//! Streaming Converse client: `barerock` over hyper.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::credentials::EnvironmentProvider;
use barerock::types::Message;
use barerock::{Client, ConverseRequest, Environment};
use barerock_hyper::HyperTransport;

/// Converts an error to text. A boxed error would also link its `Debug`.
fn words(error: impl Display) -> String {
    error.to_string()
}

async fn ask(model: &str, prompt: &str) -> Result<(), String> {
    let environment = Environment::of_process();
    let mut client = Client::builder_without_validation(HyperTransport::with_amazon_roots().build())
        .region(environment.region().unwrap_or_default());
    if let Some(url) = environment.get("AWS_ENDPOINT_URL") {
        client = client.endpoint_url(url);
    }
    let client = client.credentials(EnvironmentProvider::new(environment)).build().map_err(words)?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream = client.converse_stream(&request).await.map_err(words)?;
    let mut out = std::io::stdout().lock();
    while let Some(event) = stream.next_event().await.map_err(words)? {
        out.write_all(event.text().unwrap_or_default().as_bytes()).map_err(words)?;
        out.flush().map_err(words)?;
    }
    Ok(())
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let mut next = || arguments.next().and_then(|argument| argument.into_string().ok());
    let (Some(model), Some(prompt)) = (next(), next()) else {
        return Err("usage: hyper MODEL PROMPT".to_owned());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(words)?.block_on(ask(&model, &prompt))
}

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A failure to write the error cannot be reported.
            let _unwritten = std::io::stderr().write_all((error + "\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}
