//! Profiles that take on a role.

use std::sync::Arc;

use super::super::assume_role::{self, AssumeRole, AssumeRoleProvider};
use super::super::web_identity::{self, WebIdentity, WebIdentityProvider};
use super::super::{CredentialsError, ProvideCredentials};
use super::{Built, PROVIDER, ProfileProvider};
use crate::{Profile, SettingValue};

const ROLE_ARN: &str = "role_arn";
const SOURCE_PROFILE: &str = "source_profile";
const CREDENTIAL_SOURCE: &str = "credential_source";
const TOKEN_FILE: &str = "web_identity_token_file";

/// "The value can range from 900 seconds (15 minutes) up to the maximum session duration set for the role", which is
/// twelve hours at most.
const DURATION: core::ops::RangeInclusive<u32> = 900..=43_200;

fn invalid(message: String) -> CredentialsError {
    CredentialsError::invalid(PROVIDER, message)
}

impl ProfileProvider {
    pub(super) fn role(&self, profile: Profile<'_>, behind: &mut Vec<String>) -> Built {
        let token_file = profile.setting(TOKEN_FILE);
        let Some(role_arn) = profile.get(ROLE_ARN) else {
            return match token_file {
                Some(setting) => Err(invalid(format!(
                    "{TOKEN_FILE} is set at {}, but {ROLE_ARN} is not; set both",
                    setting.location
                ))),
                None => Ok(None),
            };
        };
        let session_name = profile.get("role_session_name").map(str::to_owned);
        let duration_seconds = profile.setting("duration_seconds").map(duration).transpose()?;
        if let Some(file) = token_file {
            let identity =
                WebIdentity { session_name, duration_seconds, ..WebIdentity::new(role_arn, file.value) };
            let sts = self.context.sts(web_identity::PROVIDER)?;
            return Ok(Some(Arc::new(WebIdentityProvider::new(sts, identity))));
        }
        let source = self.source(profile, behind)?;
        let role = AssumeRole {
            session_name,
            duration_seconds,
            external_id: profile.get("external_id").map(str::to_owned),
            mfa_serial: profile.get("mfa_serial").map(str::to_owned),
            ..AssumeRole::new(role_arn)
        };
        let provider = AssumeRoleProvider::new(self.context.sts(assume_role::PROVIDER)?, role, source);
        Ok(Some(match &self.context.mfa {
            Some(mfa) => Arc::new(provider.mfa(Arc::clone(mfa))),
            None => Arc::new(provider),
        }))
    }

    /// What the role is taken on with.
    fn source(
        &self,
        profile: Profile<'_>,
        behind: &mut Vec<String>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        match (profile.setting(SOURCE_PROFILE), profile.setting(CREDENTIAL_SOURCE)) {
            (Some(source), None) => self.source_profile(profile, source, behind),
            (None, Some(source)) => self.credential_source(source),
            (Some(one), Some(other)) => Err(invalid(format!(
                "{SOURCE_PROFILE} is set at {} and {CREDENTIAL_SOURCE} at {}; remove one of the two",
                one.location, other.location
            ))),
            (None, None) => Err(invalid(format!(
                "{ROLE_ARN} needs keys to take the role on with; set {SOURCE_PROFILE}, {CREDENTIAL_SOURCE} or {TOKEN_FILE}"
            ))),
        }
    }

    fn source_profile(
        &self,
        profile: Profile<'_>,
        setting: SettingValue<'_>,
        behind: &mut Vec<String>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        let at = format!("{SOURCE_PROFILE} at {}", setting.location);
        let source = self
            .context
            .config
            .profiles()
            .require(setting.value)
            .map_err(|error| invalid(format!("{at}: {error}")))?;
        let has_keys = source.get("aws_access_key_id").is_some();
        behind.push(profile.name().to_owned());
        // A profile with keys ends the chain, even one that was there before.
        if behind.iter().any(|name| name == source.name()) && !has_keys {
            let way = behind.join(" -> ");
            return Err(invalid(format!(
                "{at} leads in a circle: {way} -> {}; one of them must have keys of its own",
                source.name()
            )));
        }
        self.of_profile(source, behind)?.ok_or_else(|| {
            invalid(format!("{at}: profile {} sets no credentials; give it some", source.name()))
        })
    }

    fn credential_source(
        &self,
        setting: SettingValue<'_>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        let provider: Arc<dyn ProvideCredentials> = match setting.value {
            "Environment" => Arc::new(self.context.environment()),
            "Ec2InstanceMetadata" => Arc::new(self.context.instance_metadata()),
            "EcsContainer" => Arc::new(self.context.container()),
            _ => {
                return Err(invalid(format!(
                    "{CREDENTIAL_SOURCE} at {} must be Environment, Ec2InstanceMetadata or EcsContainer",
                    setting.location
                )));
            }
        };
        let location = format!("{CREDENTIAL_SOURCE} at {}", setting.location);
        Ok(Arc::new(super::Located { location, provider, must_have: true }))
    }
}

fn duration(setting: SettingValue<'_>) -> Result<u32, CredentialsError> {
    setting.value.parse().ok().filter(|seconds| DURATION.contains(seconds)).ok_or_else(|| {
        invalid(format!(
            "duration_seconds at {} must be a number of seconds from {} to {}",
            setting.location,
            DURATION.start(),
            DURATION.end()
        ))
    })
}
