//! Placeholder
mod builtin;
mod error;
mod fixture;
mod fixtures;
mod frames;
mod json;
mod likeness;
mod matching;
mod operation;

pub use error::{BindError, FixtureError};
pub use fixture::Fixture;
pub use fixtures::Fixtures;
pub use matching::MatchMode;
pub use operation::Operation;
