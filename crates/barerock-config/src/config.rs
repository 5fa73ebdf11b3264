//! The configuration resolved from code, environment and profile.

use core::time::Duration;
use std::sync::Arc;

use barerock::converse::endpoint::EndpointService;
use barerock::credentials::{CachedCredentials, ProvideCredentials};
use barerock::settings::{
    AUTH_SCHEMES, BEARER_TOKEN, CA_BUNDLE, CREDENTIAL_PROCESS_TIMEOUT, DISABLE_CLOCK_SKEW_CORRECTION,
    DUAL_STACK, FIPS, REGION, Setting,
};
use barerock::{Endpoint, Environment};

use super::endpoints;
use super::error::ConfigError;
use super::loader::{ConfigLoader, Overrides};
use super::lookup::{self, Search};
use super::profile::Profile;
use super::profiles::Profiles;
use super::source::{Reason, Resolved, Skipped, Source};
use crate::providers::{DefaultChain, Io, ProcessProvider, ProviderContext, SystemIo};

/// The name of the authentication scheme that sends a Bedrock API key.
const BEARER_SCHEME: &str = "httpBearerAuth";

/// The authentication scheme of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthScheme {
    /// A signature made with credentials.
    SigV4,
    /// A Bedrock API key.
    Bearer,
}

/// The configuration: settings of code, environment and shared files. Each method resolves one value and returns it with its
/// source and the places that were skipped.
///
/// `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    pub(super) overrides: Overrides,
    pub(super) environment: Environment,
    pub(super) profiles: Arc<Profiles>,
    pub(super) profile: Resolved<String>,
    pub(super) region: Resolved<Option<String>>,
}

impl Config {
    /// Loads the environment of the process and the shared files without HTTP, and therefore without the region of the instance
    /// metadata service. Use [`loader`](Self::loader) for settings of code and an [`Io`] with HTTP.
    ///
    /// # Errors
    /// As [`ConfigLoader::load`].
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn load() -> Result<Self, ConfigError> {
        Self::loader().load(Arc::new(SystemIo::without_http())).await
    }

    /// Returns a loader, on which code can set values.
    #[must_use]
    pub fn loader() -> ConfigLoader {
        ConfigLoader::default()
    }

    pub(super) fn new(
        overrides: Overrides,
        environment: Environment,
        profiles: Arc<Profiles>,
        profile: Resolved<String>,
    ) -> Self {
        let region = Resolved::new(None, Source::Default);
        let mut config = Self { overrides, environment, profiles, profile, region };
        let region = Search::default()
            .code(config.overrides.region.as_deref())
            .variables(&config.environment, REGION.variables(), None)
            .profile(config.profile(), REGION.key())
            .end();
        config.region = region;
        config
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The contents of the shared files.
    #[must_use]
    pub fn profiles(&self) -> &Arc<Profiles> {
        &self.profiles
    }

    /// The name of the profile: from code, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`. In botocore the second
    /// variable takes precedence over the first.
    #[must_use]
    pub fn profile_name(&self) -> &Resolved<String> {
        &self.profile
    }

    /// The profile; `None` if no profile is named and `default` does not exist.
    #[must_use]
    pub fn profile(&self) -> Option<Profile<'_>> {
        self.profiles.profile(&self.profile.value)
    }

    /// The region: from code, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`, else that of the
    /// instance metadata service.
    #[must_use]
    pub fn region(&self) -> &Resolved<Option<String>> {
        &self.region
    }

    /// Adds the region of the instance metadata service, or the reason why it is unknown.
    pub(super) fn region_of_machine(&mut self, region: Result<Option<String>, String>) {
        let reason = match region {
            Ok(Some(region)) => {
                (self.region.value, self.region.source) = (Some(region), Source::InstanceMetadata);
                return;
            }
            Ok(None) => Reason::NotSet,
            Err(error) => Reason::Other(error),
        };
        self.region.skipped.push(Skipped::new(Source::InstanceMetadata.to_string(), reason));
    }

