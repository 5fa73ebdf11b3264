//! The whole configuration: what code, environment and profile settle together.

use std::sync::Arc;

use barerock::converse::endpoint::EndpointService;
use barerock::credentials::{CachedCredentials, ProvideCredentials};
use barerock::settings::{
    AUTH_SCHEMES, BEARER_TOKEN, CA_BUNDLE, DISABLE_CLOCK_SKEW_CORRECTION, DUAL_STACK, FIPS, REGION, Setting,
};
use barerock::{Endpoint, Environment};

use super::endpoints;
use super::error::ConfigError;
use super::loader::{ConfigLoader, Overrides};
use super::lookup::{self, Search};
use super::profiles::{Profile, Profiles};
use super::source::{Reason, Resolved, Skipped, Source};
use crate::providers::{DefaultChain, Io, ProviderContext, SystemIo};

/// The name of the scheme that sends a Bedrock API key.
const BEARER_SCHEME: &str = "httpBearerAuth";

/// How requests prove whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthScheme {
    /// A signature, made with credentials.
    SigV4,
    /// A Bedrock API key.
    Bearer,
}

/// The configuration: settings in code, the environment and the shared files together. Each value is looked for when
/// it is asked for and comes with its source and with what was passed over.
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
    /// Loads the process's environment and the shared files it leads to, without any HTTP: a region that only the
    /// instance metadata service knows is not found. [`loader`](Self::loader) takes more, an [`Io`] with HTTP included.
    ///
    /// # Errors
    /// If a file cannot be read or parsed, or the profile the environment names does not exist.
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
    pub async fn load() -> Result<Self, ConfigError> {
        Self::loader().load(Arc::new(SystemIo::without_http())).await
    }

    /// Sets up a configuration.
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

    /// The environment the configuration is made of.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What the shared files hold.
    #[must_use]
    pub fn profiles(&self) -> &Arc<Profiles> {
        &self.profiles
    }

    /// The name of the profile: from code, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`. botocore looks
    /// at the two variables the other way round.
    #[must_use]
    pub fn profile_name(&self) -> &Resolved<String> {
        &self.profile
    }

    /// The profile; `None` if none is named and there is no profile `default`.
    #[must_use]
    pub fn profile(&self) -> Option<Profile<'_>> {
        self.profiles.profile(&self.profile.value)
    }

    /// The region: from code, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's `region`, else, if it was
    /// asked for, that of the machine.
    #[must_use]
    pub fn region(&self) -> &Resolved<Option<String>> {
        &self.region
    }

    /// What the machine says of its region, or why it does not.
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

    /// Everywhere AWS's tools look for credentials, in their order; what is found is kept until it runs out.
    #[must_use]
    pub fn credentials(&self, io: Arc<dyn Io>) -> Arc<dyn ProvideCredentials> {
        let chain = DefaultChain::new(self.provider_context(Arc::clone(&io)));
        Arc::new(CachedCredentials::new(chain).clock(move || io.now()))
    }

    /// What single providers are made of.
    #[must_use]
    pub fn provider_context(&self, io: Arc<dyn Io>) -> ProviderContext {
        let context = ProviderContext::new(io, Arc::new(self.clone()));
        match &self.overrides.mfa {
            Some(ask) => context.mfa(Arc::clone(ask)),
            None => context,
        }
    }

    /// The region, which every signature needs, also for an endpoint of one's own.
    fn known_region(&self) -> Result<&str, ConfigError> {
        self.region.value.as_deref().ok_or_else(|| {
            let locations = self.region.skipped.iter().map(|over| over.location.clone());
            ConfigError::NoRegion { looked_at: locations.collect() }
        })
    }

    /// The endpoint of Bedrock Runtime: one of your own, else the service's for the region.
    ///
    /// # Errors
    /// If there is no region, or a setting that leads to the endpoint is wrong.
    pub fn endpoint(&self) -> Result<Resolved<Endpoint>, ConfigError> {
        self.service_endpoint(EndpointService::BedrockRuntime, self.known_region()?)
    }

    /// The endpoint of a service in a region: from code (Bedrock Runtime's alone), else `AWS_ENDPOINT_URL_{SERVICE}`, else
    /// `AWS_ENDPOINT_URL`, else that of the services section the profile names, else the profile's `endpoint_url`,
    /// else the service's own. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` leaves the first and the last.
    ///
    /// # Errors
    /// If the region is none, or a setting that leads to the endpoint is wrong.
    pub fn service_endpoint(
        &self,
        service: EndpointService,
        region: &str,
    ) -> Result<Resolved<Endpoint>, ConfigError> {
        endpoints::endpoint(self, service, region)
    }

    /// Whether to ask hosts validated under FIPS 140: from code, else `AWS_USE_FIPS_ENDPOINT`, else `use_fips_endpoint`.
    ///
    /// # Errors
    /// If it is neither true nor false.
    pub fn fips(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(self.overrides.fips, &FIPS)
    }

    /// Whether to ask hosts that speak IPv6 too: from code, else `AWS_USE_DUALSTACK_ENDPOINT`, else
    /// `use_dualstack_endpoint`.
    ///
    /// # Errors
    /// If it is neither true nor false.
    pub fn dual_stack(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(self.overrides.dual_stack, &DUAL_STACK)
    }

    /// The file of certificates to trust in place of the built-in ones: from code, else `AWS_CA_BUNDLE`, else
    /// `ca_bundle`. It is the transport that reads it.
    #[must_use]
    pub fn ca_bundle(&self) -> Resolved<Option<String>> {
        let bundle = self.find(self.overrides.ca_bundle.as_deref(), &CA_BUNDLE);
        bundle.map(|path| path.map(|path| self.environment.expand_home(&path).unwrap_or(path)))
    }

    /// Whether a wrong clock is left uncorrected: `AWS_DISABLE_CLOCK_SKEW_CORRECTION`, else
    /// `disable_clock_skew_correction`.
    ///
    /// # Errors
    /// If it is neither true nor false.
    pub fn disable_clock_skew_correction(&self) -> Result<Resolved<bool>, ConfigError> {
        self.switch(None, &DISABLE_CLOCK_SKEW_CORRECTION)
    }

    /// How requests prove whose they are: with the Bedrock API key of `AWS_BEARER_TOKEN_BEDROCK` if there is one, else
    /// with a signature.
    ///
    /// Only a preference set in code keeps a key from being used. Those of `AWS_AUTH_SCHEME_PREFERENCE` and
    /// `auth_scheme_preference` do not: so AWS's SDKs and botocore have it.
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

    /// Skipped parts of the shared files, each with file and line, and variables whose value is in quotes.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let quoted = self
            .environment
            .quoted()
            .map(|name| format!("{name}: the value is in quotes, which are part of it"));
        self.profiles.warnings().chain(quoted)
    }

    /// The text of a setting: from code, else the environment, else the profile.
    pub(super) fn find<T>(&self, code: Option<&str>, setting: &Setting<T>) -> Resolved<Option<String>> {
        lookup::find(code, &self.environment, self.profile(), setting)
    }

    /// A setting that is on or off, and off if unset.
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
