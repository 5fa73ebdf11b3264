//! Credentials of IAM Identity Center, with the token of `aws sso login`.

mod token;

use core::time::Duration;
use std::sync::Arc;

use barerock::Endpoint;
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use self::token::Token;
use super::document::{self, Names};
use super::http_query::HttpQuery;
use super::io::Io;
use super::json::Object;
use super::{
    CredentialsError, CredentialsFuture, PLAIN_HTTP_HINT, ProvideCredentials, ProvidedCredentials, time,
};
use barerock::Environment;

pub(super) const PROVIDER: &str = "sso";
const LIMIT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// The header with the token.
const BEARER_TOKEN: &str = "x-amz-sso_bearer_token";

const NAMES: Names = Names { id: "accessKeyId", secret: "secretAccessKey", token: "sessionToken" };

/// A role of an account, and the login for it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sso {
    /// The name of the `sso-session` section; `None` for a profile of the older form, which has none.
    pub session: Option<String>,
    /// The URL of the login.
    pub start_url: String,
    /// The account.
    pub account_id: String,
    /// The role in the account.
    pub role_name: String,
    /// The command that logs in, for hints.
    pub login: String,
}

impl Sso {
    /// A role with the login of an `sso-session` section.
    pub fn of_session(
        session: impl Into<String>,
        start_url: impl Into<String>,
        account_id: impl Into<String>,
        role_name: impl Into<String>,
    ) -> Self {
        let session = session.into();
        let login = format!("aws sso login --sso-session {session}");
        Self { login, session: Some(session), ..Self::legacy(start_url, account_id, role_name) }
    }

    /// A role with a login at a URL: the older form, without a session.
    pub fn legacy(
        start_url: impl Into<String>,
        account_id: impl Into<String>,
        role_name: impl Into<String>,
    ) -> Self {
        Self {
            session: None,
            start_url: start_url.into(),
            account_id: account_id.into(),
            role_name: role_name.into(),
            login: "aws sso login".to_owned(),
        }
    }

    /// Sets the command that logs in, for hints.
    #[must_use]
    pub fn login(mut self, command: impl Into<String>) -> Self {
        self.login = command.into();
        self
    }
}

/// Provider of credentials of IAM Identity Center, with the token that `aws sso login` saved in `~/.aws/sso/cache`. Less than 5
/// minutes before it expires, or if it is rejected, it is refreshed once and saved, if the login has a refresh token; otherwise
/// the error's hint names the login command.
#[derive(Debug, Clone)]
pub struct SsoProvider {
    io: Arc<dyn Io>,
    environment: Environment,
    sso: Sso,
    portal: Endpoint,
    oidc: Endpoint,
}

impl SsoProvider {
    /// Creates a provider. The environment determines the home directory; `portal` is the endpoint for credentials, `oidc` that
    /// for new tokens.
    pub fn new(
        io: Arc<dyn Io>,
        environment: Environment,
        sso: Sso,
        portal: Endpoint,
        oidc: Endpoint,
    ) -> Self {
        Self { io, environment, sso, portal, oidc }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        for endpoint in [&self.portal, &self.oidc] {
            if !endpoint.is_https() && !endpoint.is_loopback() {
                let message = format!("refusing to send the token to {endpoint} over plain HTTP");
                return Err(CredentialsError::invalid(PROVIDER, message).with_hint(PLAIN_HTTP_HINT));
            }
        }
        let mut login = self.login().await?;
        let ask = self.ask();
        loop {
            let request = self.request(login.token())?;
            let response = ask.send(&request).await?;
            let refused = || ask.error_response(&request, &response, &login.secrets(), "");
            match response.status() {
                StatusCode::OK => {
                    return self
                        .read(response.body())
                        .map_err(|reason| ask.malformed_response(&request, &reason));
                }
                // "This can happen due to an invalid access token in the request": a token can be revoked before it expires.
                StatusCode::UNAUTHORIZED if login.is_as_found() => {
                    if let Err(reason) = self.renew(&mut login).await {
                        let advice = format!("the login cannot be refreshed: {reason}");
                        let error = ask.error_response(&request, &response, &login.secrets(), &advice);
                        return Err(error.with_hint(self.login_hint()));
                    }
                }
                StatusCode::UNAUTHORIZED => return Err(refused().with_hint(self.login_hint())),
                _ => return Err(refused()),
            }
        }
    }

    fn read(&self, body: &[u8]) -> Result<ProvidedCredentials, String> {
        let object = Object::parse(body)?.object("roleCredentials")?;
        let credentials = document::credentials(&object, &NAMES)?;
        object.required(NAMES.token)?;
        // "The date on which temporary security credentials expire", in milliseconds.
        let expires_at = time::from_unix(object.integer("expiration")?.div_euclid(1000))
            .ok_or("expiration must be milliseconds since 1970")?;
        let provided = ProvidedCredentials::new(credentials, PROVIDER).expires_at(expires_at);
        provided.usable(self.io.now()).map_err(|expired| expired.to_string())
    }

    fn request(&self, token: &Token) -> Result<Request<Bytes>, CredentialsError> {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let (role, account) = (encode(&self.sso.role_name), encode(&self.sso.account_id));
        let uri = format!("{}/federation/credentials?role_name={role}&account_id={account}", self.portal);
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri
            .parse()
            .map_err(|_| CredentialsError::invalid(PROVIDER, format!("invalid URL: {}", self.portal)))?;
        let mut value = HeaderValue::try_from(token.secret()).map_err(|_| {
            let message = "the token contains characters invalid in an HTTP header";
            CredentialsError::invalid(PROVIDER, message).with_hint(self.login_hint())
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert(BEARER_TOKEN, value);
        Ok(request)
    }

    fn ask(&self) -> HttpQuery {
        HttpQuery { io: Arc::clone(&self.io), provider: PROVIDER, attempts: ATTEMPTS, limit: LIMIT }
    }

    fn login_hint(&self) -> String {
        format!("Run `{}`.", self.sso.login)
    }
}

impl ProvideCredentials for SsoProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

#[cfg(test)]
mod tests;
