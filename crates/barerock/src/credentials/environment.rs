//! Credentials from environment variables.

use barerock_sigv4::Credentials;

use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use crate::environment::Environment;

const PROVIDER: &str = "environment";
const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// The current name, then the one botocore knows from before.
const SESSION_TOKEN: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary credentials, `AWS_SESSION_TOKEN`.
#[derive(Debug, Clone)]
pub struct EnvironmentProvider(Environment);

impl EnvironmentProvider {
    /// Looks in this environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self(environment)
    }

    fn read(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let half = |set, missing| CredentialsError::Invalid {
            provider: PROVIDER,
            message: format!("{set} is set, but {missing} is not; set both or neither"),
        };
        match (self.0.get(ACCESS_KEY_ID), self.0.get(SECRET_ACCESS_KEY)) {
            (Some(id), Some(secret)) => {
                let token = self.0.first(&SESSION_TOKEN).map(|(_, token)| token.to_owned());
                Ok(ProvidedCredentials::new(Credentials::new(id, secret, token), PROVIDER))
            }
            (Some(_), None) => Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
            (None, Some(_)) => Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
            (None, None) => Err(CredentialsError::NotFound {
                looked_for: vec![format!("{ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} in the environment")],
            }),
        }
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

    fn read(variables: &[(&str, &str)]) -> Result<ProvidedCredentials, CredentialsError> {
        EnvironmentProvider::new(variables.iter().copied().collect()).read()
    }

    #[test]
    fn a_pair_and_a_token() {
        let pair = [(ACCESS_KEY_ID, "AKIDEXAMPLE"), (SECRET_ACCESS_KEY, "SQUIRREL")];
        let found = read(&pair).unwrap();
        assert_eq!(
            (found.credentials.access_key_id(), found.credentials.session_token()),
            ("AKIDEXAMPLE", None)
        );
        let found = read(&[pair[0], pair[1], ("AWS_SECURITY_TOKEN", "old")]).unwrap();
        assert_eq!(found.credentials.session_token(), Some("old"));
        let found = read(&[pair[0], pair[1], ("AWS_SECURITY_TOKEN", "old"), ("AWS_SESSION_TOKEN", "WALRUS")])
            .unwrap();
        assert_eq!(found.credentials.session_token(), Some("WALRUS"));
        assert!(!format!("{found:?}").contains("WALRUS") && !format!("{found:?}").contains("SQUIRREL"));
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
            "credentials from the environment: AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not; set both or neither"
        );
    }
}
