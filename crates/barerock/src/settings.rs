//! The table of settings AWS's tools share: environment variables, profile key, valid values.
//!
//! [`Client::from_env`](crate::Client::from_env) reads it from the environment alone, `barerock-config` from code,
//! environment and profile. The names are those of AWS's "Shared config and credentials files" reference.
//!
//! ```
//! use barerock::{Environment, settings};
//!
//! let environment: Environment = [("AWS_MAX_ATTEMPTS", "5")].into_iter().collect();
//! assert_eq!(settings::MAX_ATTEMPTS.from_env(&environment), Ok(Some(5)));
//! ```

use core::fmt;
use core::time::Duration;
use std::borrow::Cow;

use barerock_converse::endpoint::EndpointService;

use crate::environment::Environment;
use crate::retry::{RetryMode, RetryPolicy};

/// The region to call and to sign for. AWS's SDKs read the first variable, botocore the second; the first wins.
pub const REGION: Setting<String> = Setting::text(&["AWS_REGION", "AWS_DEFAULT_REGION"], Some("region"));

/// The profile. The first variable wins, as in AWS's SDKs; in botocore the second does.
pub const PROFILE: Setting<String> = Setting::text(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None);

/// A Bedrock API key.
pub const BEARER_TOKEN: Setting<String> = Setting::text(&["AWS_BEARER_TOKEN_BEDROCK"], None);

/// The endpoint URL of all services.
pub const ENDPOINT_URL: Setting<String> = Setting::text(&["AWS_ENDPOINT_URL"], Some("endpoint_url"));

/// Whether endpoint URLs of environment and profile are ignored.
pub const IGNORE_ENDPOINT_URLS: Setting<bool> =
    Setting::switch(&["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], "ignore_configured_endpoint_urls");

/// Whether to call endpoints validated under FIPS 140.
pub const FIPS: Setting<bool> = Setting::switch(&["AWS_USE_FIPS_ENDPOINT"], "use_fips_endpoint");

/// Whether to call endpoints that support IPv6 as well as IPv4.
pub const DUAL_STACK: Setting<bool> =
    Setting::switch(&["AWS_USE_DUALSTACK_ENDPOINT"], "use_dualstack_endpoint");

/// The PEM file of certificates to trust.
pub const CA_BUNDLE: Setting<String> = Setting::text(&["AWS_CA_BUNDLE"], Some("ca_bundle"));

/// The preferred authentication schemes, separated by commas.
pub const AUTH_SCHEMES: Setting<String> =
    Setting::text(&["AWS_AUTH_SCHEME_PREFERENCE"], Some("auth_scheme_preference"));

/// Whether requests are signed by this machine's clock even if the service's clock differs.
pub const DISABLE_CLOCK_SKEW_CORRECTION: Setting<bool> =
    Setting::switch(&["AWS_DISABLE_CLOCK_SKEW_CORRECTION"], "disable_clock_skew_correction");

/// The retry mode. botocore's `legacy` is read as standard.
pub const RETRY_MODE: Setting<RetryMode> = Setting {
    variables: &["AWS_RETRY_MODE"],
    key: Some("retry_mode"),
    rule: "must be standard, adaptive or legacy",
    parse: |text| match text.parse() {
        Ok(mode) => Some(mode),
        Err(_) => text.eq_ignore_ascii_case("legacy").then_some(RetryMode::Standard),
    },
};

/// The number of attempts of a call, the first one included.
pub const MAX_ATTEMPTS: Setting<u32> = Setting {
    variables: &["AWS_MAX_ATTEMPTS"],
    key: Some("max_attempts"),
    rule: "must be a whole number, 1 or more",
    parse: |text| text.parse().ok().filter(|attempts| *attempts > 0),
};

/// Whether the instance metadata service must not be called.
pub const METADATA_DISABLED: Setting<bool> =
    Setting { key: None, ..Setting::switch(&["AWS_EC2_METADATA_DISABLED"], "") };

/// The URL of the instance metadata service, plain HTTP included: nothing secret is sent there.
pub const METADATA_ENDPOINT: Setting<String> = Setting {
    variables: &["AWS_EC2_METADATA_SERVICE_ENDPOINT"],
    key: Some("ec2_metadata_service_endpoint"),
    rule: "must be an http or https URL without user name, password and query",
    parse: |text| {
        let uri: http::Uri = text.parse().ok()?;
        let has_user = uri.authority()?.as_str().contains('@');
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        (is_http && !has_user && uri.query().is_none()).then(|| text.to_owned())
    },
};

/// The link-local URL of the instance metadata service over IPv4.
pub const METADATA_IPV4: &str = "http://169.254.169.254";

/// The protocol of the instance metadata service, read as its link-local URL over that protocol.
pub const METADATA_ENDPOINT_MODE: Setting<&'static str> = Setting {
    variables: &["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"],
    key: Some("ec2_metadata_service_endpoint_mode"),
    rule: "must be IPv4 or IPv6",
    parse: |text| match text {
        _ if text.eq_ignore_ascii_case("IPv4") => Some(METADATA_IPV4),
        _ if text.eq_ignore_ascii_case("IPv6") => Some("http://[fd00:ec2::254]"),
        _ => None,
    },
};

/// The time limit of an attempt to reach the instance metadata service, in seconds.
pub const METADATA_TIMEOUT: Setting<Duration> = Setting {
    variables: &["AWS_METADATA_SERVICE_TIMEOUT"],
    key: Some("metadata_service_timeout"),
    rule: "must be a number of seconds above 0",
    parse: |text| {
        let limit = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
        (!limit.is_zero()).then_some(limit)
    },
};

/// The number of attempts to reach the instance metadata service, the first one included.
pub const METADATA_ATTEMPTS: Setting<u32> = Setting {
    variables: &["AWS_METADATA_SERVICE_NUM_ATTEMPTS"],
    key: Some("metadata_service_num_attempts"),
    rule: "must be a whole number from 1 to 100",
    parse: |text| text.parse().ok().filter(|attempts| (1..=100).contains(attempts)),
};

/// The time a `credential_process` may take, in seconds; 0 is no limit. AWS's tools have no such setting.
pub const CREDENTIAL_PROCESS_TIMEOUT: Setting<u32> = Setting {
    variables: &["BAREROCK_CREDENTIAL_PROCESS_TIMEOUT"],
    key: Some("barerock_credential_process_timeout"),
    rule: "must be a whole number of seconds, or 0 for no limit",
    parse: |text| text.parse().ok(),
};

/// The policy of a retry mode and a number of attempts, which is the mode's own if unset.
#[must_use]
pub fn retry_policy(mode: RetryMode, max_attempts: Option<u32>) -> RetryPolicy {
    let policy = RetryPolicy::of(mode);
    match max_attempts {
        Some(attempts) => policy.max_attempts(attempts),
        None => policy,
    }
}

/// The endpoint URL of one service. The key is that of the service in a `services` section, with `endpoint_url` nested
/// under it.
#[must_use]
pub const fn service_endpoint_url(service: EndpointService) -> Setting<String> {
    match service {
        EndpointService::BedrockRuntime => {
            Setting::text(&["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"], Some("bedrock_runtime"))
        }
        EndpointService::Sts => Setting::text(&["AWS_ENDPOINT_URL_STS"], Some("sts")),
        EndpointService::Sso => Setting::text(&["AWS_ENDPOINT_URL_SSO"], Some("sso")),
        EndpointService::SsoOidc => Setting::text(&["AWS_ENDPOINT_URL_SSO_OIDC"], Some("sso_oidc")),
        EndpointService::Signin => Setting::text(&["AWS_ENDPOINT_URL_SIGNIN"], Some("signin")),
        // The enum grows together with this function.
        _ => Setting::text(&[], None),
    }
}

/// A setting: where it can be set, and which values are valid.
pub struct Setting<T> {
    variables: &'static [&'static str],
    key: Option<&'static str>,
    rule: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl Setting<String> {
    const fn text(variables: &'static [&'static str], key: Option<&'static str>) -> Self {
        Self { variables, key, rule: "must be text", parse: |text| Some(text.to_owned()) }
    }
}

