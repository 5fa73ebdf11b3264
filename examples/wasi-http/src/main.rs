//! Streaming Converse client as a wasm32-wasip2 component, over `wasi:http`:
//!
//! ```sh
//! rustup target add wasm32-wasip2
//! cargo build --release --target wasm32-wasip2
//! wasmtime run -S http -S inherit-env target/wasm32-wasip2/release/barerock-example-wasi-http.wasm \
//!     us.anthropic.claude-sonnet-4-6 "What is a monad?"
//! ```
//!
//! Reads `AWS_REGION`, credentials and `AWS_ENDPOINT_URL` from the environment. The third argument, if given, limits the time to the
//! head of the response, and from one chunk to the next, in milliseconds.

mod body;
mod error;
mod reactor;
mod transport;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Environment, Timeouts};
use wasip2::clocks::wall_clock;
use wasip2::random::random;

use crate::transport::WasiTransport;

/// The time of the host's wall clock.
fn now() -> SystemTime {
    let time = wall_clock::now();
    UNIX_EPOCH.checked_add(Duration::new(time.seconds, time.nanoseconds)).unwrap_or(UNIX_EPOCH)
}

fn client(limit: Option<Duration>) -> Result<Client<WasiTransport>, barerock::Error> {
    let builder = Client::builder(WasiTransport)
        .environment(Environment::of_process())
        .clock(now)
        .random_seed(random::get_random_u64());
    match limit {
        Some(limit) => builder.timeouts(Timeouts::never().first_byte(limit).idle(limit)).build(),
        None => builder.build(),
    }
}

async fn ask(model: &str, prompt: &str, limit: Option<Duration>) -> Result<(), Box<dyn Error>> {
    let client = client(limit)?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream = client.converse_stream(&request).await?;
    let mut stdout = std::io::stdout();
    while let Some(event) = stream.next_event().await? {
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
            eprintln!("usage: barerock-example-wasi-http MODEL PROMPT [MILLISECONDS]");
            return ExitCode::FAILURE;
        }
    };
    let asked = match limit {
        Ok(limit) => {
            reactor::block_on(ask(model, prompt, limit)).unwrap_or_else(|stalled| Err(stalled.into()))
        }
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
