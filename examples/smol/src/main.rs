//! Streaming Converse client over smol and rustls, with a transport of its own:
//!
//! ```sh
//! cargo run -p barerock-example-smol -- us.anthropic.claude-sonnet-4-6 "What is a monad?"
//! ```
//!
//! Reads `AWS_REGION`, credentials and `AWS_ENDPOINT_URL` from the environment, and `AWS_CA_BUNDLE`, whose certificates replace
//! Mozilla's roots.

mod transport;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use barerock::transport::BoxError;
use barerock::types::Message;
use barerock::{Client, ConverseRequest};

use crate::transport::{SmolTransport, roots};

async fn ask(model: &str, prompt: &str) -> Result<(), BoxError> {
    let bundle = std::env::var_os("AWS_CA_BUNDLE");
    let client = Client::from_env(SmolTransport::new(roots(bundle.as_deref())?))?;
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut stream = client.converse_stream(&request).await?;
    while let Some(event) = stream.next_event().await? {
        print!("{}", event.text().unwrap_or_default());
        std::io::stdout().flush()?;
    }
    println!();
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(prompt)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: barerock-example-smol MODEL PROMPT");
        return ExitCode::from(2);
    };
    match smol::block_on(ask(&model, &prompt)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error: &(dyn Error + 'static) = &*error;
            let causes = std::iter::successors(Some(error), |error| Error::source(*error));
            eprintln!("{}", causes.map(ToString::to_string).collect::<Vec<_>>().join(": "));
            ExitCode::FAILURE
        }
    }
}
