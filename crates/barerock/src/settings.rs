//! Region and endpoint out of the environment.

use barerock_converse::Endpoint;

use crate::environment::{Environment, REGION};
use crate::error::Error;

/// The service's own variable before the one for all services.
const ENDPOINT_URL: [&str; 2] = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"];
const IGNORE_ENDPOINT_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

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
    let configured = || {
        (!environment.is_true(IGNORE_ENDPOINT_URLS))
            .then(|| environment.first(&ENDPOINT_URL))
            .flatten()
            .map(|(_, url)| url)
    };
    match explicit.or_else(configured) {
        Some(url) => Endpoint::custom(url),
        None => Endpoint::for_region(region),
    }
    .map_err(Error::endpoint)
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
        let (own, all) = ((ENDPOINT_URL[0], "http://own:1"), (ENDPOINT_URL[1], "http://all:1"));
        let get = |explicit, variables: &[(&str, &str)]| {
            endpoint(explicit, &variables.iter().copied().collect(), "us-east-1").unwrap().as_str().to_owned()
        };
        assert_eq!(get(Some("http://code:1"), &[own, all]), "http://code:1");
        assert_eq!(get(None, &[all, own]), "http://own:1");
        assert_eq!(get(None, &[all]), "http://all:1");
        assert_eq!(
            get(None, &[all, (IGNORE_ENDPOINT_URLS, "True")]),
            "https://bedrock-runtime.us-east-1.amazonaws.com"
        );
    }
}
