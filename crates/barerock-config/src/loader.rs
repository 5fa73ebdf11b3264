//! The loader of a configuration.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use super::config::Config;
use super::error::ConfigError;
use super::files::SharedFiles;
use super::lookup::Search;
use super::profiles::{DEFAULT_PROFILE, Profiles};
use super::source::Source;
use crate::providers::{AskMfa, Io};
use barerock::Environment;
use barerock::settings::PROFILE;

/// The settings of code.
#[derive(Clone, Default)]
pub(super) struct Overrides {
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint_url: Option<String>,
    pub(super) fips: Option<bool>,
    pub(super) dual_stack: Option<bool>,
    pub(super) ca_bundle: Option<String>,
    pub(super) auth_schemes: Option<String>,
    /// `Some(None)` disables the limit.
    pub(super) process_timeout: Option<Option<Duration>>,
    pub(super) mfa: Option<Arc<dyn AskMfa>>,
}

/// Omits the URL, which may contain a password.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Loads a [`Config`]. Values set here take precedence over those of the environment, and these over those of the profile.
#[derive(Debug, Clone, Default)]
pub struct ConfigLoader {
    environment: Option<Environment>,
    overrides: Overrides,
}

impl ConfigLoader {
    /// Sets the environment; the process's own by default.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Sets the profile, which must exist. Its credentials take precedence over those of the environment.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.overrides.profile = Some(name.into());
        self
    }

    /// Sets the region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.overrides.region = Some(region.into());
        self
    }

    /// Sets the endpoint URL of Bedrock Runtime.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.overrides.endpoint_url = Some(url.into());
        self
    }

    /// Sets whether to call endpoints validated under FIPS 140.
    #[must_use]
    pub fn fips(mut self, fips: bool) -> Self {
        self.overrides.fips = Some(fips);
        self
    }

    /// Sets whether to call endpoints that support IPv6 as well as IPv4.
    #[must_use]
    pub fn dual_stack(mut self, dual_stack: bool) -> Self {
        self.overrides.dual_stack = Some(dual_stack);
        self
    }

    /// Sets the PEM file of certificates to trust.
    #[must_use]
    pub fn ca_bundle(mut self, path: impl Into<String>) -> Self {
        self.overrides.ca_bundle = Some(path.into());
        self
    }

    /// Sets the preferred authentication schemes, `sigv4` and `httpBearerAuth`, separated by commas.
    #[must_use]
    pub fn auth_scheme_preference(mut self, schemes: impl Into<String>) -> Self {
        self.overrides.auth_schemes = Some(schemes.into());
        self
    }

    /// Sets the time limit of a `credential_process`; `None` disables it. By default that of the environment or the profile
    /// ([`Config::credential_process_timeout`]).
    #[must_use]
    pub fn credential_process_timeout(mut self, limit: Option<Duration>) -> Self {
        self.overrides.process_timeout = Some(limit);
        self
    }

    /// Sets the prompt for codes of MFA devices, which some roles require. Without it such a role is an error.
    #[must_use]
    pub fn mfa(mut self, ask: impl AskMfa + 'static) -> Self {
        self.overrides.mfa = Some(Arc::new(ask));
        self
    }

    /// Reads the shared files, each of which may be missing, and resolves the configuration. If no region is set, it is requested
    /// from the instance metadata service, unless that is disabled.
    ///
    /// # Errors
    /// If a file cannot be read, the section of the profile has an invalid line, a named profile does not exist, or a variable is
    /// not UTF-8 ([`Environment::require_utf8`]).
    ///
    /// Cancel safety: dropping the future has no effect.
    pub async fn load(mut self, io: Arc<dyn Io>) -> Result<Config, ConfigError> {
        let environment = self.environment.take().unwrap_or_else(Environment::of_process);
        environment.require_utf8()?;
        let files = SharedFiles::locate(&environment);
        let config = files.config.read(&*io).await?;
        let credentials = files.credentials.read(&*io).await?;
        let mut config = self.environment(environment).resolve(files.parse(config, credentials)?)?;
        if config.region.value.is_none() {
            let region = config.provider_context(io).instance_metadata().region().await;
            config.region_of_machine(region.map_err(|error| error.to_string()));
        }
        Ok(config)
    }

    /// Resolves the configuration with the contents of the shared files.
    ///
    /// # Errors
    /// If the section of the profile has an invalid line, a named profile does not exist, or a variable is not UTF-8
    /// ([`Environment::require_utf8`]).
    pub fn resolve(self, profiles: Profiles) -> Result<Config, ConfigError> {
        let environment = self.environment.unwrap_or_else(Environment::of_process);
        environment.require_utf8()?;
        let profile = Search::default()
            .code(self.overrides.profile.as_deref())
            .variables(&environment, PROFILE.variables(), None)
            .end()
            .map(|name| name.unwrap_or_else(|| DEFAULT_PROFILE.to_owned()));
        if profile.source != Source::Default {
            profiles.require(&profile.value).map_err(|error| error.named_by(&profile.source))?;
        } else {
            profiles.check_default()?;
        }
        Ok(Config::new(self.overrides, environment, Arc::new(profiles), profile))
    }
}
