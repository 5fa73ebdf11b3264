//! The offline tests.

mod architecture;
mod assembled;
mod client;
mod client_operations;
mod completeness;
mod config_client;
mod config_files;
mod config_load;
mod conformance;
mod converse_plain_deltas;
mod converse_recordings;
mod credentials;
mod credentials_bridge;
mod credentials_hostile;
mod credentials_steps;
mod eventstream_captures;
mod eventstream_differential;
mod eventstream_fixtures;
mod eventstream_streams;
mod eventstream_vectors;
mod fixture_streams;
mod replay;
mod sigv4_oracle;
mod sigv4_vectors;
mod tutorial;
mod validation;
