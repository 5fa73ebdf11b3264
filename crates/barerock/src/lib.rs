//! Client of Amazon Bedrock's Converse API without the AWS SDK: signed requests, typed responses and streams, over an HTTP
//! stack of your choice. This crate combines the others: settings, credentials, signature, retries, timeouts, decoding.
//!
//! In scope: the client, its settings, credentials, retries, timeouts and errors. Out of scope: sockets and TLS (a [`Transport`]
//! such as `barerock-hyper`), what is on the wire (`barerock-converse`, `barerock-sigv4`, `barerock-eventstream`).
//!
//! ```
//! use barerock::types::Message;
//! use barerock::{Client, ConverseRequest, Error, Transport};
//!
//! /// With `barerock_hyper::HyperTransport` as the transport, this is a whole program.
//! async fn run(transport: impl Transport) -> Result<(), Error> {
//!     let client = Client::from_env(transport)?;
//!     let request = ConverseRequest::new(
//!         "us.anthropic.claude-sonnet-4-6",
//!         [Message::user("What are the tradeoffs between REST and GraphQL?")],
//!     );
//!
//!     let response = client.converse(&request).await?;
//!     println!("{}\ntotal tokens: {}", response.text(), response.usage.total_tokens);
//!
//!     let mut stream = client.converse_stream(&request).await?;
//!     while let Some(event) = stream.next_event().await? {
//!         print!("{}", event.text().unwrap_or_default());
//!     }
//!     Ok(())
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod authenticate;
mod body;
mod builder;
mod call;
mod call_context;
mod client;
mod client_settings;
mod connect;
pub mod credentials;
mod environment;
mod error;
mod hint;
mod observe;
mod percent;
mod redirect;
pub mod retry;
mod send;
pub mod settings;
mod skew;
mod stream;
pub mod time;
mod timeout;
pub mod tools;
#[cfg(feature = "tracing")]
mod trace;
pub mod transport;
#[cfg(feature = "schemars")]
mod typed;
mod validation;

/// True for wasm32-unknown-unknown, where std's clock, environment and threads panic or fail, and nothing is random.
const NO_SYSTEM: bool = cfg!(all(target_family = "wasm", target_os = "unknown"));

pub use barerock_converse::{
    self as converse, ApplyGuardrailRequest, ApplyGuardrailResponse, AssembledMessage, CallSummary,
    ConverseRequest, ConverseResponse, CountTokensRequest, CountTokensResponse, Endpoint, Exception,
    InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse, MessageAssembler, ServiceError, StreamEvent,
    TypedError, ValidationError, Verdict, types,
};
pub use barerock_converse::{batch, conversation};
pub use barerock_sigv4 as sigv4;
pub use builder::ClientBuilder;
pub use client::Client;
pub use client_settings::{ClientSettings, EndpointSettings, EndpointUrl};
pub use credentials::{Credentials, ProvideCredentials};
pub use environment::Environment;
pub use error::{Error, ErrorKind};
pub use observe::{CallRequest, Observe, Outcome, Stage};
pub use retry::{RetryMode, RetryPolicy};
pub use stream::EventStream;
#[cfg(feature = "stream")]
pub use stream::poll::{Events, Texts};
pub use timeout::{Elapsed, Timeouts, within};
#[cfg(feature = "tracing")]
pub use trace::TracingObserver;
pub use transport::{Transport, TransportError, TransportErrorKind};
#[cfg(feature = "schemars")]
pub use typed::{Typed, TypedFormat};

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
