//! Inputs and tasks shared by the criterion benches, the contender program and the instruction counts.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads files, the environment and the clock")]

pub mod decode;
pub mod deltas;
pub mod floor;
pub mod inputs;
pub mod messages;
pub mod request;
pub mod sign;
