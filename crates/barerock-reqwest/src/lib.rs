//! reqwest as a transport of `barerock`: bring your own `reqwest::Client`, with its middleware, resolvers, HTTP/2 and TLS, or
//! use one built by this crate. It sends requests unchanged and streams responses as they arrive.
//!
//! In scope: converting requests, responses and errors to reqwest's types and back. Out of scope: signing and retries, which
//! `barerock` does, and settings, which `barerock-config` reads.
//!
//! ```
//! use barerock::transport::ProxyRules;
//! use barerock::{Client, Credentials};
//! use barerock_reqwest::ReqwestTransport;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let builder = ReqwestTransport::client_builder().https_only(true);
//! let transport = ReqwestTransport::build(builder, ProxyRules::all("http://proxy.internal:3128".parse()?));
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! let client = Client::builder(transport).region("us-east-1").credentials(credentials).build()?;
//! // client.converse(&request).await?
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! # Runtime
//!
//! Calls run in a tokio runtime with I/O and timers, such as that of `#[tokio::main]` or of a builder with `enable_all`. Outside of one,
//! they are an error. In one without timers, tokio panics: whether it has them cannot be queried.
//!
//! # Limits
//!
//! reqwest's own: the head of a response is limited to 100 headers (`http1_max_headers`) and 408 KiB, its chunk extensions and
//! trailers to 16 KiB each; a response that exceeds a limit is an error.
//!
//! A proxy must open a tunnel with status 200: hyper-util, which opens it for reqwest, accepts no other 2xx status and does not
//! report the status of a rejection. This crate cannot change that: reqwest's connector layers see neither the destination nor
//! the connection, and a second CONNECT to learn the status would send the same password again.
//!
//! `Client::connect` gets the credentials but opens no connection, because reqwest cannot open one without a request. A HEAD
//! request to the root of the endpoint would open one, but the service would receive it without authentication; if that is
//! acceptable, send it with your own `reqwest::Client`.
//!
//! # Features
//!
//! No feature changes which servers a constructor trusts.
//!
//! - `webpki-roots` (default): TLS by rustls with ring and Mozilla's roots: `ReqwestTransport::new`,
//!   `ReqwestTransport::client_builder`.
//! - `rustls`: TLS by rustls with roots of your own, or Amazon's (`tls::amazon_client_config`), which trust AWS's endpoints only:
//!   `ReqwestTransport::client_builder_with_tls`.
//! - `native-roots`: the system's roots for rustls: `tls::native_roots`.
//! - `aws-lc-rs`: TLS and signatures by aws-lc-rs in place of ring and RustCrypto.
//! - `native-tls`: TLS by the system's library with the system's roots: `ReqwestTransport::native_tls_client_builder`. It does
//!   not distinguish a connection closed without TLS's `close_notify` from one that ended; truncation is still detected by the
//!   content length, chunks, frames and `messageStop`.
//! - `config`: transports and clients from AWS's shared configuration: `from_config`, `ReqwestTransport::from_config`.
//! - `http2`: HTTP/2, if the server supports it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod client;
#[cfg(feature = "config")]
mod config;
mod error;
mod transport;

#[cfg(feature = "rustls")]
pub use barerock_tls as tls;
pub use body::ReqwestBody;
#[cfg(feature = "config")]
pub use config::from_config;
pub use transport::ReqwestTransport;

/// Client over this transport.
pub type Client = barerock::Client<ReqwestTransport>;
/// Event stream of a [`Client`] over this transport.
pub type EventStream = barerock::EventStream<ReqwestTransport>;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
