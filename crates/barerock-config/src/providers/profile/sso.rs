//! Profiles with a role of IAM Identity Center.

use std::sync::Arc;

use barerock::converse::endpoint::EndpointService;

use super::super::sso::{PROVIDER, Sso, SsoProvider};
use super::super::{CredentialsError, invalid_setting};
use super::{Built, ProfileProvider};
use crate::text::shown;
use crate::{Profile, Section};

const SESSION: &str = "sso_session";
const START_URL: &str = "sso_start_url";
const REGION: &str = "sso_region";
const ACCOUNT_ID: &str = "sso_account_id";
const ROLE_NAME: &str = "sso_role_name";

fn invalid(message: String) -> CredentialsError {
    CredentialsError::invalid(PROVIDER, message)
}

impl ProfileProvider {
    pub(super) fn sso(&self, profile: Profile<'_>) -> Built {
        // A session alone provides a token but no credentials: see `why_none`.
        if [ACCOUNT_ID, ROLE_NAME, START_URL].iter().all(|key| profile.get(key).is_none()) {
            return Ok(None);
        }
        let of_profile =
            |key| profile.get(key).ok_or_else(|| invalid(format!("{key} is missing")).with_hint(SETUP_HINT));
        let (account_id, role_name) = (of_profile(ACCOUNT_ID)?, of_profile(ROLE_NAME)?);
        if profile.get(SESSION).is_none() && profile.get(START_URL).is_none() {
            let message = format!("{START_URL} is missing, and so is {SESSION}");
            return Err(invalid(message).with_hint(SETUP_HINT));
        }
        let login = format!("aws sso login --profile {}", profile.name());
        let (sso, region) = match profile.setting(SESSION) {
            None => (Sso::legacy(of_profile(START_URL)?, account_id, role_name), of_profile(REGION)?),
            Some(session) => {
                let section = self.context.config.profiles().sso_session(session.value).ok_or_else(|| {
                    invalid(format!("{SESSION} at {}: {}", session.location, no_section(session.value)))
                        .with_hint(SETUP_HINT)
                })?;
                let at = format!("{SESSION} at {}", session.location);
                section.check().map_err(|error| invalid_setting(PROVIDER, &at, &error))?;
                let (start_url, region) = (of(section, profile, START_URL)?, of(section, profile, REGION)?);
                (Sso::of_session(session.value, start_url, account_id, role_name), region)
            }
        };
        let portal = self.context.endpoint(PROVIDER, EndpointService::Sso, region)?;
        let oidc = self.context.endpoint(PROVIDER, EndpointService::SsoOidc, region)?;
        let (io, environment) = (Arc::clone(&self.context.io), self.context.config.environment().clone());
        Ok(Some(Arc::new(SsoProvider::new(io, environment, sso.login(login), portal, oidc))))
    }
}

impl ProfileProvider {
    /// The reason why a profile has no credentials, as the end of a sentence; may be empty.
    pub(super) fn why_none(&self, profile: Profile<'_>) -> String {
        let Some(session) = profile.setting(SESSION) else { return String::new() };
        let mut why = format!(
            ": {SESSION} is set at {}, but {ACCOUNT_ID} and {ROLE_NAME} are missing",
            session.location
        );
        if self.context.config.profiles().sso_session(session.value).is_none() {
            why.push_str(", and ");
            why.push_str(&no_section(session.value));
        }
        why
    }
}

const SETUP_HINT: &str = "Run `aws configure sso` to set the profile up.";

fn no_section(session: &str) -> String {
    format!("there is no section [sso-session {}] in the config file", shown(session, 80))
}

/// A setting of the session's section. If the profile sets it too, the value must be the same.
fn of<'a>(section: &'a Section, profile: Profile<'_>, key: &str) -> Result<&'a str, CredentialsError> {
    let found = section.setting(key).ok_or_else(|| {
        invalid(format!(
            "{key} is missing in the section [sso-session {}] at {}",
            section.name(),
            section.location()
        ))
        .with_hint(SETUP_HINT)
    })?;
    match profile.setting(key) {
        Some(other) if other.value != found.value => Err(invalid(format!(
            "{key} at {} contradicts that of the session, at {}",
            other.location, found.location
        ))
        .with_hint("Remove the setting from the profile.")),
        _ => Ok(found.value),
    }
}
