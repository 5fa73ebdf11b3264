//! reqwest as a transport of `barerock`: bring your own `reqwest::Client`, with its middleware, resolvers, HTTP/2 and TLS, or take
//! one built here. It sends requests as they are given and returns responses as they come.
//!
//! In scope: converting requests, responses and errors to reqwest's and back. Out of scope: signing, retries, settings, which are
//! `barerock`'s and `barerock-config`'s.
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
//! # Limits
//!
//! reqwest's own: the head of a response may have 100 headers (`http1_max_headers`) and 408 KiB, its chunk extensions and trailers
//! 16 KiB each; what exceeds that breaks the connection off. A proxy must open a tunnel with status 200: hyper-util, which opens it for
//! reqwest, takes no other 2xx and keeps the status of a refusal to itself. No layer of ours can do better: reqwest's connector
//! layers see neither the destination nor the connection, and another CONNECT to learn the status would be a second try with the same
//! password.
//!
//! It opens no connection ahead of a request: `Client::connect` gets the credentials alone. A request that does nothing, such as HEAD
//! to the root of the endpoint, would do it, but the service would see a request without authentication: send it with your own
//! `reqwest::Client` if that is wanted.
//!
//! # Features
//!
//! No feature changes which servers a constructor trusts.
//!
//! - `webpki-roots` (default): TLS by rustls with ring and Mozilla's roots: `ReqwestTransport::new`,
//!   `ReqwestTransport::client_builder`.
//! - `rustls`: TLS by rustls with roots of your own: `ReqwestTransport::client_builder_with_tls`.
//! - `native-roots`: the system's roots for rustls: `tls::native_roots`.
//! - `aws-lc-rs`: TLS and signatures by aws-lc-rs in place of ring and RustCrypto.
//! - `native-tls`: TLS by the system's library with the system's roots: `ReqwestTransport::native_tls_client_builder`. It takes a
//!   connection that breaks for one that ends; lengths, chunks, frames and `messageStop` still tell.
//! - `config`: transports and clients by AWS's shared configuration: `from_config`, `ReqwestTransport::from_config`.
//! - `http2`: HTTP/2, where the server has it.

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

/// A client over this transport.
pub type Client = barerock::Client<ReqwestTransport>;
/// A stream of such a client.
pub type EventStream = barerock::EventStream<ReqwestTransport>;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
