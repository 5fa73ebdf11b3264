//! Configuration: the shared config and credentials files, and what they and the environment settle.

pub(crate) mod basic;
mod client;
mod endpoints;
mod error;
mod files;
mod ini;
mod loader;
mod lookup;
mod nearest;
mod network;
mod profiles;
mod section;
mod settings;
mod source;
#[cfg(test)]
mod tests;

pub use error::{ConfigError, NoProfile};
pub use files::{FileLocation, SharedFiles};
pub use loader::ConfigLoader;
pub use profiles::{ConfigFile, DEFAULT_PROFILE, Profile, Profiles};
pub use section::{Section, Setting};
pub use settings::{AuthScheme, Config};
pub use source::{PassedOver, Place, Resolved, Source, Why};