impl Setting<bool> {
    const fn switch(variables: &'static [&'static str], key: &'static str) -> Self {
        let parse = |text: &str| match text {
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        Self { variables, key: Some(key), rule: "must be true or false", parse }
    }
}

impl<T> Setting<T> {
    /// The environment variables, by precedence.
    #[must_use]
    pub const fn variables(&self) -> &'static [&'static str] {
        self.variables
    }

    /// The key in a profile; `None` if a profile cannot set it.
    #[must_use]
    pub const fn key(&self) -> Option<&'static str> {
        self.key
    }

    /// The valid values, as the end of a sentence: `must be true or false`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    /// Parses a value; `None` if it breaks the [`rule`](Self::rule).
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<T> {
        (self.parse)(text)
    }

    /// The value of the first variable that is set and not empty, surrounding whitespace removed.
    ///
    /// # Errors
    /// If that value breaks the [`rule`](Self::rule), or one of the variables is not UTF-8.
    pub fn from_env(&self, environment: &Environment) -> Result<Option<T>, SettingError> {
        if let Some(name) = self.variables.iter().find(|name| environment.is_not_utf8(name)) {
            return Err(SettingError::not_utf8(name));
        }
        let Some((variable, text)) = environment.first(self.variables) else { return Ok(None) };
        let value = self.parse(text.trim_ascii());
        value.map(Some).ok_or(SettingError { variable: variable.into(), rule: self.rule })
    }
}

impl<T> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("variables", &self.variables)
            .field("key", &self.key)
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}

/// An environment variable with an invalid value, which is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    variable: Cow<'static, str>,
    rule: &'static str,
}

impl SettingError {
    /// The error of a variable whose value is not UTF-8.
    pub(crate) fn not_utf8(variable: &str) -> Self {
        Self { variable: variable.to_owned().into(), rule: "is not valid UTF-8" }
    }

    /// The name of the variable.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.rule)
    }
}

impl core::error::Error for SettingError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_wins_and_empty_is_unset() {
        let get = |variables: &[(&str, &str)]| REGION.from_env(&variables.iter().copied().collect()).unwrap();
        let both = [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "us-west-2")];
        assert_eq!(get(&both).as_deref(), Some("us-west-2"));
        assert_eq!(get(&[both[0], ("AWS_REGION", "")]).as_deref(), Some("eu-west-1"));
        assert_eq!(get(&[]), None);
    }

    #[test]
    fn values_follow_the_rule() {
        for (text, value) in [("TRUE", Some(true)), (" false\n", Some(false)), ("yes", None), ("1", None)] {
            let found = FIPS.from_env(&[("AWS_USE_FIPS_ENDPOINT", text)].into_iter().collect());
            assert_eq!(found.clone().ok().flatten(), value, "{text:?}");
            if let Err(error) = found {
                assert_eq!(error.to_string(), "AWS_USE_FIPS_ENDPOINT must be true or false");
            }
        }
        for (text, value) in
            [("Adaptive", Some(RetryMode::Adaptive)), ("legacy", Some(RetryMode::Standard)), ("never", None)]
        {
            assert_eq!(RETRY_MODE.parse(text), value);
        }
        for (text, value) in [("1", Some(1)), ("0", None), ("-1", None), ("", None), ("4294967296", None)] {
            assert_eq!(MAX_ATTEMPTS.parse(text), value, "{text:?}");
        }
    }
}