    /// The provider of credentials: the [`DefaultChain`], cached until shortly before they expire.
    #[must_use]
    pub fn credentials(&self, io: Arc<dyn Io>) -> Arc<dyn ProvideCredentials> {
        let chain = DefaultChain::new(self.provider_context(Arc::clone(&io)));
        Arc::new(CachedCredentials::new(chain).clock(move || io.now()))
    }

    /// The context for creating single providers.
    #[must_use]
    pub fn provider_context(&self, io: Arc<dyn Io>) -> ProviderContext {
        let context = ProviderContext::new(io, Arc::new(self.clone()));
        match &self.overrides.mfa {
            Some(ask) => context.mfa(Arc::clone(ask)),
            None => context,
        }
    }

    /// The region, or an error: every signature needs one, also for a custom endpoint.
    fn known_region(&self) -> Result<&str, ConfigError> {
        self.region.value.as_deref().ok_or_else(|| {
            let locations = self.region.skipped.iter().map(|over| over.location.clone());
            ConfigError::NoRegion { looked_at: locations.collect() }
        })
    }

    /// The endpoint of Bedrock Runtime: the configured URL, else the service's endpoint of the region.
    ///
    /// # Errors
    /// If there is no region, or a setting of the endpoint is invalid.
    pub fn endpoint(&self) -> Result<Resolved<Endpoint>, ConfigError> {
        self.service_endpoint(EndpointService::BedrockRuntime, self.known_region()?)
    }

    /// The endpoint of a service in a region: from code (Bedrock Runtime only), else `AWS_ENDPOINT_URL_{SERVICE}`, else
    /// `AWS_ENDPOINT_URL`, else the one in the services section the profile names, else the profile's `endpoint_url`, else the
    /// service's endpoint of the region. With `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` only the first and the last are used.
    ///
    /// # Errors
    /// If the region or a setting of the endpoint is invalid.
    pub fn service_endpoint(
        &self,
        service: EndpointService,
        region: &str,
    ) -> Result<Resolved<Endpoint>, ConfigError> {
        endpoints::endpoint(self, service, region)
    }

    /// Whether to call endpoints validated under FIPS 140: from code, else `AWS_USE_FIPS_ENDPOINT`, else `use_fips_endpoint`.
    ///
    /// # Errors
    /// If the value is neither true nor false.
    pub fn fips(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(self.overrides.fips, &FIPS)
    }

    /// Whether to call endpoints that support IPv6 too: from code, else `AWS_USE_DUALSTACK_ENDPOINT`, else
    /// `use_dualstack_endpoint`.
    ///
    /// # Errors
    /// If the value is neither true nor false.
    pub fn dual_stack(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(self.overrides.dual_stack, &DUAL_STACK)
    }

    /// The path of the PEM file of certificates to trust in place of the transport's roots: from code, else `AWS_CA_BUNDLE`, else
    /// `ca_bundle`.
    #[must_use]
    pub fn ca_bundle(&self) -> Resolved<Option<String>> {
        let bundle = self.find(self.overrides.ca_bundle.as_deref(), &CA_BUNDLE);
        bundle.map(|path| path.map(|path| self.environment.expand_home(&path).unwrap_or(path)))
    }

    /// Whether clock skew correction is disabled: `AWS_DISABLE_CLOCK_SKEW_CORRECTION`, else
    /// `disable_clock_skew_correction`.
    ///
    /// # Errors
    /// If the value is neither true nor false.
    pub fn disable_clock_skew_correction(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(None, &DISABLE_CLOCK_SKEW_CORRECTION)
    }

