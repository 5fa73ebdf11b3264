//! The async transport of `barerock`: hyper over tokio, TLS by rustls with ring, connections kept alive. It sends requests
//! unchanged and streams responses as they arrive.
//!
//! In scope: sockets, TLS, connection reuse, proxies, timers. Out of scope: signing and retries, which `barerock` does, and
//! settings, which `barerock-config` reads.
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
//! Code for an option of [`HyperTransportBuilder`] is linked only if a program uses the option. Only
//! `HyperTransport::with_native_roots`, [`key_log_file`](HyperTransportBuilder::key_log_file) and the functions of the feature
//! `config` read the environment or files.
//!
//! # Runtime
//!
//! Calls run in a tokio runtime with I/O and timers, such as that of `#[tokio::main]` or of a builder with `enable_all`. Outside of one,
//! they are an error. In one without timers, tokio panics: whether it has them cannot be queried.
//! A connection is used only by the runtime that opened it.
//!
//! # Limits
//!
//! The head of a response is limited to 100 headers and 32 KiB, its chunk extensions and trailers to 16 KiB each; a response
//! that exceeds a limit is an error. Responses of status 1xx are skipped until a limit of [`Timeouts`](barerock::Timeouts) has
//! passed; a flood of them can starve a single-threaded runtime, so timeouts may fire late. A connection buffers at most
//! 32 KiB; while a program does not read, TCP flow control stops the peer.
//!
//! # Features
//!
//! - `tls12` (default): TLS 1.2 in addition to 1.3.
//! - without any: `HyperTransport::with_amazon_roots`, which trusts AWS's endpoints only, `with_ca_bundle` and `with_tls`.
//! - `webpki-roots` (default): Mozilla's roots, built into the program: `HyperTransport::new` and `HyperTransport::builder`.
//! - `native-roots`: the system's roots: `HyperTransport::with_native_roots`.
//! - `aws-lc-rs`: TLS and signatures by aws-lc-rs in place of ring and RustCrypto.
//! - `proxy`: HTTP proxies, selected by [`ProxyRules`](barerock::transport::ProxyRules): `HyperTransportBuilder::proxy`.
//! - `config`: transports and clients from AWS's shared configuration: `from_config`, `HyperTransport::from_config`.
//! - `http2`: HTTP/2: `HyperTransportBuilder::http2`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
#[cfg(feature = "config")]
mod config;
mod connection;
mod connector;
mod origin;
mod pool;
#[cfg(feature = "proxy")]
mod proxy;
mod resolver;
mod stream;
mod transport;

pub use barerock_tls::{RootsError, rustls};
pub use body::HyperBody;
pub use builder::HyperTransportBuilder;
#[cfg(feature = "config")]
pub use config::from_config;
pub use transport::HyperTransport;

/// Client over this transport.
pub type Client = barerock::Client<HyperTransport>;
/// Event stream of a [`Client`] over this transport.
pub type EventStream = barerock::EventStream<HyperTransport>;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
