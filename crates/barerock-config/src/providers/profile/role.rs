//! Profiles that assume a role.

use std::sync::Arc;

use super::super::assume_role::{self, AssumeRole, AssumeRoleProvider};
use super::super::web_identity::{self, WebIdentity, WebIdentityProvider};
use super::super::{CredentialsError, ProvideCredentials, invalid_setting};
use super::{Built, PROVIDER, ProfileProvider};
use crate::{Profile, SettingValue};

const ROLE_ARN: &str = "role_arn";
const SOURCE_PROFILE: &str = "source_profile";
const CREDENTIAL_SOURCE: &str = "credential_source";
const TOKEN_FILE: &str = "web_identity_token_file";

/// Limit on a chain of source profiles. Each adds a request to STS and a nested future.
const MAX_CHAIN: usize = 64;

/// Valid durations in seconds: "The value can range from 900 seconds (15 minutes) up to the maximum session duration set for
/// the role", which is twelve hours at most.
const DURATION: core::ops::RangeInclusive<u32> = 900..=43_200;

fn invalid(message: String) -> CredentialsError {
    CredentialsError::invalid(PROVIDER, message)
}

impl ProfileProvider {
    pub(super) fn role(&self, profile: Profile<'_>, chain: &mut Vec<String>) -> Built {
        let token_file = profile.setting(TOKEN_FILE);
        let Some(role_arn) = profile.get(ROLE_ARN) else {
            return match (token_file, profile.setting(CREDENTIAL_SOURCE)) {
                (Some(setting), _) => Err(invalid(format!(
                    "{TOKEN_FILE} is set at {}, but {ROLE_ARN} is not",
                    setting.location
                ))
                .with_hint("The token file is set, but role_arn is not; set both.")),
                // A source profile may have `credential_source` without a role.
                (None, Some(setting)) if !chain.is_empty() => self.credential_source(setting).map(Some),
                (None, _) => Ok(None),
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
        let source = self.source(profile, chain)?;
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

    /// The provider of the credentials the role is assumed with.
    fn source(
        &self,
        profile: Profile<'_>,
        chain: &mut Vec<String>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        match (profile.setting(SOURCE_PROFILE), profile.setting(CREDENTIAL_SOURCE)) {
            (Some(source), None) => self.source_profile(profile, source, chain),
            (None, Some(source)) => self.credential_source(source),
            (Some(one), Some(other)) => {
                let message = format!(
                    "{SOURCE_PROFILE} is set at {} and {CREDENTIAL_SOURCE} at {}",
                    one.location, other.location
                );
                Err(invalid(message).with_hint("A role has one source: remove one of the two settings."))
            }
            (None, None) => {
                let message = format!("{ROLE_ARN} is set, but no credentials to assume the role with are");
                let hint =
                    "To assume the role, set source_profile, credential_source or web_identity_token_file.";
                Err(invalid(message).with_hint(hint))
            }
        }
    }

    fn source_profile(
        &self,
        profile: Profile<'_>,
        setting: SettingValue<'_>,
        chain: &mut Vec<String>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        let at = format!("{SOURCE_PROFILE} at {}", setting.location);
        let source = self.context.config.profiles().require(setting.value);
        let source = source.map_err(|error| invalid_setting(PROVIDER, &at, &error))?;
        let has_keys = source.get(super::ACCESS_KEY_ID).is_some();
        let is_itself = source.name() == profile.name();
        chain.push(profile.name().to_owned());
        if chain.iter().any(|name| name == source.name()) && !(is_itself && has_keys) {
            let message = format!("{at} leads in a circle: {} -> {}", chain.join(" -> "), source.name());
            let hint = "Name a source profile that has credentials and does not lead back here. Only a profile that names itself \
                        may use its own keys.";
            return Err(invalid(message).with_hint(hint));
        }
        if chain.len() >= MAX_CHAIN {
            return Err(invalid(format!("{at}: the chain of source profiles is longer than {MAX_CHAIN}")));
        }
        self.of_profile(source, chain)?.ok_or_else(|| {
            let message =
                format!("{at}: profile {} sets no credentials{}", source.name(), self.why_none(source));
            invalid(message).with_hint("Set keys, a role or another source of credentials in that profile.")
        })
    }

    fn credential_source(
        &self,
        setting: SettingValue<'_>,
    ) -> Result<Arc<dyn ProvideCredentials>, CredentialsError> {
        let provider: Arc<dyn ProvideCredentials> = match &*setting.value.to_ascii_lowercase() {
            "environment" => Arc::new(self.context.environment()),
            "ec2instancemetadata" => Arc::new(self.context.instance_metadata()),
            "ecscontainer" => Arc::new(self.context.container()),
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
