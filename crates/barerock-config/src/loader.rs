//! Setting up a configuration.

use core::fmt;
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

/// What is set in code.
#[derive(Clone, Default)]
pub(super) struct Overrides {
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint_url: Option<String>,
    pub(super) fips: Option<bool>,
    pub(super) dual_stack: Option<bool>,
    pub(super) ca_bundle: Option<String>,
    pub(super) auth_schemes: Option<String>,
    pub(super) mfa: Option<Arc<dyn AskMfa>>,
}

/// Not the URL: it may hold what it must not.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Sets up a [`Config`]. What is set here beats what the environment says, and that beats the profile.
#[derive(Debug, Clone, Default)]
pub struct ConfigLoader {
    environment: Option<Environment>,
    overrides: Overrides,
}

impl ConfigLoader {
    /// The environment; the process's own if unset.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The profile, which must exist. Its credentials beat keys in the environment.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.overrides.profile = Some(name.into());
        self
    }

    /// The region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.overrides.region = Some(region.into());
        self
    }

    /// An endpoint of your own for Bedrock Runtime.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.overrides.endpoint_url = Some(url.into());
        self
    }

    /// Whether to ask hosts validated under FIPS 140.
    #[must_use]
    pub fn fips(mut self, fips: bool) -> Self {
        self.overrides.fips = Some(fips);
        self
    }

    /// Whether to ask hosts that speak IPv6 as well as IPv4.
    #[must_use]
    pub fn dual_stack(mut self, dual_stack: bool) -> Self {
        self.overrides.dual_stack = Some(dual_stack);
        self
    }

    /// The file of certificates to trust.
    #[must_use]
    pub fn ca_bundle(mut self, path: impl Into<String>) -> Self {
        self.overrides.ca_bundle = Some(path.into());
        self
    }

    /// Which of `sigv4` and `httpBearerAuth` to prefer, as a list with commas.
    #[must_use]
    pub fn auth_scheme_preference(mut self, schemes: impl Into<String>) -> Self {
        self.overrides.auth_schemes = Some(schemes.into());
        self
    }

    /// Who is asked for the codes of MFA devices, which some roles want; nobody if unset.
    #[must_use]
    pub fn mfa(mut self, ask: impl AskMfa + 'static) -> Self {
        self.overrides.mfa = Some(Arc::new(ask));
        self
    }

    /// The configuration, with the shared files where the environment says they lie. A file need not be there. If no
    /// region is set anywhere, the machine is asked for its own, where it may be one of EC2's.
    ///
    /// # Errors
    /// If a file cannot be read or is not of AWS's format, a profile is named that does not exist, or a variable is not UTF-8
    /// ([`Environment::require_utf8`]).
    ///
    /// Cancel safety: dropping the future leaves nothing behind.
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

    /// The configuration, with shared files that are read already.
    ///
    /// # Errors
    /// If a profile is named that does not exist, or a variable is not UTF-8 ([`Environment::require_utf8`]).
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
        }
        Ok(Config::new(self.overrides, environment, Arc::new(profiles), profile))
    }
}
