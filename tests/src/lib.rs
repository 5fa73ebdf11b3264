//! What the tests share.

pub mod captures;
pub mod client;
pub mod vectors;
