//! The offline tests.

mod eventstream_captures;
mod eventstream_differential;
mod eventstream_fixtures;
mod eventstream_streams;
mod eventstream_vectors;
