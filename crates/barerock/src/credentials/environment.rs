//! Credentials from environment variables.

use core::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use barerock_sigv4::Credentials;

use super::{CredentialsError, CredentialsFuture, EXPIRED_HINT, ProvideCredentials, ProvidedCredentials};
use crate::environment::Environment;
use crate::time;

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// The current name, then the one botocore knows from before.
const SESSION_TOKEN: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary credentials, `AWS_SESSION_TOKEN` and, if it is known,
/// `AWS_CREDENTIAL_EXPIRATION`, after which they are not returned.
#[derive(Clone)]
pub struct EnvironmentProvider {
    environment: Environment,
    clock: time::Clock,
}

impl EnvironmentProvider {
    /// The name of this provider, as [`ProvidedCredentials::provider`] has it.
    pub const NAME: &'static str = "environment";

    /// Looks in this environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, clock: time::system_clock() }
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn read(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let half = |set, missing| {
            let error = CredentialsError::invalid(Self::NAME, format!("{set} is set, but {missing} is not"));
            Err(error.with_hint("Set both variables or neither."))
        };
        let variables = &self.environment;
        let (id, secret) = match (variables.get(ACCESS_KEY_ID), variables.get(SECRET_ACCESS_KEY)) {
            (Some(id), Some(secret)) => (id, secret),
            (Some(_), None) => return half(ACCESS_KEY_ID, SECRET_ACCESS_KEY),
            (None, Some(_)) => return half(SECRET_ACCESS_KEY, ACCESS_KEY_ID),
            (None, None) => {
                let place = format!("{ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} in the environment");
                return Err(CredentialsError::not_found(place));
            }
        };
        let token = variables.first(&SESSION_TOKEN).map(|(_, token)| token.to_owned());
        let provided = ProvidedCredentials::new(Credentials::new(id, secret, token), Self::NAME);
        let Some(text) = variables.get(EXPIRATION) else { return Ok(provided) };
        let fresh = match time::parse(text) {
            Some(expires_at) => {
                let provided = provided.expires_at(expires_at).usable((self.clock)());
                provided.map_err(|expired| (expired.to_string(), Some(EXPIRED_HINT)))
            }
            None => Err((format!("{EXPIRATION} must be {}", time::FORM), None)),
        };
        fresh.map_err(|(why, hint)| {
            let error = CredentialsError::invalid(Self::NAME, why);
            hint.into_iter().fold(error, CredentialsError::with_hint)
        })
    }
}

/// Names of variables only.
impl fmt::Debug for EnvironmentProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentProvider").field("environment", &self.environment).finish_non_exhaustive()
    }
}

impl ProvideCredentials for EnvironmentProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(core::future::ready(self.read()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-31T12:00:00Z.
    fn now() -> SystemTime {
        std::time::UNIX_EPOCH + core::time::Duration::from_secs(1_769_860_800)
    }

    const PAIR: [(&str, &str); 2] = [(ACCESS_KEY_ID, "AKIDEXAMPLE"), (SECRET_ACCESS_KEY, "SQUIRREL")];

    fn read(variables: &[(&str, &str)]) -> Result<ProvidedCredentials, CredentialsError> {
        EnvironmentProvider::new(variables.iter().copied().collect()).clock(now).read()
    }

    #[test]
    fn a_pair_and_a_token() {
        let found = read(&PAIR).unwrap();
        assert_eq!(
            (found.credentials.access_key_id(), found.credentials.session_token(), found.expires_at),
            ("AKIDEXAMPLE", None, None)
        );
        let found = read(&[PAIR[0], PAIR[1], ("AWS_SECURITY_TOKEN", "old")]).unwrap();
        assert_eq!(found.credentials.session_token(), Some("old"));
        let found = read(&[PAIR[0], PAIR[1], ("AWS_SECURITY_TOKEN", "old"), ("AWS_SESSION_TOKEN", "WALRUS")])
            .unwrap();
        assert_eq!(found.credentials.session_token(), Some("WALRUS"));
        assert!(!format!("{found:?}").contains("WALRUS") && !format!("{found:?}").contains("SQUIRREL"));
    }

    #[test]
    fn an_expiry() {
        let found = read(&[PAIR[0], PAIR[1], (EXPIRATION, "2026-01-31T12:00:01Z")]).unwrap();
        assert_eq!(found.expires_at.map(time::to_unix), Some(1_769_860_801));
        let error = read(&[PAIR[0], PAIR[1], (EXPIRATION, "2026-01-31T12:00:00Z")]).unwrap_err();
        assert_eq!(error.hint(), Some(EXPIRED_HINT));
        assert_eq!(
            error.to_string(),
            "environment credentials: they expired at 2026-01-31T12:00:00Z, and it is 2026-01-31T12:00:00Z here"
        );
        assert_eq!(
            read(&[PAIR[0], PAIR[1], (EXPIRATION, "soon")]).unwrap_err().to_string(),
            "environment credentials: AWS_CREDENTIAL_EXPIRATION must be a time such as 2026-01-31T12:00:00Z"
        );
    }

    #[test]
    fn nothing_is_not_found_and_half_is_wrong() {
        let error = read(&[(ACCESS_KEY_ID, "")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no credentials; looked for AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
        );
        let error = read(&[(SECRET_ACCESS_KEY, "secret")]).unwrap_err().to_string();
        assert_eq!(
            error,
            "environment credentials: AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"
        );
    }
}
