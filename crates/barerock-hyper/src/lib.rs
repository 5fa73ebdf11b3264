//! The async transport of `barerock`: hyper over tokio, TLS by rustls with ring, connections kept alive. It sends requests as
//! they are given and returns responses as they come.
//!
//! In scope: sockets, TLS, connection reuse, proxies, timers. Out of scope: signing, retries, settings, which are `barerock`'s
//! and `barerock-config`'s.
//!
//! ```
//! use barerock::{Client, Credentials};
//! use barerock_hyper::HyperTransport;
//!
//! # fn main() -> Result<(), barerock::Error> {
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! let client = Client::builder(HyperTransport::new()).region("us-east-1").credentials(credentials).build()?;
//! // client.converse(&request).await?
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! What [`HyperTransportBuilder`] is not told is not linked. It reads neither the environment nor files, except in
//! `HyperTransport::with_native_roots` and [`key_log_file`](HyperTransportBuilder::key_log_file), which exist to do so.
//!
//! # Limits
//!
//! The head of a response may have 100 headers and 16 KiB, its chunk extensions and trailers 16 KiB each; what exceeds that
//! breaks the connection off. Responses of status 1xx are skipped for as long as [`Timeouts`](barerock::Timeouts) allow; a flood
//! of them can starve a single-threaded runtime, so timeouts may fire late. A connection buffers at most 16 KiB, and what is not
//! read stays with the peer.
//!
//! # Features
//!
//! - `tls12` (default): TLS 1.2 beside 1.3.
//! - `webpki-roots` (default): Mozilla's roots, built into the program: `HyperTransport::new` and `HyperTransport::builder`.
//! - `native-roots`: the system's roots: `HyperTransport::with_native_roots`.
//! - `aws-lc-rs`: TLS and signatures by aws-lc-rs in place of ring and RustCrypto.
//! - `proxy`: HTTP proxies by [`ProxyRules`](barerock::transport::ProxyRules): `HyperTransportBuilder::proxy`.
//! - `config`: transports and clients by AWS's shared configuration: `from_config`, `HyperTransport::from_config`.
//! - `http2`: HTTP/2: `HyperTransportBuilder::http2`.

mod builder;
#[cfg(feature = "config")]
mod config;
mod connector;
#[cfg(feature = "proxy")]
mod proxy;
mod resolver;
mod spare;
mod stream;
mod transport;

pub use barerock_tls::{RootsError, rustls};
pub use builder::HyperTransportBuilder;
#[cfg(feature = "config")]
pub use config::from_config;
pub use transport::HyperTransport;

/// A client over this transport.
pub type Client = barerock::Client<HyperTransport>;
/// A stream of such a client.
pub type EventStream = barerock::EventStream<HyperTransport>;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
