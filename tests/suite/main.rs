//! The offline tests.

mod replay;
mod sigv4_vectors;
mod tutorial;
