//! reqwest as a transport of `barerock`: bring your own `reqwest::Client`, with its proxies, HTTP/2, resolvers and TLS as you
//! know them, or take ours. It sends what it is given and hands back what comes.
//!
//! In scope: turning requests and answers into reqwest's and back. Out of scope: signing, retries, settings (`barerock`).
//!
//! ```no_run
//! use barerock::types::Message;
//! use barerock::{Client, ConverseRequest};
//! use barerock_reqwest::ReqwestTransport;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let http = ReqwestTransport::client_builder().https_only(true).build()?;
//! let client = Client::from_env(ReqwestTransport::from(http))?;
//! let request = ConverseRequest::new("us.anthropic.claude-sonnet-4-6", [Message::user("hello")]);
//! println!("{}", client.converse(&request).await?.text());
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! reqwest's own: the head of an answer may have 100 headers (`http1_max_headers`) and 408 KiB, its chunk extensions and trailers 16
//! KiB each; what goes past that breaks the connection off.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with ring and Mozilla's roots; for others,
//!   `ReqwestTransport::client_builder_with_tls`.
//! - `native-roots`: the system's roots for rustls (`tls::native_roots`).
//! - `native-tls`: TLS by the system's library with the system's roots. With both, [`ReqwestTransport::new`] takes rustls.
//!   It takes a connection that breaks for one that ends; lengths, chunks, frames and `messageStop` still tell.
//! - `http2`: HTTP/2 with those who offer it.
//!
//! With neither kind of TLS, only `http` endpoints can be called, unless your own client knows better.

mod body;
mod error;
mod transport;

#[cfg(feature = "rustls")]
pub use barerock_tls as tls;
pub use body::ReqwestBody;
pub use transport::ReqwestTransport;
