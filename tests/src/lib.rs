//! What the tests share.

pub mod captures;
pub mod client;
pub mod decoding;
pub mod eventstream;
pub mod fixtures;
pub mod vectors;
