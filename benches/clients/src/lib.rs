//! Shared code of the whole programs: the call, and the items of its events.

use barerock::types::Message;
use barerock::{Client, ConverseRequest, Credentials, StreamEvent, Transport};
use barerock_bench_protocol::{Calls, Mode, WholeProgram, ca_bundle};
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
        eprintln!("usage: PROGRAM client|streams|connected URL CALLS");
        std::process::exit(2)
    })
}

/// A runtime of one thread.
#[must_use]
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Makes the requested calls with async clients, and prints the measurements. `transport` trusts these certificates, if any,
/// instead of Mozilla's.
pub fn run<T: Transport>(transport: impl Fn(Option<&[u8]>) -> T) {
    let WholeProgram { mode, url, calls } = arguments();
    let certificates = ca_bundle();
    let client = || {
        let builder = Client::builder(transport(certificates.as_deref())).region(REGION).endpoint_url(&url);
        builder.credentials(credentials()).build().expect("a client")
    };
    println!("{}", runtime().block_on(make(mode, calls, client)).into_json());
}

async fn make<T: Transport>(mode: Mode, calls: u64, client: impl Fn() -> Client<T>) -> Calls {
    let mut measured = Calls::default();
    match mode {
        Mode::Sequential => {
            let client = client();
            for _ in 0..calls {
                stream(&client, &mut measured).await;
            }
        }
        Mode::Connected => {
            for _ in 0..calls {
                let client = client();
                client.connect().await.expect("a connection");
                stream(&client, &mut measured).await;
            }
        }
        Mode::AtOnce => {
            let client = client();
            let start = |mut measured| {
                let client = client.clone();
                tokio::spawn(async move {
                    stream(&client, &mut measured).await;
                    measured
                })
            };
            measured = Calls::at_once(calls, start).await;
        }
    }
    measured
}

async fn stream<T: Transport>(client: &Client<T>, measured: &mut Calls) {
    measured.begin();
    let mut stream = client.converse_stream(&request()).await.expect("a response");
    while let Some(event) = stream.next_event().await.expect("a good stream") {
        measured.item(item_of(&event));
    }
}
