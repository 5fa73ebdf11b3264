//! Profiles of IAM Identity Center.

use std::sync::Arc;

use barerock::converse::endpoint::EndpointService;

use super::super::CredentialsError;
use super::super::sso::{PROVIDER, Sso, SsoProvider};
use super::{Built, ProfileProvider};
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
        // A session alone is for services that take its token; there is none of them here.
        if [ACCOUNT_ID, ROLE_NAME, START_URL].iter().all(|key| profile.get(key).is_none()) {
            return Ok(None);
        }
        let missing = |key: &str| invalid(format!("{key} is missing; run `aws configure sso` to set it up"));
        let of_profile = |key| profile.get(key).ok_or_else(|| missing(key));
        let (account_id, role_name) = (of_profile(ACCOUNT_ID)?, of_profile(ROLE_NAME)?);
        let login = format!("aws sso login --profile {}", profile.name());
        let (sso, region) = match profile.setting(SESSION) {
            None => (Sso::legacy(of_profile(START_URL)?, account_id, role_name), of_profile(REGION)?),
            Some(session) => {
                let section = self.context.config.profiles().sso_session(session.value).ok_or_else(|| {
                    invalid(format!(
                        "{SESSION} at {}: there is no section [sso-session {}] in the config file",
                        session.location, session.value
                    ))
                })?;
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

/// A setting of the session's section. The profile may repeat it, but not contradict.
fn of<'a>(section: &'a Section, profile: Profile<'_>, key: &str) -> Result<&'a str, CredentialsError> {
    let found = section.setting(key).ok_or_else(|| {
        invalid(format!(
            "{key} is missing from the section [sso-session {}] at {}",
            section.name(),
            section.location()
        ))
    })?;
    match profile.setting(key) {
        Some(other) if other.value != found.value => Err(invalid(format!(
            "{key} at {} contradicts that of the session, at {}; remove the profile's",
            other.location, found.location
        ))),
        _ => Ok(found.value),
    }
}
