//! What the tests share.

pub mod eventstream;
