//! What there is to tell, in the shape of the JSON.

use std::sync::Arc;

use barerock::RetryMode;
use barerock::converse::endpoint::FIPS_REGIONS;
use barerock::transport::ProxyError;
use barerock_config::providers::Io;
use barerock_config::{AuthScheme, Config, ConfigError, Reason, Resolved, SharedFiles, Skipped, Source};
use serde::Serialize;

use super::credentials::Credentials;
use crate::network::CA_BUNDLE;

/// The whole report. Members of JSON have the names of the fields.
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
    /// Nothing where it is left to the mode.
    pub(super) max_attempts: Value<Option<u32>>,
    pub(super) disable_clock_skew_correction: Value<bool>,
    pub(super) files: Vec<File>,
    pub(super) warnings: Vec<String>,
    /// What to do first, if a call cannot be signed.
    pub(super) first: Option<String>,
}

/// A value and where it comes from.
#[derive(Debug, Serialize)]
pub(super) struct Value<T> {
    /// `None` where it is wrong.
    pub(super) value: Option<T>,
    pub(super) source: String,
    pub(super) passed_over: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// Where requests go.
#[derive(Debug, Serialize)]
pub(super) struct Endpoint {
    pub(super) url: Option<String>,
    pub(super) source: String,
    pub(super) passed_over: Vec<Other>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// A place that was looked at and does not count.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    pub(super) place: String,
    pub(super) why: String,
}

/// A shared file.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    /// The variable that names it, if it is not at its usual place.
    pub(super) named_by: Option<&'static str>,
    pub(super) found: bool,
}

impl Report {
    /// `network` is what is wrong with the CA bundle or the proxy.
    pub(super) async fn new(config: &Config, network: Option<String>, io: Arc<dyn Io>) -> Self {
        let profile = Value::ok(config.profile_name().clone(), "--profile");
        let region = Value::ok(config.region().clone(), "--region");
        let endpoint = config.endpoint();
        let proxy = match &endpoint {
            Ok(endpoint) => Value::proxy(config.proxy(&endpoint.value)),
            Err(_) => Value { value: None, source: DEFAULT.to_owned(), passed_over: Vec::new(), error: None },
        };
        let endpoint = Endpoint::new(endpoint);
        let auth_scheme = config.auth_scheme();
        let credentials = Credentials::find(config, auth_scheme.value, io).await;
        let use_fips_endpoint = Value::new(config.fips(), "");
        let use_dualstack_endpoint = Value::new(config.dual_stack(), "");
        let retry_mode = Value::new(config.retry_mode(), "").map(RetryMode::as_str);
        let max_attempts = Value::new(config.max_attempts(), "");
        let disable_clock_skew_correction = Value::new(config.disable_clock_skew_correction(), "");
        let wrong = [
            &use_fips_endpoint.error,
            &use_dualstack_endpoint.error,
            &endpoint.error,
            &network,
            &retry_mode.error,
            &max_attempts.error,
            &disable_clock_skew_correction.error,
            &credentials.error,
        ];
        let first = wrong.into_iter().flatten().next().cloned();
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
            files: files(config),
            warnings: config.warnings().chain(no_fips_host(config)).collect(),
            first,
        }
    }
}

/// What nobody set.
const DEFAULT: &str = "default";

impl<T> Value<T> {
    /// `option` is what code means here.
    fn ok(resolved: Resolved<T>, option: &str) -> Self {
        Self {
            source: named(&resolved.source, option),
            passed_over: others(resolved.skipped, option),
            value: Some(resolved.value),
            error: None,
        }
    }

    fn new(resolved: Result<Resolved<T>, ConfigError>, option: &str) -> Self {
        resolved.map_or_else(
            |error| Self {
                value: None,
                source: source_of(&error),
                passed_over: Vec::new(),
                error: Some(error.to_string()),
            },
            |resolved| Self::ok(resolved, option),
        )
    }

    fn map<U>(self, with: impl FnOnce(T) -> U) -> Value<U> {
        let Self { value, source, passed_over, error } = self;
        Value { value: value.map(with), source, passed_over, error }
    }
}

impl Value<Option<String>> {
    fn proxy(resolved: Result<Resolved<Option<String>>, ProxyError>) -> Self {
        resolved.map_or_else(
            |error| Self {
                value: None,
                source: error.name().to_owned(),
                passed_over: Vec::new(),
                error: Some(error.to_string()),
            },
            |resolved| Self::ok(resolved, ""),
        )
    }
}

impl Endpoint {
    fn new(resolved: Result<Resolved<barerock::Endpoint>, ConfigError>) -> Self {
        let Value { value, source, passed_over, error } = Value::new(resolved, "--endpoint-url");
        // The client refuses it, too.
        let in_the_clear = value.as_ref().filter(|endpoint| !endpoint.is_https() && !endpoint.is_loopback());
        let refused = in_the_clear.map(|endpoint| barerock::Error::plaintext(endpoint).to_string());
        Self {
            url: value.map(|endpoint| endpoint.as_str().to_owned()),
            source,
            passed_over,
            error: error.or(refused),
        }
    }
}

fn named(source: &Source, option: &str) -> String {
    match source {
        Source::Code => option.to_owned(),
        source => source.to_string(),
    }
}

/// What a value that is wrong comes from.
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

/// The rules name a FIPS host for every region; most of them do not exist.
fn no_fips_host(config: &Config) -> Option<String> {
    let region = config.region().value.as_deref()?;
    let asked_for = config.fips().is_ok_and(|fips| fips.value);
    (asked_for && !FIPS_REGIONS.contains(&region)).then(|| {
        format!("AWS lists no FIPS host of Bedrock Runtime in {region}, but in {}", FIPS_REGIONS.join(", "))
    })
}
