//! The offline tests.

mod architecture;
mod client;
mod completeness;
mod converse_recordings;
mod fixture_streams;
mod replay;
mod sigv4_oracle;
mod sigv4_vectors;
mod tutorial;
mod validation;
