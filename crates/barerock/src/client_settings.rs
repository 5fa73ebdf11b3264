//! The settings of a client that do not come from code.

use core::fmt;
use std::sync::Arc;

use barerock_converse::Endpoint;
use barerock_converse::endpoint::EndpointService;

use crate::credentials::ProvideCredentials;
use crate::environment::Environment;
use crate::error::Error;
use crate::retry::RetryPolicy;
use crate::settings::{self, SettingError};

/// Settings of a client from the environment or a configuration, for
/// [`ClientBuilder::settings`](crate::ClientBuilder::settings). Values set in code override them.
///
/// An invalid setting is an error of its member, which [`ClientBuilder::build`](crate::ClientBuilder::build) returns only if
/// code does not set that member.
#[non_exhaustive]
pub struct ClientSettings {
    /// Region and endpoint.
    pub endpoint: EndpointSettings,
    /// A Bedrock API key. It overrides `credentials`.
    pub bearer_token: Option<String>,
    /// Credentials to sign with; the variables of [`EnvironmentProvider`](crate::credentials::EnvironmentProvider) if unset.
    pub credentials: Option<Arc<dyn ProvideCredentials>>,
    /// Retry policy.
    pub retry: Result<RetryPolicy, Error>,
    /// Whether requests are signed by the service's clock if this machine's differs.
    pub clock_skew_correction: Result<bool, Error>,
}

/// Settings that determine region and endpoint.
#[derive(Debug)]
#[non_exhaustive]
pub struct EndpointSettings {
    /// The region to call and to sign for.
    pub region: Option<String>,
    /// Places that may set the region, for the error if none does.
    pub region_looked_at: Vec<String>,
    /// URL of a custom endpoint.
    pub url: Result<Option<EndpointUrl>, Error>,
    /// Whether to call endpoints validated under FIPS 140.
    pub fips: Result<bool, Error>,
    /// Whether to call endpoints that support IPv6 as well as IPv4.
    pub dual_stack: Result<bool, Error>,
}

/// URL of an endpoint, and the place that sets it.
#[derive(Clone)]
#[non_exhaustive]
pub struct EndpointUrl {
    /// The URL. It may contain a user name or password, so `Debug` omits it.
    pub url: String,
    /// The variable or the place in a file that sets it, for errors; `None` if it is code.
    pub source: Option<String>,
}

impl EndpointUrl {
    /// A URL that `source` sets.
    pub fn new(url: impl Into<String>, source: impl Into<Option<String>>) -> Self {
        Self { url: url.into(), source: source.into() }
    }
}

impl ClientSettings {
    /// The settings of an environment, without any file. Links every retry mode, as the environment may name any.
    #[must_use]
    pub fn from_env(environment: &Environment) -> Self {
        let text = |setting: settings::Setting<String>| setting.from_env(environment).ok().flatten();
        let switch = |setting: settings::Setting<bool>| {
            setting.from_env(environment).map(Option::unwrap_or_default).map_err(Error::from)
        };
        let looked_at = settings::REGION.variables().iter().map(|&name| name.to_owned());
        Self {
            endpoint: EndpointSettings {
                region: text(settings::REGION),
                region_looked_at: looked_at.collect(),
                url: endpoint_url(environment).map_err(Error::from),
                fips: switch(settings::FIPS),
                dual_stack: switch(settings::DUAL_STACK),
            },
            bearer_token: text(settings::BEARER_TOKEN),
            credentials: None,
            retry: retry_policy(environment).map_err(Error::from),
            clock_skew_correction: switch(settings::DISABLE_CLOCK_SKEW_CORRECTION).map(|disabled| !disabled),
        }
    }
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            endpoint: EndpointSettings::default(),
            bearer_token: None,
            credentials: None,
            retry: Ok(RetryPolicy::standard()),
            clock_skew_correction: Ok(true),
        }
    }
}

