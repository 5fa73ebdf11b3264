//! Region, endpoint, retries and the like out of the environment alone: what a client without the shared files needs, and no more.

use barerock_converse::Endpoint;
use barerock_converse::endpoint::EndpointService;

use super::endpoints::{self, ENDPOINT_URL, IGNORE};
use super::error::ConfigError;
use super::lookup::{Names, SWITCH, switch};
use super::retry::{self, ATTEMPTS_RULE, MAX_ATTEMPTS, MODE_RULE, RETRY_MODE};
use super::settings::{DUAL_STACK, FIPS, NO_SKEW};
use super::source::Source;
use crate::environment::{Environment, REGION};
use crate::error::Error;
use crate::retry::RetryPolicy;

/// The region to call and to sign for.
pub(crate) fn region(explicit: Option<&str>, environment: &Environment) -> Result<String, Error> {
    explicit.or_else(|| environment.region()).map(str::to_owned).ok_or_else(|| Error::no_region(&REGION))
}

/// The endpoint: one of yours, else the service's own for the region.
pub(crate) fn endpoint(
    explicit: Option<&str>,
    environment: &Environment,
    region: &str,
) -> Result<Endpoint, Error> {
    let is_on = |names| read(environment, names, SWITCH, switch).map(Option::unwrap_or_default);
    let own = endpoints::names(EndpointService::BedrockRuntime).variables;
    let url = match explicit {
        None if !is_on(IGNORE)? => {
            let url = environment.first(own).or_else(|| environment.first(ENDPOINT_URL.variables));
            url.map(|(_, url)| url)
        }
        explicit => explicit,
    };
    let endpoint = Endpoint::builder().region(region).fips(is_on(FIPS)?).dual_stack(is_on(DUAL_STACK)?);
    url.map_or(endpoint, |url| endpoint.url(url)).build().map_err(Error::endpoint)
}

/// How calls are tried again. It links every retry mode: which one is meant is known only at run time.
pub(crate) fn retry(environment: &Environment) -> Result<RetryPolicy, Error> {
    let mode = read(environment, RETRY_MODE, MODE_RULE, retry::mode)?.flatten();
    let attempts = read(environment, MAX_ATTEMPTS, ATTEMPTS_RULE, retry::attempts)?;
    Ok(retry::policy(mode.unwrap_or_default(), attempts))
}

/// Whether a wrong clock is corrected for.
pub(crate) fn corrects_clock_skew(environment: &Environment) -> Result<bool, Error> {
    let disabled = read(environment, NO_SKEW, SWITCH, switch)?;
    Ok(!disabled.unwrap_or_default())
}

/// The first of a setting's variables that is set, as what it must be.
fn read<T>(
    environment: &Environment,
    names: Names,
    rule: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let Some((name, text)) = environment.first(names.variables) else { return Ok(None) };
    let value = read(text.trim_ascii());
    value.map(Some).ok_or(ConfigError::Value { source: Source::Variable(name), rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_order() {
        let both: Environment =
            [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "us-west-2")].into_iter().collect();
        assert_eq!(region(Some("us-east-1"), &both).unwrap(), "us-east-1");
        assert_eq!(region(None, &both).unwrap(), "us-west-2");
        let one: Environment =
            [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "")].into_iter().collect();
        assert_eq!(region(None, &one).unwrap(), "eu-west-1");
        let error = region(None, &Environment::default()).unwrap_err();
        assert!(error.to_string().contains("AWS_REGION"), "{error}");
    }

    #[test]
    fn endpoint_order() {
        let own = ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://own:1");
        let (all, ignore) =
            (("AWS_ENDPOINT_URL", "http://all:1"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"));
        let get = |explicit, variables: &[(&str, &str)]| {
            endpoint(explicit, &variables.iter().copied().collect(), "us-east-1").unwrap().as_str().to_owned()
        };
        assert_eq!(get(Some("http://code:1"), &[own, all]), "http://code:1");
        assert_eq!(get(None, &[all, own]), "http://own:1");
        assert_eq!(get(None, &[all]), "http://all:1");
        assert_eq!(get(None, &[all, ignore]), "https://bedrock-runtime.us-east-1.amazonaws.com");
        let (fips, dual) = (("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"));
        assert_eq!(get(None, &[fips, dual]), "https://bedrock-runtime-fips.us-east-1.api.aws");
        let wrong = [("AWS_USE_FIPS_ENDPOINT", "yes")].into_iter().collect();
        let error = endpoint(None, &wrong, "us-east-1").unwrap_err();
        assert_eq!(error.to_string(), "AWS_USE_FIPS_ENDPOINT must be true or false");
    }
}
