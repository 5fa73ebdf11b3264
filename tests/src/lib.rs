//! Shared code of the tests.

pub mod client;
pub mod declared;
pub mod decoding;
pub mod eventstream;
pub mod fixtures;
pub mod model;
pub mod peer;
pub mod replay;
pub mod samples;
pub mod splitting;
pub mod violations;
pub mod workspace;

/// Compiles the examples of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