    /// The authentication scheme: the Bedrock API key of `AWS_BEARER_TOKEN_BEDROCK` if it is set, else a signature.
    ///
    /// Only a preference set in code selects a signature if there is a key. `AWS_AUTH_SCHEME_PREFERENCE` and
    /// `auth_scheme_preference` do not, as in AWS's SDKs and botocore.
    #[must_use]
    pub fn auth_scheme(&self) -> Resolved<AuthScheme> {
        let key_variable = BEARER_TOKEN.variables().first().copied().unwrap_or_default();
        let preference = self.find(self.overrides.auth_schemes.as_deref(), &AUTH_SCHEMES);
        let has_key = self.environment.bearer_token().is_some();
        let mut skipped = preference.skipped;
        let prefers_key = preference.value.as_deref().is_some_and(|schemes| {
            let mut known = schemes.split(',').map(str::trim_ascii);
            known.find(|scheme| ["sigv4", BEARER_SCHEME].contains(scheme)) == Some(BEARER_SCHEME)
        });
        let (value, source) = match (has_key, preference.source) {
            (true, Source::Code) if prefers_key => (AuthScheme::Bearer, Source::Code),
            (true, Source::Code) => {
                skipped.push(Skipped::new(key_variable, Reason::After(Source::Code)));
                (AuthScheme::SigV4, Source::Code)
            }
            (true, source) => {
                if source != Source::Default && !prefers_key {
                    let reason =
                        format!("set, but {key_variable} is too, and only code can prefer a signature to it");
                    skipped.push(Skipped::new(source.to_string(), reason));
                }
                (AuthScheme::Bearer, Source::Variable(key_variable))
            }
            (false, source) => {
                skipped.push(Skipped::new(key_variable, Reason::NotSet));
                (AuthScheme::SigV4, if prefers_key { Source::Default } else { source })
            }
        };
        Resolved { value, source, skipped }
    }

    /// The time limit of a `credential_process`: from code, else `BAREROCK_CREDENTIAL_PROCESS_TIMEOUT`, else
    /// `barerock_credential_process_timeout`, in seconds, else 60 seconds. 0 disables the limit (`None`). AWS's tools have none.
    ///
    /// # Errors
    /// If the value is not a whole number.
    pub fn credential_process_timeout(&self) -> Result<Resolved<Option<Duration>>, ConfigError> {
        if let Some(limit) = self.overrides.process_timeout {
            return Ok(Resolved::new(limit, Source::Code));
        }
        let found = self.find(None, &CREDENTIAL_PROCESS_TIMEOUT).parse(&CREDENTIAL_PROCESS_TIMEOUT)?;
        Ok(found.map(|seconds| match seconds {
            None => Some(ProcessProvider::DEFAULT_TIMEOUT),
            Some(0) => None,
            Some(seconds) => Some(Duration::from_secs(seconds.into())),
        }))
    }

    /// Warnings: ignored and invalid parts of the shared files, each with file and line; variables whose value is in quotes; a
    /// `HOME` that is not UTF-8.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let quoted = self
            .environment
            .quoted()
            .map(|name| format!("{name}: the value is in quotes, which are part of it"));
        let home = self
            .environment
            .is_not_utf8("HOME")
            .then(|| "HOME: the value is not UTF-8 and is ignored".to_owned());
        self.profiles.warnings().chain(quoted).chain(home)
    }

    /// The text of a setting: from code, else the environment, else the profile.
    pub(super) fn find<T>(&self, code: Option<&str>, setting: &Setting<T>) -> Resolved<Option<String>> {
        lookup::find(code, &self.environment, self.profile(), setting)
    }

    /// The value of a boolean setting; false if unset.
    pub(super) fn switch(
        &self,
        code: Option<bool>,
        setting: &Setting<bool>,
    ) -> Result<Resolved<bool>, ConfigError> {
        let found = self.find(code.map(as_text), setting).parse(setting)?;
        Ok(found.map(Option::unwrap_or_default))
    }
}

fn as_text(switch: bool) -> &'static str {
    if switch { "true" } else { "false" }
}
