//! `barerock` without an async runtime: a blocking [`Client`] whose streams are iterators, and the [`UreqTransport`] it
//! works over. TLS is rustls's or the system's own.
//!
//! In scope: sockets, TLS, connection reuse, limits, and driving `barerock`'s futures on the calling thread
//! ([`block_on`]). Out of scope: signing, retries, credentials, settings, which are `barerock`'s; HTTP/2.
//!
//! ```no_run
//! use barerock::ConverseRequest;
//! use barerock::types::Message;
//! use barerock_ureq::Client;
//!
//! # fn run() -> Result<(), barerock::Error> {
//! let client = Client::from_env()?;
//! let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")]);
//! println!("{}", client.converse(&request)?.text());
//!
//! for event in client.converse_stream(&request)? {
//!     print!("{}", event?.text().unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! The limits of [`Timeouts`](barerock::Timeouts) hold while a call blocks: one for all there is up to the head of the answer,
//! looking up the name and connecting among it, one for each piece of the body, and one for all of it. The head of an answer may
//! have 128 headers and 16 KiB. A call that blocks cannot be given up from outside; dropping a stream closes its connection.
//! ureq has no setting for TCP's own question whether the other side is still there: where something on the way forgets silent
//! connections (a NAT gateway of AWS after 350 seconds), the `first_byte` and `idle` limits are what ends the wait.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with ring and Mozilla's roots.
//! - `tls12` (default): TLS 1.2 beside 1.3 in rustls.
//! - `native-roots`: the system's roots for rustls, for those who ask for them.
//! - `native-tls`: TLS by the system's library with the system's roots, which makes the smallest program. With both,
//!   rustls is used unless `UreqTransportBuilder::native_tls` says otherwise.
//!   It takes a connection that breaks for one that ends; lengths, chunks, frames and `messageStop` still tell.
//! - `socks`: SOCKS proxies, beside HTTP ones.
//!
//! With neither kind of TLS, only `http` endpoints can be called.

mod block_on;
mod body;
mod builder;
mod client;
mod connector;
mod deadline;
mod error;
mod sleep;
mod stream;
#[cfg(feature = "rustls")]
mod tls;
mod transport;

#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub use barerock_tls::RootsError;
#[cfg(feature = "rustls")]
pub use barerock_tls::rustls;
pub use block_on::block_on;
pub use body::UreqBody;
pub use builder::UreqTransportBuilder;
pub use client::Client;
pub use stream::EventStream;
pub use transport::UreqTransport;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
