//! The offline tests.

mod replay;
mod sigv4_oracle;
mod sigv4_vectors;
