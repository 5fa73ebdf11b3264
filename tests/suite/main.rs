//! The offline tests.

mod architecture;
mod assembled;
mod bring_your_own;
mod client;
mod client_operations;
mod completeness;
mod conformance;
mod converse_plain_deltas;
mod converse_recordings;
mod converse_wire_json;
mod eventstream_captures;
mod eventstream_differential;
mod eventstream_fixtures;
mod eventstream_streams;
mod eventstream_vectors;
mod fault_matrix;
mod fixture_streams;
mod replay;
mod sigv4_oracle;
mod sigv4_vectors;
mod tutorial;
mod validation;
