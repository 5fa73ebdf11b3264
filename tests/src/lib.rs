//! What the tests share.

pub mod captures;
pub mod client;
pub mod decoding;
pub mod fixtures;
pub mod vectors;
