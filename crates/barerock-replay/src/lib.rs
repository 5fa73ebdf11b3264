//! A local Bedrock for tests and demonstrations without an account or a network: responds to Converse requests with
//! recorded exchanges, streams them as the service does, and injects faults.
//!
//! In scope: fixture folders ([`Fixtures`]), matching of requests ([`MatchMode`]), chunking and timing of event streams
//! ([`Chunking`], [`Pace`]), signature checks ([`Verify`]), faults ([`FaultRule`]), a log of received requests
//! ([`ReceivedRequest`]), and forwarding of requests to another server ([`Forward`]).
//!
//! Out of scope: running a model (responses come from fixtures), and serving other machines.
//!
//! ```
//! use barerock_replay::{Fixtures, MatchMode, ReplayServer};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let replay = ReplayServer::builder()
//!     .match_mode(MatchMode::Any)
//!     .faults(["throttle@1".parse()?]) // the first request fails, the second does not
//!     .bind("127.0.0.1:0")
//!     .await?;
//! println!("a client's endpoint URL is {}", replay.url());
//! // … requests …
//! assert!(replay.requests().is_empty());
//! replay.shutdown().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `tls` serves over TLS, with a certificate made for the run (`Tls`); `http2` adds HTTP/2 to it (`Tls::with_http2`).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod builtin;
mod chunking;
mod compose;
mod duration;
mod error;
mod fault;
mod fixture;
mod fixtures;
mod forward;
mod frames;
mod matching;
mod operation;
mod origin;
mod received;
mod reply;
mod request_body;
mod script;
mod server;
mod service;
mod similarity;
mod socket;
#[cfg(feature = "tls")]
mod tls;
mod verify;

pub use builder::ReplayBuilder;
pub use chunking::{Chunking, Pace};
pub use compose::ComposeError;
pub use error::{BindError, FixtureError};
pub use fault::{Fault, FaultError, FaultRule};
pub use fixture::Fixture;
pub use fixtures::Fixtures;
pub use forward::{Forward, ForwardedBody, Forwarding, remove_hop_by_hop};
pub use matching::MatchMode;
pub use operation::Operation;
pub use received::ReceivedRequest;
pub use server::ReplayServer;
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsError};
pub use verify::Verify;

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
