//! The report, in the shape of its JSON.

use std::sync::Arc;

use barerock::RetryMode;
use barerock::converse::endpoint::FIPS_REGIONS;
use barerock::transport::ProxyError;
use barerock_config::providers::Io;
use barerock_config::{AuthScheme, Config, ConfigError, Reason, Resolved, SharedFiles, Skipped, Source};
use serde::Serialize;

use super::credentials::Credentials;
use crate::exit::with_options;
use crate::network::CA_BUNDLE;

/// The report. The members of the JSON have the names of the fields.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) profile: String,
    pub(super) profile_source: String,
    pub(super) profile_passed_over: Vec<Other>,
    pub(super) region: Value<Option<String>>,
    pub(super) credentials: Credentials,
    pub(super) endpoint: Endpoint,
    pub(super) auth_scheme: Value<&'static str>,
    pub(super) use_fips_endpoint: Value<bool>,
    pub(super) use_dualstack_endpoint: Value<bool>,
    pub(super) ca_bundle: Value<Option<String>>,
    pub(super) proxy: Value<Option<String>>,
    pub(super) retry_mode: Value<&'static str>,
    /// No value if it is that of the mode.
    pub(super) max_attempts: Value<Option<u32>>,
    pub(super) disable_clock_skew_correction: Value<bool>,
    /// In seconds; 0 is no limit. An invalid one is an error of calls that run a `credential_process`.
    pub(super) credential_process_timeout: Value<u64>,
    pub(super) files: Vec<File>,
    pub(super) warnings: Vec<String>,
    /// The first error, if a call cannot be signed.
    pub(super) first: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
}

/// A value and its source.
#[derive(Debug, Serialize)]
pub(super) struct Value<T> {
    /// `None` if it is invalid.
    pub(super) value: Option<T>,
    pub(super) source: String,
    pub(super) passed_over: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip)]
    pub(super) hint: Option<String>,
}

/// The endpoint.
#[derive(Debug, Serialize)]
pub(super) struct Endpoint {
    pub(super) url: Option<String>,
    pub(super) source: String,
    pub(super) passed_over: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip)]
    pub(super) hint: Option<String>,
}

/// A place that was skipped.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    pub(super) place: String,
    pub(super) why: String,
}

/// A shared file.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    /// The variable that names it, if it is not at its default place.
    pub(super) named_by: Option<&'static str>,
    pub(super) found: bool,
}

impl Report {
    /// `network` is the error of the CA bundle or the proxy.
    pub(super) async fn new(config: &Config, network: Option<String>, io: Arc<dyn Io>) -> Self {
        let profile = Value::ok(config.profile_name().clone(), "--profile");
        let region = Value::ok(config.region().clone(), "--region");
        let endpoint = config.endpoint();
        let proxy = match &endpoint {
            Ok(endpoint) => Value::proxy(config.proxy(&endpoint.value)),
            Err(_) => Value::none(DEFAULT.to_owned()),
        };
        let endpoint = Endpoint::new(endpoint);
        let auth_scheme = config.auth_scheme();
        let credentials = Credentials::find(config, auth_scheme.value, io).await;
        let use_fips_endpoint = Value::new(config.fips(), "");
        let use_dualstack_endpoint = Value::new(config.dual_stack(), "");
        let retry_mode = Value::new(config.retry_mode(), "").map(RetryMode::as_str);
        let max_attempts = Value::new(config.max_attempts(), "");
        let disable_clock_skew_correction = Value::new(config.disable_clock_skew_correction(), "");
        let credential_process_timeout = Value::new(config.credential_process_timeout(), "")
            .map(|limit| limit.map_or(0, |limit| limit.as_secs()));
        let errors = [
            (&use_fips_endpoint.error, &use_fips_endpoint.hint),
            (&use_dualstack_endpoint.error, &use_dualstack_endpoint.hint),
            (&endpoint.error, &endpoint.hint),
            (&network, &None),
            (&retry_mode.error, &retry_mode.hint),
            (&max_attempts.error, &max_attempts.hint),
            (&disable_clock_skew_correction.error, &disable_clock_skew_correction.hint),
            (&credentials.error, &credentials.hint),
        ];
        let first = errors.into_iter().find(|(error, _)| error.is_some());
        let (first, hint) = first.map(|(error, hint)| (error.clone(), hint.clone())).unwrap_or_default();
        let warnings =
            config.warnings().chain(no_fips_host(config)).chain(credentials.warning.clone()).collect();
        Self {
            profile: profile.value.unwrap_or_default(),
            profile_source: profile.source,
            profile_passed_over: profile.passed_over,
            region,
            credentials,
            endpoint,
            auth_scheme: Value::ok(auth_scheme, "").map(|scheme| match scheme {
                AuthScheme::Bearer => "httpBearerAuth",
                _ => "sigv4",
            }),
            use_fips_endpoint,
            use_dualstack_endpoint,
            ca_bundle: Value::ok(config.ca_bundle(), CA_BUNDLE),
            proxy,
            retry_mode,
            max_attempts,
            disable_clock_skew_correction,
            credential_process_timeout,
            files: files(config),
            warnings,
            first,
            hint,
        }
    }
}

