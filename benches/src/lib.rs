//! What the benches share.

pub mod deltas;
