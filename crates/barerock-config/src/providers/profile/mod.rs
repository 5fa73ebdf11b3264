//! Credentials of a profile of the shared files.

mod login;
mod role;
mod sso;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use barerock::settings::CREDENTIAL_PROCESS_TIMEOUT;
use barerock::sigv4::Credentials;

use super::context::ProviderContext;
use super::process::{self, ProcessProvider};
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, invalid_setting};
use crate::{Profile, Section, Source};

pub(super) const PROVIDER: &str = "profile";
const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
/// The current name, then boto's.
const SESSION_TOKEN: [&str; 2] = ["aws_session_token", "aws_security_token"];

/// Provider of the credentials of the configuration's profile, from the first of these that is set:
///
/// 1. `role_arn` with `web_identity_token_file`: as [`WebIdentityProvider`](super::WebIdentityProvider);
/// 2. `role_arn` with `source_profile` or `credential_source`: as [`AssumeRoleProvider`](super::AssumeRoleProvider). A source
///    profile that has keys ends the chain, whatever else it has; of one that has only `credential_source`, that source is used.
///    A chain has at most 64 profiles;
/// 3. `sso_account_id` and `sso_role_name` with `sso_session` or `sso_start_url`: as [`SsoProvider`](super::SsoProvider);
/// 4. `aws_access_key_id` and `aws_secret_access_key` in the credentials file;
/// 5. `login_session`, with the feature `login`: as `LoginProvider`;
/// 6. `credential_process`: as [`ProcessProvider`];
/// 7. `aws_access_key_id` and `aws_secret_access_key` in the config file.
///
/// That is botocore's order. AWS's SDK for Rust puts 5 and 6 before 4.
///
/// A profile may name itself as its source, to assume its role with its own keys. Any other cycle is an error: in
/// `A -> B -> A` the keys of `A` are not used, as in botocore and AWS's SDK for Rust, because such a cycle is more often a
/// mistake than intended.
#[derive(Debug, Clone)]
pub struct ProfileProvider {
    context: ProviderContext,
}

/// A provider that was built from a profile; `None` if the profile sets no credentials.
type Built = Result<Option<Arc<dyn ProvideCredentials>>, CredentialsError>;

impl ProfileProvider {
    /// Creates a provider for the profile that the configuration names.
    #[must_use]
    pub fn new(context: ProviderContext) -> Self {
        Self { context }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let name = &self.context.config.profile_name().value;
        let Some(profile) = self.context.config.profile() else {
            return Err(CredentialsError::not_found(format!(
                "profile {name}, which neither shared file has"
            )));
        };
        match self.of_profile(profile, &mut Vec::new())? {
            Some(provider) => provider.provide().await,
            None => {
                let location = location(profile);
                Err(CredentialsError::not_found(format!(
                    "{location}, which sets none{}",
                    self.why_none(profile)
                )))
            }
        }
    }

    /// Builds the provider of a profile. `chain` lists the profiles whose roles need its credentials, from the first.
    fn of_profile(&self, profile: Profile<'_>, chain: &mut Vec<String>) -> Built {
        let is_source = !chain.is_empty();
        let has_keys = || [ACCESS_KEY_ID, SECRET_ACCESS_KEY].iter().any(|key| profile.get(key).is_some());
        // The keys of a source come first: otherwise a profile could not be its own source.
        let built = if is_source && has_keys() {
            keys_of(profile.credentials()).and_then(|found| match found {
                Some(keys) => Ok(Some(keys)),
                None => keys_of(profile.config()),
            })
        } else {
            self.in_order(profile, chain)
        };
        let location = location(profile);
        let built = built.map_err(|error| error.at(&location))?;
        let Some(provider) = built else { return Ok(None) };
        Ok(Some(Arc::new(Located { location, provider, must_have: is_source })))
    }

    fn in_order(&self, profile: Profile<'_>, chain: &mut Vec<String>) -> Built {
        if let Some(provider) = self.role(profile, chain)? {
            return Ok(Some(provider));
        }
        if let Some(provider) = self.sso(profile)? {
            return Ok(Some(provider));
        }
        if let Some(keys) = keys_of(profile.credentials())? {
            return Ok(Some(keys));
        }
        if let Some(provider) = self.login(profile)? {
            return Ok(Some(provider));
        }
        if let Some(command) = profile.get("credential_process") {
            return Ok(Some(Arc::new(self.process(command)?)));
        }
        keys_of(profile.config())
    }
}

impl ProfileProvider {
    fn process(&self, command: &str) -> Result<ProcessProvider, CredentialsError> {
        let config = &self.context.config;
        let timeout = config
            .credential_process_timeout()
            .map_err(|error| invalid_setting(process::PROVIDER, "credential_process", &error))?;
        let variable = CREDENTIAL_PROCESS_TIMEOUT.variables().first().copied().unwrap_or_default();
        let setting = match timeout.source {
            Source::Default => format!("{variable} (default)"),
            Source::Code => "ConfigLoader::credential_process_timeout".to_owned(),
            source => source.to_string(),
        };
        let provider = ProcessProvider::new(Arc::clone(&self.context.io), command);
        Ok(provider.timeout(timeout.value).timeout_setting(setting).environment(config.environment()))
    }
}

impl ProvideCredentials for ProfileProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

/// The keys of a section; `None` if it has neither.
fn keys_of(section: Option<&Section>) -> Built {
    let Some(section) = section else { return Ok(None) };
    let half = |set: &str, missing: &str| {
        let location = section.setting(set).map(|setting| setting.location.to_string()).unwrap_or_default();
        let message = format!("{set} is set at {location}, but {missing} is not in that section");
        Err(CredentialsError::invalid(PROVIDER, message)
            .with_hint("Set both keys in one section, or neither."))
    };
    match (section.get(ACCESS_KEY_ID), section.get(SECRET_ACCESS_KEY)) {
        (Some(id), Some(secret)) => {
            let token = SESSION_TOKEN.into_iter().find_map(|key| section.get(key)).map(str::to_owned);
            Ok(Some(Arc::new(Keys(Credentials::new(id, secret, token)))))
        }
        (Some(_), None) => half(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
        (None, Some(_)) => half(SECRET_ACCESS_KEY, ACCESS_KEY_ID),
        (None, None) => Ok(None),
    }
}

/// Keys of a profile.
#[derive(Debug)]
struct Keys(Credentials);

impl ProvideCredentials for Keys {
    fn provide(&self) -> CredentialsFuture<'_> {
        let provided = ProvidedCredentials::new(self.0.clone(), PROVIDER);
        Box::pin(core::future::ready(Ok(provided)))
    }
}

/// A profile's name and place for errors.
fn location(profile: Profile<'_>) -> String {
    match profile.locations().next() {
        Some(location) => format!("profile {} ({location})", profile.name()),
        None => format!("profile {}", profile.name()),
    }
}

/// A provider whose errors name the profile or setting it is for.
#[derive(Debug)]
struct Located {
    location: String,
    provider: Arc<dyn ProvideCredentials>,
    /// True if a role needs these credentials, so that it is an error if there are none.
    must_have: bool,
}

impl ProvideCredentials for Located {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(async {
            self.provider.provide().await.map_err(|error| match error {
                CredentialsError::NotFound { .. } if self.must_have => {
                    CredentialsError::invalid(PROVIDER, error.to_string()).at(&self.location)
                }
                error => error.at(&self.location),
            })
        })
    }
}
