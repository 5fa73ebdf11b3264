//! AWS's shared configuration without the AWS SDK, for any program that signs AWS requests: resolves region, endpoint,
//! credentials provider, retry policy, CA bundle and proxy from code, the environment and the shared config and credentials
//! files, each with its source.
//!
//! In scope: the settings and credentials providers of the AWS SDKs that a client of one service needs; `login_session` with
//! the feature `login`, which adds the crate `p256`. Out of scope: sending requests, which a
//! [`Transport`](barerock::Transport) does, and the interactive logins `aws sso login` and `aws login`.
//!
//! ```
//! use std::sync::Arc;
//!
//! use barerock::sigv4::{Signer, Timestamp};
//! use barerock::Environment;
//! use barerock_config::{Config, providers::SystemIo};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // `Config::load().await?` does this with the process's environment.
//! let variables = [
//!     ("AWS_REGION", "eu-west-3"),
//!     ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
//!     ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
//! ];
//! let io = Arc::new(SystemIo::without_http());
//! let config = Config::loader().environment(variables.into_iter().collect()).load(io.clone()).await?;
//! let region = config.region().value.clone().unwrap_or_default();
//! assert_eq!(config.region().source.to_string(), "AWS_REGION");
//!
//! let keys = config.credentials(io).provide().await?;
//! let uri = format!("https://dynamodb.{region}.amazonaws.com/");
//! let mut request = http::Request::post(uri).body(bytes::Bytes::from_static(b"{}"))?;
//! let now = Timestamp::parse("20260131T120000Z")?;
//! Signer::new(&region, "dynamodb")?.sign_http(&mut request, &keys.credentials, now)?;
//! assert!(request.headers().contains_key("authorization"));
//! # Ok(())
//! # }
//! ```
//!
//! For a client of Bedrock see [`client`] and [`Config::builder`].
//!
//! An invalid line of a shared file makes only its own section unusable: it is an error of the calls that use the section, and
//! a warning ([`Config::warnings`]) otherwise. A cycle of profiles through `source_profile` is an error, even if one of them
//! has its own keys ([`providers::ProfileProvider`]).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod config;
mod endpoints;
mod error;
mod fault;
mod files;
mod ini;
mod loader;
mod lookup;
mod nearest;
mod network;
mod profile;
mod profiles;
pub mod providers;
mod retry;
mod section;
mod source;
#[cfg(test)]
mod tests;
mod text;

pub use client::client;
pub use config::{AuthScheme, Config};
pub use error::{ConfigError, NoProfile};
pub use files::{FileLocation, SharedFiles};
pub use loader::ConfigLoader;
pub use network::{CaBundle, NetworkSettings};
pub use profile::Profile;
pub use profiles::{ConfigFile, DEFAULT_PROFILE, Profiles};
pub use section::{Section, SettingValue};
pub use source::{Location, Reason, Resolved, Skipped, Source};

/// Compiles the example of the README with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
