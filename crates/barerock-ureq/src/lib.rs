//! `barerock` without an async runtime: a blocking [`Client`] whose streams are iterators, and its transport, a small HTTP/1.1
//! client over ureq-proto, ureq's protocol crate without I/O. TLS is by rustls or the system's library.
//!
//! In scope: sockets, TLS, connection reuse, proxies, time limits, and running `barerock`'s futures on the calling thread
//! ([`block_on`]). Out of scope: signing, retries and credentials, which `barerock` does; settings, which `barerock-config`
//! reads; HTTP/2.
//!
//! ```
//! use barerock::Credentials;
//! use barerock_ureq::{Client, UreqTransport};
//!
//! # fn main() -> Result<(), barerock::Error> {
//! let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None);
//! let builder = barerock::Client::builder(UreqTransport::new()).region("us-east-1");
//! let client = Client::from(builder.credentials(credentials).build()?);
//! // for event in client.converse_stream(&request)? {
//! //     print!("{}", event?.text().unwrap_or_default());
//! // }
//! # drop(client);
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! The limits of [`Timeouts`](barerock::Timeouts) apply while a call blocks: `first_byte` up to the head of the response,
//! including name lookup and connecting; `idle` to each read of the body; `operation` to the whole exchange. The head of a
//! response is limited to 128 headers and 32 KiB, chunk headers and trailers to 32 KiB between two reads that return data. A
//! blocked call cannot be cancelled; dropping a stream closes its connection.
//!
//! # Features
//!
//! No feature changes which servers a constructor trusts, or which TLS library it uses.
//!
//! - `webpki-roots` (default): rustls with ring and Mozilla's roots: `UreqTransport::new`, `UreqTransport::builder`, and the
//!   constructors of [`Client`] over it.
//! - `rustls`: rustls with Amazon's roots, which trust AWS's endpoints only: `UreqTransport::with_amazon_roots`; or with roots of your own:
//!   `UreqTransport::with_tls`, `UreqTransport::with_ca_bundle`.
//! - `tls12` (default): TLS 1.2 in addition to 1.3 in rustls.
//! - `native-roots`: the system's roots for rustls: `UreqTransport::with_native_roots`.
//! - `aws-lc-rs`: TLS and signatures by aws-lc-rs in place of ring and RustCrypto.
//! - `native-tls`: TLS by the system's library with the system's roots, which makes the smallest program:
//!   `UreqTransport::native_tls`. It does not distinguish a connection closed without TLS's `close_notify` from one that ended;
//!   truncation is still detected by the content length, chunks, frames and `messageStop`.
//! - `config`: transports and clients from AWS's shared configuration: `Client::from_config`, `UreqTransport::from_config`.
//! - `socks`: SOCKS proxies in addition to HTTP ones.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod block_on;
mod body;
#[cfg(test)]
mod body_tests;
mod builder;
mod client;
#[cfg(feature = "config")]
mod config;
mod connect;
mod error;
mod exchange;
mod input;
mod limit;
#[cfg(feature = "native-tls")]
mod native_tls_layer;
mod pool;
mod resolve;
#[cfg(feature = "rustls")]
mod rustls_layer;
mod sleep;
mod socket;
#[cfg(feature = "socks")]
mod socks;
mod stream;
#[cfg(test)]
mod testing;
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
