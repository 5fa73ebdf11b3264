//! Which endpoint the configuration leads to.

use barerock_converse::Endpoint;
use barerock_converse::endpoint::EndpointService;

use super::error::ConfigError;
use super::lookup::{Names, Search};
use super::section::Setting;
use super::settings::Config;
use super::source::{Resolved, Source};

/// The variable for all services.
pub(super) const ENDPOINT_URL: Names = Names { variables: &["AWS_ENDPOINT_URL"], key: "endpoint_url" };
pub(super) const IGNORE: Names =
    Names { variables: &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], key: "ignore_configured_endpoint_urls" };

/// What the service is called in variables and in services sections.
pub(super) fn names(service: EndpointService) -> Names {
    let (variable, key): (&'static [&'static str], _) = match service {
        EndpointService::BedrockRuntime => (&["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"], "bedrock_runtime"),
        EndpointService::Sts => (&["AWS_ENDPOINT_URL_STS"], "sts"),
        EndpointService::Sso => (&["AWS_ENDPOINT_URL_SSO"], "sso"),
        EndpointService::SsoOidc => (&["AWS_ENDPOINT_URL_SSO_OIDC"], "sso_oidc"),
        // The enum grows together with this function.
        _ => (&[], ""),
    };
    Names { variables: variable, key }
}

pub(super) fn endpoint(
    config: &Config,
    service: EndpointService,
    region: &str,
) -> Result<Resolved<Endpoint>, ConfigError> {
    let url = url(config, service)?;
    let builder = Endpoint::builder()
        .service(service)
        .region(region)
        .fips(config.fips()?.value)
        .dual_stack(config.dual_stack()?.value);
    let endpoint = match &url.value {
        Some(url) => builder.url(url),
        None => builder,
    };
    match endpoint.build() {
        Ok(endpoint) => Ok(url.map(|_| endpoint)),
        Err(error) => Err(ConfigError::Endpoint { source: url.source, error }),
    }
}

/// The URL that is configured, if one is.
fn url(config: &Config, service: EndpointService) -> Result<Resolved<Option<String>>, ConfigError> {
    let ignore = config.find(None, IGNORE).switch()?;
    let ignored = ignore.value.then(|| format!("set, but {} says to ignore it", ignore.source));
    let ignored = ignored.as_deref();
    let names = names(service);
    let code =
        config.overrides.endpoint_url.as_deref().filter(|_| service == EndpointService::BedrockRuntime);
    let mut search = Search::default()
        .code(code)
        .variables(&config.environment, names.variables, ignored)
        .variables(&config.environment, ENDPOINT_URL.variables, ignored);
    if let Some(profile) = config.profile() {
        if let Some(services) = profile.setting("services") {
            let place = format!("{}.{} of services {}", names.key, ENDPOINT_URL.key, services.value);
            search = search.file(place, section_url(config, services, names.key)?, ignored);
        }
        let place = format!("{} of profile {}", ENDPOINT_URL.key, profile.name());
        search = search.file(place, profile.setting(ENDPOINT_URL.key), ignored);
    }
    Ok(search.end())
}

/// The URL in the services section that a profile names.
fn section_url<'a>(
    config: &'a Config,
    services: Setting<'_>,
    service: &str,
) -> Result<Option<Setting<'a>>, ConfigError> {
    match config.profiles.services(services.value) {
        Some(section) => Ok(section.nested(service, ENDPOINT_URL.key)),
        None => Err(ConfigError::NoSection {
            header: format!("services {}", services.value),
            source: Source::File { key: "services".to_owned(), place: services.place.clone() },
        }),
    }
}
