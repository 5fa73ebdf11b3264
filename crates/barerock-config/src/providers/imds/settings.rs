//! Settings of the instance metadata provider.

use core::time::Duration;

use barerock::Environment;
use barerock::settings::{
    METADATA_ATTEMPTS, METADATA_DISABLED, METADATA_ENDPOINT, METADATA_ENDPOINT_MODE, METADATA_IPV4,
    METADATA_TIMEOUT, Setting,
};

use crate::lookup;
use crate::{ConfigError, Profile};

/// botocore's limit and number of attempts. Outside of EC2 every program without other credentials waits this long.
const LIMIT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 1;

/// The address of the service and how requests to it are sent.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The URL, without a slash at the end.
    pub(super) base: String,
    /// Time limit of an attempt.
    pub(super) limit: Duration,
    /// Number of attempts if there is no response, or an invalid one.
    pub(super) attempts: u32,
}

impl Settings {
    /// Reads the settings from the environment and the profile; `None` if the service must not be called.
    pub(super) fn resolve(
        environment: &Environment,
        profile: Option<Profile<'_>>,
    ) -> Result<Option<Self>, ConfigError> {
        if find(environment, profile, &METADATA_DISABLED)? == Some(true) {
            return Ok(None);
        }
        let base = match find(environment, profile, &METADATA_ENDPOINT)? {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => find(environment, profile, &METADATA_ENDPOINT_MODE)?.unwrap_or(METADATA_IPV4).to_owned(),
        };
        let limit = find(environment, profile, &METADATA_TIMEOUT)?.unwrap_or(LIMIT);
        let attempts = find(environment, profile, &METADATA_ATTEMPTS)?.unwrap_or(ATTEMPTS);
        Ok(Some(Self { base, limit, attempts }))
    }
}

fn find<T>(
    environment: &Environment,
    profile: Option<Profile<'_>>,
    setting: &Setting<T>,
) -> Result<Option<T>, ConfigError> {
    Ok(lookup::find(None, environment, profile, setting).parse(setting)?.value)
}
