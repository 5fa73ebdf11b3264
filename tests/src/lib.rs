//! What the tests share.

pub mod captures;
pub mod client;
pub mod decoding;
pub mod eventstream;
pub mod fixtures;
pub mod model;
pub mod peer;
pub mod samples;
pub mod splitting;
pub mod vectors;
pub mod violations;

/// The README's code is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
