//! Whose signature it is, and for which region.

use core::time::Duration;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use barerock::credentials::EnvironmentProvider;
use barerock::{Credentials, Environment, ProvideCredentials as _};
use barerock_config::providers::SystemIo;
use barerock_sigv4::Timestamp;

use super::Sign;
use crate::args::Target;
use crate::cmd::doctor::CONNECT_LIMIT;
use crate::exit::Failure;
use crate::network;

/// Credentials, and the region to sign for.
pub(super) struct Whose {
    pub(super) credentials: Credentials,
    pub(super) region: String,
}

impl Whose {
    /// As the options say; without a profile among them, as the environment does. The environment's keys need only hold at
    /// the time of signing, which may be long ago; a profile's are fetched now.
    pub(super) async fn find(arguments: &Sign, time: &Timestamp) -> Result<Self, Failure> {
        match &arguments.profile {
            Some(profile) => Self::of_profile(profile, arguments.region.as_deref()).await,
            None => Self::of_environment(arguments.region.as_deref(), time).await,
        }
    }

    async fn of_environment(region: Option<&str>, time: &Timestamp) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        environment.require_utf8().map_err(|error| Failure::unusable_credentials(error.to_string()))?;
        let region = region.or_else(|| environment.region()).map(str::to_owned);
        let region = region.ok_or_else(|| {
            Failure::unusable_credentials("no region: give --region, or set AWS_REGION or AWS_DEFAULT_REGION")
        })?;
        let since_1970 = Duration::from_secs(u64::try_from(time.unix_secs()).unwrap_or_default());
        let provider = EnvironmentProvider::new(environment.clone()).clock(move || UNIX_EPOCH + since_1970);
        let provided = provider.provide().await.map_err(|error| {
            let advice = match environment.bearer_token() {
                Some(_) => {
                    "; a Bedrock API key, as in AWS_BEARER_TOKEN_BEDROCK, is sent as it is and signs nothing"
                }
                None => "",
            };
            Failure::unusable_credentials(format!("{error}{advice}"))
        })?;
        Ok(Self { credentials: provided.credentials, region })
    }

    /// What a call with this profile would be signed with.
    async fn of_profile(profile: &str, region: Option<&str>) -> Result<Self, Failure> {
        let target = Target {
            profile: Some(profile.to_owned()),
            region: region.map(str::to_owned),
            endpoint_url: None,
            ca_bundle: None,
        };
        let plain = SystemIo::new(Arc::new(network::plain(Some(CONNECT_LIMIT))));
        let config = target
            .loader()
            .load(Arc::new(plain))
            .await
            .map_err(|error| Failure::unusable_credentials(error.to_string()).with_hint(error.hint()))?;
        let region = config.region().value.clone().ok_or_else(|| {
            Failure::unusable_credentials(format!(
                "no region: give --region, set AWS_REGION or AWS_DEFAULT_REGION, or region in profile {profile}"
            ))
        })?;
        let transport = Arc::new(network::transport(&config, Some(CONNECT_LIMIT)).await?);
        let provider = config.credentials(Arc::new(SystemIo::new(transport)));
        let provided = provider.provide().await.map_err(|error| {
            Failure::unusable_credentials(error.to_string()).with_hint(error.hint().map(str::to_owned))
        })?;
        Ok(Self { credentials: provided.credentials, region })
    }
}
