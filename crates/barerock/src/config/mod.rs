//! Configuration: the shared config and credentials files, and what they, the environment and code settle together.
//!
//! ```
//! use barerock::Environment;
//! use barerock::config::{Config, ConfigFile, Profiles};
//!
//! # fn main() -> Result<(), barerock::config::ConfigError> {
//! let file = "[profile work]\nregion = eu-west-3  # Paris\n";
//! let profiles = Profiles::parse(Some(ConfigFile::new("~/.aws/config", file)), None)?;
//! let environment: Environment = [("AWS_PROFILE", "work")].into_iter().collect();
//! let config = Config::loader().environment(environment).resolve(profiles)?;
//!
//! let endpoint = config.endpoint()?;
//! assert_eq!(endpoint.value.as_str(), "https://bedrock-runtime.eu-west-3.amazonaws.com");
//! assert_eq!(config.region().source.to_string(), "region of profile work at ~/.aws/config line 2");
//! assert_eq!(config.region().passed_over[0].to_string(), "AWS_REGION: not set");
//! # Ok(())
//! # }
//! ```
//!
//! [`ConfigLoader::load`] reads the files itself; [`Client::from_config`](crate::Client::from_config) does it all.

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
mod retry;
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
