//! Where calls go and as whom: what the shared configuration may say too.

use barerock::config::{Config, ConfigLoader};
use clap::Args;

use crate::mfa::Terminal;
use crate::render::is_interactive;

/// The options that beat the environment and the shared files.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The profile of the shared config and credentials files; else AWS_PROFILE, else AWS_DEFAULT_PROFILE, else default
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region; else AWS_REGION, else AWS_DEFAULT_REGION, else the profile's
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Another endpoint than the service's own for the region
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Trust the certificates of this PEM file in place of the built-in ones; else those of AWS_CA_BUNDLE, else those the
    /// profile's ca_bundle names
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<String>,
}

impl Target {
    /// Sets up the configuration with these before all else.
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
