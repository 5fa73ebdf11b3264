//! The endpoints of services.

use barerock::Endpoint;
use barerock::converse::endpoint::EndpointService;

use barerock::settings::{ENDPOINT_URL, IGNORE_ENDPOINT_URLS, service_endpoint_url};

use super::config::Config;
use super::error::ConfigError;
use super::lookup::Search;
use super::section::SettingValue;
use super::source::{Resolved, Source};

/// The key of an endpoint URL, in a profile and nested in a services section.
const URL_KEY: &str = "endpoint_url";

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

/// The configured URL, if there is one.
pub(super) fn url(
    config: &Config,
    service: EndpointService,
) -> Result<Resolved<Option<String>>, ConfigError> {
    let ignore = config.switch(None, &IGNORE_ENDPOINT_URLS)?;
    let ignored = ignore.value.then(|| format!("ignored because of {}", ignore.source));
    let ignored = ignored.as_deref();
    let own = service_endpoint_url(service);
    let code =
        config.overrides.endpoint_url.as_deref().filter(|_| service == EndpointService::BedrockRuntime);
    let mut search = Search::default()
        .code(code)
        .variables(&config.environment, own.variables(), ignored)
        .variables(&config.environment, ENDPOINT_URL.variables(), ignored);
    if let Some(profile) = config.profile() {
        if let Some(services) = profile.setting("services") {
            let key = own.key().unwrap_or_default();
            let location = format!("{key}.{URL_KEY} of services {}", services.value);
            search = search.file(location, section_url(config, services, key)?, ignored);
        }
        let location = format!("{URL_KEY} of profile {}", profile.name());
        search = search.file(location, profile.setting(URL_KEY), ignored);
    }
    Ok(search.end())
}

/// The URL in the services section that the profile names.
fn section_url<'a>(
    config: &'a Config,
    services: SettingValue<'_>,
    service: &str,
) -> Result<Option<SettingValue<'a>>, ConfigError> {
    match config.profiles.services(services.value) {
        Some(section) => {
            section.check()?;
            Ok(section.nested(service, URL_KEY))
        }
        None => Err(ConfigError::NoSection {
            header: format!("services {}", services.value),
            source: Source::File { key: "services".to_owned(), location: services.location.clone() },
        }),
    }
}
