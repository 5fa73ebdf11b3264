//! What the tests share.

pub mod captures;
pub mod client;
pub mod decoding;
pub mod eventstream;
pub mod fixtures;
pub mod vectors;

/// The README's code is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
