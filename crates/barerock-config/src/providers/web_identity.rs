//! Credentials of a role that is assumed with the token of an identity provider: EKS pods, CI jobs.

use std::path::Path;

use zeroize::Zeroizing;

use super::assume_role::session_name;
use super::sts::{Sts, StsCall};
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials};
use barerock::Environment;

pub(super) const PROVIDER: &str = "web-identity";
const ACTION: &str = "AssumeRoleWithWebIdentity";
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE_ARN: &str = "AWS_ROLE_ARN";
const SESSION_NAME: &str = "AWS_ROLE_SESSION_NAME";

/// A role and the file of the token to assume it with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WebIdentity {
    /// The ARN of the role.
    pub role_arn: String,
    /// The path of the token. It is read for every request, because it changes.
    pub token_file: String,
    /// The name of the session, as in CloudTrail; `barerock-` and the time if unset.
    pub session_name: Option<String>,
    /// The lifetime of the credentials in seconds: 900 to 43,200.
    pub duration_seconds: Option<u32>,
}

impl WebIdentity {
    /// Creates a value with the defaults of STS.
    pub fn new(role_arn: impl Into<String>, token_file: impl Into<String>) -> Self {
        Self {
            role_arn: role_arn.into(),
            token_file: token_file.into(),
            session_name: None,
            duration_seconds: None,
        }
    }

    /// Reads `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`.
    ///
    /// # Errors
    /// [`CredentialsError::NotFound`] without a token file, [`CredentialsError::Invalid`] with a token file but no role.
    pub fn from_env(environment: &Environment) -> Result<Self, CredentialsError> {
        let Some(token_file) = environment.get(TOKEN_FILE) else {
            return Err(CredentialsError::not_found(format!("{TOKEN_FILE} in the environment")));
        };
        let Some(role_arn) = environment.get(ROLE_ARN) else {
            let error =
                CredentialsError::invalid(PROVIDER, format!("{TOKEN_FILE} is set, but {ROLE_ARN} is not"));
            return Err(error.with_hint("Set both variables or neither."));
        };
        let session_name = environment.get(SESSION_NAME).map(str::to_owned);
        Ok(Self { session_name, ..Self::new(role_arn, token_file) })
    }
}

/// Provider of the credentials of a role, by STS's AssumeRoleWithWebIdentity with a token of an identity provider; the request
/// is not signed.
///
/// Every call requests new credentials; [`CachedCredentials`](barerock::credentials::CachedCredentials) caches them.
#[derive(Debug, Clone)]
pub struct WebIdentityProvider {
    sts: Sts,
    identity: WebIdentity,
}

impl WebIdentityProvider {
    /// Creates a provider that assumes the role with this client of STS.
    #[must_use]
    pub fn new(sts: Sts, identity: WebIdentity) -> Self {
        Self { sts, identity }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let token = self.token().await?;
        let session_name = session_name(self.identity.session_name.as_deref(), &self.sts);
        let duration = self.identity.duration_seconds.map(|seconds| seconds.to_string());
        let mut parameters = vec![
            ("RoleArn", &*self.identity.role_arn),
            ("RoleSessionName", &*session_name),
            ("WebIdentityToken", &**token),
        ];
        parameters.extend(duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        self.sts
            .call(StsCall {
                provider: PROVIDER,
                action: ACTION,
                parameters: &parameters,
                signed_by: None,
                secret: &token,
            })
            .await
    }

    async fn token(&self) -> Result<Zeroizing<String>, CredentialsError> {
        let path = &self.identity.token_file;
        let bad =
            |reason: String| CredentialsError::invalid(PROVIDER, format!("the token file {path} {reason}"));
        let content = match self.sts.io().read_file(Path::new(path)).await {
            Ok(Some(content)) => Zeroizing::new(content),
            Ok(None) => return Err(bad("is not there".to_owned())),
            Err(error) => return Err(bad(format!("cannot be read: {error}"))),
        };
        match core::str::from_utf8(content.trim_ascii()) {
            Ok("") => Err(bad("is empty".to_owned())),
            Ok(token) => Ok(Zeroizing::new(token.to_owned())),
            Err(_) => Err(bad("is not UTF-8".to_owned())),
        }
    }
}

impl ProvideCredentials for WebIdentityProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

#[cfg(test)]
mod tests {
    use barerock::Endpoint;

    use super::super::testing::{Script, line};
    use super::*;

    const BODY: &str = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
        <SessionToken>t</SessionToken><SecretAccessKey>s</SecretAccessKey><AccessKeyId>ASIA</AccessKeyId>\
        <Expiration>2026-01-31T13:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
        </AssumeRoleWithWebIdentityResponse>";

    fn script() -> Script {
        let environment =
            [(TOKEN_FILE, "/token"), (ROLE_ARN, "arn"), (SESSION_NAME, "me")].into_iter().collect();
        let identity = WebIdentity::from_env(&environment).unwrap();
        let endpoint = Endpoint::custom("https://sts.test").unwrap();
        Script::new(|io| WebIdentityProvider::new(Sts::new(io, endpoint, "eu-west-1"), identity))
    }

    #[test]
    fn the_token_is_the_proof() {
        let mut script = script();
        script.file("/token", Some("PANDA.x\n"));
        let check = |request: &http::Request<bytes::Bytes>| {
            assert_eq!(line(request), "POST https://sts.test/");
            assert_eq!(
                request.body(),
                "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn&RoleSessionName=me&WebIdentityToken=PANDA.x"
            );
            assert!(!request.headers().contains_key("authorization"));
        };
        let trouble = "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>";
        script.exchange(check, 400, trouble);
        script.pause();
        script.exchange(check, 200, BODY);
        assert_eq!(script.done().unwrap().credentials.access_key_id(), "ASIA");
    }

    #[test]
    fn bad_tokens() {
        let refused = |content| {
            let mut script = script();
            script.file("/token", content);
            script.done().unwrap_err().to_string()
        };
        assert_eq!(refused(None), "web-identity credentials: the token file /token is not there");
        assert_eq!(refused(Some("\n")), "web-identity credentials: the token file /token is empty");
        let mut expired = script();
        expired.file("/token", Some("PANDA"));
        expired.exchange(
            |_| {},
            400,
            "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Token PANDA expired</Message></Error></ErrorResponse>",
        );
        assert_eq!(
            expired.done().unwrap_err().to_string(),
            "web-identity credentials: AssumeRoleWithWebIdentity of https://sts.test failed: ExpiredTokenException: Token **redacted** expired"
        );
        let half = WebIdentity::from_env(&[(TOKEN_FILE, "/token")].into_iter().collect()).unwrap_err();
        assert_eq!(
            half.to_string(),
            "web-identity credentials: AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not"
        );
    }
}
