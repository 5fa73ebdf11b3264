//! Profiles of `aws login` sessions.

use super::super::CredentialsError;
use super::{Built, ProfileProvider};
use crate::Profile;

const SESSION: &str = "login_session";

impl ProfileProvider {
    #[cfg(feature = "login")]
    pub(super) fn login(&self, profile: Profile<'_>) -> Built {
        use std::sync::Arc;

        use barerock::converse::endpoint::EndpointService;

        use super::super::login::{LoginProvider, PROVIDER};

        let Some(session) = profile.get(SESSION) else { return Ok(None) };
        let config = &self.context.config;
        let Some(region) = &config.region().value else {
            let error = CredentialsError::invalid(PROVIDER, "no region to call AWS Sign-In in");
            return Err(error.with_hint("Set AWS_REGION, or region in the profile."));
        };
        let signin = self.context.endpoint(PROVIDER, EndpointService::Signin, region)?;
        let (io, environment) = (Arc::clone(&self.context.io), config.environment().clone());
        let provider = LoginProvider::new(io, environment, session, signin);
        Ok(Some(Arc::new(provider.command(format!("aws login --profile {}", profile.name())))))
    }

    #[cfg(not(feature = "login"))]
    pub(super) fn login(&self, profile: Profile<'_>) -> Built {
        let Some(setting) = profile.setting(SESSION) else { return Ok(None) };
        let location = setting.location;
        let message =
            format!("{SESSION} at {location}: built without the feature `login` of barerock-config");
        let hint = format!(
            "Build with that feature, or give another profile the setting `credential_process = aws configure \
             export-credentials --profile {} --format process` and use that one.",
            profile.name()
        );
        Err(CredentialsError::invalid(super::PROVIDER, message).with_hint(hint))
    }
}
