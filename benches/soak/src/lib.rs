//! A soak of streaming clients: as many ConverseStream calls at once as asked for, over loopback, a share of which fail by a
//! seeded schedule. Every stream must be complete and byte-exact, or fail with the error its fault stands for.
//!
//! With the feature `live` the bytes that are allocated are counted and judged: after the last round they must be what they were
//! after the first. Counting costs time, so figures of speed are taken without.
//!
//! The server is `barerock-replay` in a process of its own, so that memory and CPU time are the client's alone. What a client
//! is, [`Contender`] says: ours is in `main.rs`, the AWS SDK's in `sdk/`, a workspace of its own. Both get the same load from
//! the same code.
#![allow(clippy::disallowed_methods, reason = "a load generator measures time and looks at its own process")]

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

/// Where the clients believe to be.
pub const REGION: &str = "us-east-1";

/// The key that both sides hold: the example of AWS's documentation.
pub const ACCESS_KEY: &str = "AKIDEXAMPLE";
/// Its secret.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
