//! The offline tests.

mod architecture;
mod converse_recordings;
mod fixture_streams;
mod replay;