/// The source of a value that is not set.
const DEFAULT: &str = "default";

impl<T> Value<T> {
    fn none(source: String) -> Self {
        Self { value: None, source, passed_over: Vec::new(), error: None, hint: None }
    }

    /// `option` is the name of the command-line option for values that code has set.
    fn ok(resolved: Resolved<T>, option: &str) -> Self {
        Self {
            source: named(&resolved.source, option),
            passed_over: others(resolved.skipped, option),
            value: Some(resolved.value),
            error: None,
            hint: None,
        }
    }

    fn new(resolved: Result<Resolved<T>, ConfigError>, option: &str) -> Self {
        resolved.map_or_else(
            |error| Self {
                error: Some(error.to_string()),
                hint: error.hint().map(|hint| with_options(&hint)),
                ..Self::none(source_of(&error))
            },
            |resolved| Self::ok(resolved, option),
        )
    }

    fn map<U>(self, with: impl FnOnce(T) -> U) -> Value<U> {
        let Self { value, source, passed_over, error, hint } = self;
        Value { value: value.map(with), source, passed_over, error, hint }
    }
}

impl Value<Option<String>> {
    fn proxy(resolved: Result<Resolved<Option<String>>, ProxyError>) -> Self {
        resolved.map_or_else(
            |error| Self { error: Some(error.to_string()), ..Self::none(error.name().to_owned()) },
            |resolved| Self::ok(resolved, ""),
        )
    }
}

impl Endpoint {
    fn new(resolved: Result<Resolved<barerock::Endpoint>, ConfigError>) -> Self {
        let Value { value, source, passed_over, error, hint } = Value::new(resolved, "--endpoint-url");
        // As in a call.
        let plaintext = value.as_ref().filter(|endpoint| !endpoint.is_https() && !endpoint.is_loopback());
        let refused = plaintext.map(barerock::Error::plaintext);
        let refused_hint = refused.as_ref().and_then(barerock::Error::hint);
        Self {
            url: value.map(|endpoint| endpoint.as_str().to_owned()),
            source,
            passed_over,
            error: error.or(refused.map(|error| error.to_string())),
            hint: hint.or(refused_hint.map(|hint| with_options(&hint))),
        }
    }
}

fn named(source: &Source, option: &str) -> String {
    match source {
        Source::Code => option.to_owned(),
        source => source.to_string(),
    }
}

/// The source of an invalid value.
fn source_of(error: &ConfigError) -> String {
    match error {
        ConfigError::Value { source, .. } | ConfigError::Endpoint { source, .. } => {
            named(source, "--endpoint-url")
        }
        ConfigError::NoSection { source, .. } => source.to_string(),
        _ => DEFAULT.to_owned(),
    }
}

fn others(skipped: Vec<Skipped>, option: &str) -> Vec<Other> {
    let other = |over: Skipped| {
        let why = match over.reason {
            Reason::After(Source::Code) => format!("set too, but {option} comes first"),
            why => why.to_string(),
        };
        Other { place: over.location, why }
    };
    skipped.into_iter().map(other).collect()
}

fn files(config: &Config) -> Vec<File> {
    let SharedFiles { config: one, credentials: other, .. } = SharedFiles::locate(config.environment());
    [one, other]
        .into_iter()
        .map(|file| File {
            found: config.profiles().files().any(|name| name == file.name),
            path: file.name,
            named_by: file.named_by,
        })
        .collect()
}

/// The endpoint rules give a FIPS host for every region; most of them do not exist.
fn no_fips_host(config: &Config) -> Option<String> {
    let region = config.region().value.as_deref()?;
    let asked_for = config.fips().is_ok_and(|fips| fips.value);
    (asked_for && !FIPS_REGIONS.contains(&region)).then(|| {
        format!("AWS lists no FIPS host of Bedrock Runtime in {region}, but in {}", FIPS_REGIONS.join(", "))
    })
}
