//! Where the instance metadata service is, and how patient to be with it.

use core::time::Duration;
use std::sync::Arc;

use super::super::CredentialsError;
use super::super::http_query::HttpQuery;
use super::{InstanceMetadataProvider, PROVIDER, uri};

/// botocore's: one second, once. Elsewhere than on EC2 every program waits for this.
const LIMIT_SECONDS: &str = "1";
const ATTEMPTS: &str = "1";

/// The service's link-local addresses.
const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

/// A setting of this provider: its variable, and its key in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstanceMetadataSetting {
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT`: the service's URL.
    Endpoint,
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`: `IPv4` or `IPv6`.
    Mode,
    /// `AWS_METADATA_SERVICE_TIMEOUT`: seconds for each try.
    Timeout,
    /// `AWS_METADATA_SERVICE_NUM_ATTEMPTS`: how often to try.
    Attempts,
}

impl InstanceMetadataSetting {
    pub(in super::super) const ALL: [Self; 4] = [Self::Endpoint, Self::Mode, Self::Timeout, Self::Attempts];

    /// The variable and the key.
    #[must_use]
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Endpoint => ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint"),
            Self::Mode => ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode"),
            Self::Timeout => ("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"),
            Self::Attempts => ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"),
        }
    }
}

impl InstanceMetadataProvider {
    pub(super) fn settings(&self) -> Result<(HttpQuery, String), CredentialsError> {
        let bad = |(_, source): (String, String), rule: &str| {
            CredentialsError::invalid(PROVIDER, format!("{source} must be {rule}"))
        };
        let base = match self.find(InstanceMetadataSetting::Endpoint) {
            Some(found) => match uri(&found.0, "/") {
                // Nothing secret is sent there, so that plain http is as good as the service's own.
                Ok(uri) if is_plain(&uri) => found.0.trim_end_matches('/').to_owned(),
                _ => return Err(bad(found, "an http or https URL without user name, password and query")),
            },
            None => match self.find(InstanceMetadataSetting::Mode) {
                None => IPV4.to_owned(),
                Some((mode, _)) if mode.eq_ignore_ascii_case("IPv4") => IPV4.to_owned(),
                Some((mode, _)) if mode.eq_ignore_ascii_case("IPv6") => IPV6.to_owned(),
                Some(found) => return Err(bad(found, "IPv4 or IPv6")),
            },
        };
        let limit = self.or(InstanceMetadataSetting::Timeout, LIMIT_SECONDS);
        let attempts = self.or(InstanceMetadataSetting::Attempts, ATTEMPTS);
        let query = HttpQuery {
            io: Arc::clone(&self.io),
            provider: PROVIDER,
            limit: match limit
                .0
                .parse::<f64>()
                .ok()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            {
                Some(duration) if !duration.is_zero() => duration,
                _ => return Err(bad(limit, "a number of seconds above 0")),
            },
            attempts: match attempts.0.parse() {
                Ok(number @ 1..=100) => number,
                _ => return Err(bad(attempts, "a number from 1 to 100")),
            },
        };
        Ok((query, base))
    }

    /// A setting, and where it stands.
    fn find(&self, setting: InstanceMetadataSetting) -> Option<(String, String)> {
        let (variable, _key) = setting.names();
        if let Some(value) = self.environment.get(variable) {
            return Some((value.to_owned(), variable.to_owned()));
        }
        let found = self.settings.iter().find(|(other, _, _)| *other == setting)?;
        Some((found.1.clone(), found.2.clone()))
    }

    fn or(&self, setting: InstanceMetadataSetting, default: &str) -> (String, String) {
        self.find(setting).unwrap_or_else(|| (default.to_owned(), String::new()))
    }
}

/// Whether a URL has a host, and nothing that must not be shown.
fn is_plain(uri: &http::Uri) -> bool {
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    is_http
        && uri.query().is_none()
        && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
}
