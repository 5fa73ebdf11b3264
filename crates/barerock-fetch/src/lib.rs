//! `barerock` on wasm32-unknown-unknown, over the host's `fetch`: browsers, workers, node, Deno. Requests are sent as they are given
//! and responses returned as they arrive, chunk by chunk.
//!
//! In scope: requests, responses, timers, clock and randomness by what JavaScript has. Out of scope: signing, retries, settings,
//! which are `barerock`'s, and files, profiles and environment variables, which a page does not have.
//!
//! ```no_run
//! use barerock::types::Message;
//! use barerock::{ConverseRequest, Error};
//!
//! async fn ask(api_key: &str, prompt: &str) -> Result<String, Error> {
//!     let client = barerock_fetch::client_builder().region("us-east-1").bearer_token(api_key).build()?;
//!     let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user(prompt)]);
//!     let mut text = String::new();
//!     let mut stream = client.converse_stream(&request).await?;
//!     while let Some(event) = stream.next_event().await? {
//!         text.push_str(event.text().unwrap_or_default());
//!     }
//!     Ok(text)
//! }
//! ```
//!
//! # Browsers
//!
//! Bedrock's endpoints allow no other origin (CORS), so a page reaches them only through an endpoint of its own origin, or one that
//! allows it: set [`ClientBuilder::endpoint_url`](barerock::ClientBuilder::endpoint_url) to it. A response has only the headers that such
//! an endpoint exposes (`access-control-expose-headers: x-amzn-requestid, x-amzn-errortype, date`): without the first an error has no
//! request id, without the last no clock skew is corrected. A key or credentials in a page can be read by everyone who opens it.
//!
//! # Limits
//!
//! - `fetch` does not say why there is no response: a name that is not found, a refused connection, TLS and CORS are one error.
//! - It sends `user-agent`, `host` and `content-length` as it likes; the signature covers the host alone, which is the URL's.
//! - [`Client::connect`](barerock::Client::connect) opens no connection: `fetch` opens them for requests only.
//! - Timers of a background tab fire up to once a minute.
//! - node's `fetch` has limits of its own: 300 seconds to the head of a response, and from one chunk to the next.

mod body;
mod callback;
mod error;
mod host;
mod timer;
mod transport;

pub use body::FetchBody;
pub use callback::CallbackCredentials;
pub use error::FetchError;
pub use host::{client_builder, client_builder_without_validation, now, random_seed};
pub use timer::Timer;
pub use transport::FetchTransport;

/// A client over this transport.
pub type Client = barerock::Client<FetchTransport>;
/// A stream of such a client.
pub type EventStream = barerock::EventStream<FetchTransport>;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
