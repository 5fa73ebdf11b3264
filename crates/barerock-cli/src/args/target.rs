//! Options for profile, region, endpoint and CA bundle.

use barerock_config::{Config, ConfigLoader};
use clap::Args;

use crate::mfa::Terminal;
use crate::render::is_interactive;

/// Options that override the environment and the shared files.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Profile of the shared config and credentials files [default: AWS_PROFILE, then AWS_DEFAULT_PROFILE, then default]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// AWS region [default: AWS_REGION, then AWS_DEFAULT_REGION, then the profile's]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Endpoint URL to use instead of the service's endpoint for the region
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// PEM file of CA certificates to trust instead of the built-in roots [default: AWS_CA_BUNDLE, then the profile's
    /// ca_bundle]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<String>,
}

impl Target {
    /// Returns a configuration loader with these options set.
    pub(crate) fn loader(&self) -> ConfigLoader {
        let mut loader = Config::loader();
        if is_interactive() {
            loader = loader.mfa(Terminal);
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(region);
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(path) = &self.ca_bundle {
            loader = loader.ca_bundle(path);
        }
        loader
    }
}
