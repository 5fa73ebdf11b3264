//! Soak test of streaming clients: many concurrent ConverseStream requests over loopback, a share of which fail by a
//! seeded schedule. Every stream must be complete and byte-exact, or fail with the expected error.
//!
//! With the feature `live`, allocated bytes are counted and must not grow from the first to the last round. Counting takes
//! time, so measure speed without it.
//!
//! The server is `barerock-replay` in a separate process, so that memory and CPU time are those of the client. Clients
//! implement [`Contender`]: ours in `main.rs`, the AWS SDK's in the separate workspace `sdk/`. Both get the same load
//! from the same code.
#![allow(clippy::disallowed_methods, reason = "a load generator measures time and its own process")]

mod answer;
mod fate;
mod load;
mod options;
mod process;
mod report;
mod schedule;
mod server;
mod strikes;

pub use answer::{Answer, Check, MODELS};
pub use fate::Fate;
pub use load::{Contender, main};
pub use options::Options;

/// Region of the clients.
pub const REGION: &str = "us-east-1";

/// Access key ID of clients and server: the example of AWS's documentation.
pub const ACCESS_KEY: &str = "AKIDEXAMPLE";
/// Secret access key of clients and server.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
