//! Credentials of IAM Identity Center, for people who have logged in with `aws sso login`.

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
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, time};
use barerock::Environment;

pub(super) const PROVIDER: &str = "sso";
const LIMIT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// The header that proves who asks.
const BEARER_TOKEN: &str = "x-amz-sso_bearer_token";

const NAMES: Names = Names { id: "accessKeyId", secret: "secretAccessKey", token: "sessionToken" };

/// An account and a role in it, and the login that opens them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sso {
    /// The name of the `sso-session` section; `None` for a profile of the older form, which has none.
    pub session: Option<String>,
    /// Where people log in.
    pub start_url: String,
    /// Which account.
    pub account_id: String,
    /// Which role in it.
    pub role_name: String,
    /// What to run to log in anew; it is named in errors.
    pub login: String,
}

impl Sso {
    /// An account and a role, opened by a login of an `sso-session` section.
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

    /// An account and a role, opened by a login at a URL: the form from before there were sessions.
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

    /// What to run to log in anew, as errors name it.
    #[must_use]
    pub fn login(mut self, command: impl Into<String>) -> Self {
        self.login = command.into();
        self
    }
}

/// Asks IAM Identity Center with the token that `aws sso login` left in `~/.aws/sso/cache`. Before it expires, or if it is
/// refused, it is refreshed once and written back, if the login allows it; else the error names the command that logs in
/// anew.
#[derive(Debug, Clone)]
pub struct SsoProvider {
    io: Arc<dyn Io>,
    environment: Environment,
    sso: Sso,
    portal: Endpoint,
    oidc: Endpoint,
}

impl SsoProvider {
    /// Finds the home directory in this environment, asks `portal` for credentials and `oidc` for a new token.
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
                let message = format!("{endpoint} is not encrypted; use https for SSO");
                return Err(CredentialsError::invalid(PROVIDER, message));
            }
        }
        let mut login = self.login().await?;
        let ask = self.ask();
        loop {
            let request = self.request(login.token())?;
            let answer = ask.send(&request).await?;
            let refused = |advice: &str| Err(ask.error_response(&request, &answer, &login.secrets(), advice));
            match answer.status() {
                StatusCode::OK => {
                    return self
                        .read(answer.body())
                        .map_err(|reason| ask.malformed_response(&request, &reason));
                }
                // "This can happen due to an invalid access token in the request": it can end before its time.
                StatusCode::UNAUTHORIZED if login.is_as_found() => {
                    if let Err(reason) = self.renew(&mut login).await {
                        let advice = format!("the login cannot be refreshed: {reason}; {}", self.log_in());
                        return Err(ask.error_response(&request, &answer, &login.secrets(), &advice));
                    }
                }
                StatusCode::UNAUTHORIZED => return refused(&self.log_in()),
                _ => return refused(""),
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
            .map_err(|_| CredentialsError::invalid(PROVIDER, format!("{} is no URL to call", self.portal)))?;
        let mut value = HeaderValue::try_from(token.secret()).map_err(|_| {
            let message = format!("the token holds characters that an HTTP header cannot; {}", self.log_in());
            CredentialsError::invalid(PROVIDER, message)
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert(BEARER_TOKEN, value);
        Ok(request)
    }

    fn ask(&self) -> HttpQuery {
        HttpQuery { io: Arc::clone(&self.io), provider: PROVIDER, attempts: ATTEMPTS, limit: LIMIT }
    }

    fn log_in(&self) -> String {
        format!("run `{}`", self.sso.login)
    }
}

impl ProvideCredentials for SsoProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

#[cfg(test)]
mod tests;
