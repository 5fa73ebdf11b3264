//! What the tests share.

pub mod captures;
pub mod client;
pub mod decoding;
pub mod fixtures;
pub mod model;
pub mod samples;
pub mod vectors;
pub mod violations;
