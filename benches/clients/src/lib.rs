//! Shared code of the whole programs: the call, and the items of its events.

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, StreamEvent, Transport};
use barerock_bench_protocol::{Calls, WholeProgram};
use tokio::runtime::Runtime;

/// Region of the signature.
pub const REGION: &str = "us-east-1";

/// The request that every program sends.
#[must_use]
pub fn request() -> ConverseRequest {
    ConverseRequest::new("us.anthropic.claude-haiku-4-5-20251001-v1:0", [Message::user("Hello")])
}

/// Access key of AWS's examples.
#[must_use]
pub fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
}

/// The text of a delta, or the type of another event.
#[must_use]
pub fn item_of<'a>(event: &'a StreamEvent<'_>) -> &'a [u8] {
    event.text().unwrap_or_else(|| event.event_type()).as_bytes()
}

/// Parses the arguments; exits with code 2 if they are invalid.
#[must_use]
pub fn arguments() -> WholeProgram {
    WholeProgram::from_arguments().unwrap_or_else(|| {
        eprintln!("usage: PROGRAM client|streams URL CALLS");
        std::process::exit(2)
    })
}

/// A runtime of one thread.
#[must_use]
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Makes the requested calls with one async client, and prints the measurements.
pub fn run<T: Transport>(transport: impl FnOnce() -> T) {
    let WholeProgram { url, calls, at_once } = arguments();
    let mut measured = Calls::default();
    runtime().block_on(async {
        let client = Client::builder(transport()).region(REGION).endpoint_url(url).credentials(credentials());
        let client = client.build().expect("a client");
        if at_once {
            measured = Calls::at_once(calls, |mut measured| {
                let client = client.clone();
                tokio::spawn(async move {
                    stream(&client, &mut measured).await;
                    measured
                })
            })
            .await;
        } else {
            for _ in 0..calls {
                stream(&client, &mut measured).await;
            }
        }
    });
    println!("{}", measured.into_json());
}

async fn stream<T: Transport>(client: &Client<T>, measured: &mut Calls) {
    measured.begin();
    let mut stream = client.converse_stream(&request()).await.expect("a response");
    while let Some(event) = stream.next_event().await.expect("a good stream") {
        measured.item(item_of(&event));
    }
}
