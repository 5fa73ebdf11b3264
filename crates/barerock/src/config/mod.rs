//! Configuration: the shared config and credentials files, and what they and the environment settle.

mod error;
mod ini;
mod nearest;
mod profiles;
mod section;
mod source;
#[cfg(test)]
mod tests;

pub use error::{ConfigError, NoProfile};
pub use profiles::{ConfigFile, DEFAULT_PROFILE, Profile, Profiles};
pub use section::{Section, Setting};
pub use source::Place;