impl EndpointSettings {
    /// Resolves region and endpoint; arguments override the settings.
    ///
    /// # Errors
    /// If there is no region, or a setting that leads to the endpoint is invalid.
    pub fn resolve(self, region: Option<String>, url: Option<String>) -> Result<(String, Endpoint), Error> {
        let Some(region) = region.or(self.region) else {
            return Err(Error::no_region(self.region_looked_at));
        };
        let url = match url {
            Some(url) => Some(EndpointUrl::new(url, None)),
            None => self.url?,
        };
        let endpoint = Endpoint::builder().region(&region).fips(self.fips?).dual_stack(self.dual_stack?);
        let endpoint = match url {
            None => endpoint.build().map_err(|error| Error::endpoint(None, error)),
            Some(EndpointUrl { url, source }) => {
                endpoint.url(&url).build().map_err(|error| Error::endpoint(source, error))
            }
        };
        endpoint.map(|endpoint| (region, endpoint))
    }
}

impl Default for EndpointSettings {
    fn default() -> Self {
        Self {
            region: None,
            region_looked_at: Vec::new(),
            url: Ok(None),
            fips: Ok(false),
            dual_stack: Ok(false),
        }
    }
}

fn endpoint_url(environment: &Environment) -> Result<Option<EndpointUrl>, SettingError> {
    if settings::IGNORE_ENDPOINT_URLS.from_env(environment)?.unwrap_or_default() {
        return Ok(None);
    }
    let own = settings::service_endpoint_url(EndpointService::BedrockRuntime).variables();
    let found = environment.first(own).or_else(|| environment.first(settings::ENDPOINT_URL.variables()));
    Ok(found.map(|(variable, url)| EndpointUrl::new(url, variable.to_owned())))
}

fn retry_policy(environment: &Environment) -> Result<RetryPolicy, SettingError> {
    let mode = settings::RETRY_MODE.from_env(environment)?.unwrap_or_default();
    Ok(settings::retry_policy(mode, settings::MAX_ATTEMPTS.from_env(environment)?))
}

/// Omits the API key and the credentials.
impl fmt::Debug for ClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSettings").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointUrl").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(
        region: Option<&str>,
        url: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<(String, String), String> {
        let settings = ClientSettings::from_env(&variables.iter().copied().collect());
        let address = settings.endpoint.resolve(region.map(str::to_owned), url.map(str::to_owned));
        let address = address.map(|(region, endpoint)| (region, endpoint.as_str().to_owned()));
        address.map_err(|error| error.to_string())
    }

    #[test]
    fn region_order() {
        let both = [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "us-west-2")];
        assert_eq!(address(Some("us-east-1"), None, &both).unwrap().0, "us-east-1");
        assert_eq!(address(None, None, &both).unwrap().0, "us-west-2");
        let error = address(None, None, &[]).unwrap_err();
        assert!(error.contains("AWS_REGION") && error.contains("AWS_DEFAULT_REGION"), "{error}");
    }

    #[test]
    fn endpoint_order() {
        let own = ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://own:1");
        let (all, ignore) =
            (("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"));
        let get = |url, variables: &[(&str, &str)]| address(Some("us-east-1"), url, variables);
        assert_eq!(get(Some("http://code:1"), &[own, all]).unwrap().1, "http://code:1");
        assert_eq!(get(None, &[all, own]).unwrap().1, "http://own:1");
        assert_eq!(get(None, &[all]).unwrap().1, "http://all:1");
        assert_eq!(get(None, &[all, ignore]).unwrap().1, "https://bedrock-runtime.us-east-1.amazonaws.com");
        let (fips, dual) = (("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"));
        assert_eq!(get(None, &[fips, dual]).unwrap().1, "https://bedrock-runtime-fips.us-east-1.api.aws");
        let wrong = get(None, &[("AWS_USE_FIPS_ENDPOINT", "yes")]).unwrap_err();
        assert_eq!(wrong, "AWS_USE_FIPS_ENDPOINT must be true or false");
        let wrong = get(None, &[("AWS_ENDPOINT_URL", "ftp://x")]).unwrap_err();
        assert!(wrong.starts_with("AWS_ENDPOINT_URL: "), "{wrong}");
        // What code sets is not looked up.
        let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "perhaps");
        assert!(get(None, &[ignore]).is_err());
        assert_eq!(get(Some("http://code:1"), &[ignore]).unwrap().1, "http://code:1");
    }
}
