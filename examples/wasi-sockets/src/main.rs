//! Streaming Converse client as a wasm32-wasip2 component, over `wasi:sockets`: `barerock-ureq` with the standard library's sockets.
//!
//! ```sh
//! rustup target add wasm32-wasip2
//! cargo build --release --target wasm32-wasip2
//! wasmtime run -S inherit-network -S inherit-env target/wasm32-wasip2/release/barerock-example-wasi-sockets.wasm \
//!     us.anthropic.claude-sonnet-4-6 "What is a monad?"
//! ```
//!
//! It has no TLS: `AWS_ENDPOINT_URL` names a proxy on this machine that has, such as `barerock proxy`. Region and credentials are read
//! from the environment. The third argument, if given, limits the time to the head of the response, and from one chunk to the next,
//! in milliseconds.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use barerock::types::Message;
use barerock::{ConverseRequest, Environment, Timeouts};
use barerock_ureq::{Client, UreqTransport};

fn client(limit: Option<Duration>) -> Result<Client, barerock::Error> {
    let transport = UreqTransport::without_tls().build();
    let builder = barerock::Client::builder(transport).environment(Environment::of_process());
    let client = match limit {
        Some(limit) => builder.timeouts(Timeouts::never().first_byte(limit).idle(limit)).build(),
        None => builder.build(),
    };
    client.map(Client::from)
}

fn ask(model: &str, prompt: &str, limit: Option<Duration>) -> Result<(), Box<dyn Error>> {
    let client = client(limit)?;
    let mut stream = client.converse_stream(&ConverseRequest::new(model, [Message::user(prompt)]))?;
    let mut stdout = std::io::stdout();
    while let Some(event) = stream.next_event()? {
        stdout.write_all(event.text().unwrap_or_default().as_bytes())?;
        stdout.flush()?;
    }
    writeln!(stdout)?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (model, prompt, limit) = match &*arguments {
        [model, prompt] => (model, prompt, Ok(None)),
        [model, prompt, limit] => {
            (model, prompt, limit.parse().map(|limit| Some(Duration::from_millis(limit))))
        }
        _ => {
            eprintln!("usage: barerock-example-wasi-sockets MODEL PROMPT [MILLISECONDS]");
            return ExitCode::FAILURE;
        }
    };
    let asked = match limit {
        Ok(limit) => ask(model, prompt, limit),
        Err(error) => Err(error.into()),
    };
    let Err(error) = asked else { return ExitCode::SUCCESS };
    let causes = std::iter::successors(Some(&*error), |error: &&(dyn Error + 'static)| Error::source(*error));
    eprintln!("{}", causes.map(ToString::to_string).collect::<Vec<_>>().join(": "));
    if let Some(hint) = error.downcast_ref().and_then(barerock::Error::hint) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}
