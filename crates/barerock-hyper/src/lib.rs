//! The lean async transport of `barerock`: hyper over tokio, TLS by rustls with ring, connections kept alive. It sends what
//! it is given and hands back what comes.
//!
//! In scope: sockets, TLS, connection reuse, proxies, timers. Out of scope: signing, retries, settings (`barerock`).
//!
//! ```no_run
//! use barerock::types::Message;
//! use barerock::{Client, ConverseRequest};
//! use barerock_hyper::HyperTransport;
//!
//! # async fn run() -> Result<(), barerock::Error> {
//! let client = Client::from_env(HyperTransport::new())?;
//! let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")]);
//! println!("{}", client.converse(&request).await?.text());
//! # Ok(())
//! # }
//! ```
//!
//! What [`HyperTransport::builder`] is not asked for is not linked. It looks at nothing it was not given: neither the
//! environment nor files, but for `HyperTransportBuilder::native_roots` and
//! [`key_log_file`](HyperTransportBuilder::key_log_file), which are there to do so.
//!
//! # Limits
//!
//! The head of an answer may have 100 headers and 16 KiB, its chunk extensions and trailers 16 KiB each; what goes past that breaks
//! the connection off. Answers of status 1xx are skipped for as long as [`Timeouts`](barerock::Timeouts) allow; hyper does not
//! pause between them, so a flood of them keeps a runtime of one thread from its clock for a while, and the limit is late.
//! A connection has a buffer of 16 KiB at most, and what nobody reads stays with the peer.
//!
//! # Features
//!
//! - `tls12` (default): TLS 1.2 beside 1.3.
//! - `webpki-roots` (default): Mozilla's roots, built into the program.
//! - `native-roots`: the system's roots.
//! - `proxy`: HTTP proxies by [`ProxyRules`](barerock::transport::ProxyRules) (`HyperTransportBuilder::proxy`).
//! - `http2`: HTTP/2, for those who ask for it with `HyperTransportBuilder::http2`.

mod builder;
mod connector;
#[cfg(feature = "proxy")]
mod proxy;
mod stream;
mod transport;

pub use barerock_tls::{RootsError, rustls};
pub use builder::HyperTransportBuilder;
pub use transport::HyperTransport;
