//! The token of a login, in a file that the `aws` CLI and SDKs share.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, StatusCode};
use serde_json::json;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::super::json::Object;
use super::super::{CredentialsError, time};
use super::{PROVIDER, SsoProvider};

/// Time before its expiry at which a token is refreshed, as in AWS's SDKs.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// A token for the portal.
pub(super) struct Token(Zeroizing<String>);

impl Token {
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

/// The contents of the file.
struct Cached {
    path: PathBuf,
    object: Object,
    expires_at: SystemTime,
}

impl Cached {
    fn token(&self) -> Result<Token, String> {
        Ok(Token(Zeroizing::new(self.object.required("accessToken")?.to_owned())))
    }

    /// The secrets of the file, to redact in responses.
    fn secrets(&self) -> [&str; 3] {
        let text = |name| self.object.text(name).ok().flatten().unwrap_or_default();
        ["accessToken", "refreshToken", "clientSecret"].map(text)
    }
}

/// A login, read from the file or refreshed.
pub(super) struct Login {
    cached: Cached,
    token: Token,
    /// True if a refresh was tried; it is tried once.
    tried: bool,
}

impl Login {
    /// The token for the portal.
    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// The secrets of the login, to redact in responses.
    pub(super) fn secrets(&self) -> [&str; 4] {
        let [one, two, three] = self.cached.secrets();
        [self.token.secret(), one, two, three]
    }

    /// True if no refresh was tried yet.
    pub(super) fn is_as_found(&self) -> bool {
        !self.tried
    }
}

impl SsoProvider {
    /// Reads the login and refreshes it if it expires soon.
    pub(super) async fn login(&self) -> Result<Login, CredentialsError> {
        let cached = self.cached().await?;
        let path = cached.path.clone();
        let bad = |reason: String| {
            let message = format!("the login in {}: {reason}", path.display());
            CredentialsError::invalid(PROVIDER, message).with_hint(self.login_hint())
        };
        let token = cached.token().map_err(bad)?;
        let expires_at = cached.expires_at;
        let mut login = Login { cached, token, tried: false };
        let now = self.io.now();
        if now + AHEAD < expires_at {
            return Ok(login);
        }
        match self.renew(&mut login).await {
            Ok(()) => Ok(login),
            // It is still valid.
            Err(_) if now < expires_at => Ok(login),
            Err(reason) => {
                let expired = time::format(expires_at);
                Err(bad(format!("it expired at {expired} and cannot be refreshed: {reason}")))
            }
        }
    }

    /// Refreshes a login, or returns the reason why that is not possible.
    pub(super) async fn renew(&self, login: &mut Login) -> Result<(), String> {
        login.tried = true;
        login.token = self.refresh(&login.cached).await?;
        Ok(())
    }

    async fn cached(&self) -> Result<Cached, CredentialsError> {
        let bad = |what: String| CredentialsError::invalid(PROVIDER, what).with_hint(self.login_hint());
        let path = self.path()?;
        let shown = path.display();
        let content = match self.io.read_file(&path).await {
            Ok(Some(content)) => Zeroizing::new(content),
            Ok(None) => return Err(bad(format!("not logged in: {shown} is not there"))),
            Err(error) => return Err(bad(format!("{shown} cannot be read: {error}"))),
        };
        let read = || {
            let object = Object::parse(&content)?;
            let text = object.required("expiresAt")?;
            let expires_at = time::parse(text).ok_or_else(|| format!("expiresAt must be {}", time::FORM))?;
            Ok((object, expires_at))
        };
        match read() {
            Ok((object, expires_at)) => Ok(Cached { path, object, expires_at }),
            Err(reason) => {
                let reason: String = reason;
                Err(bad(format!("{shown} is not a valid login: {reason}")))
            }
        }
    }

    /// The path of the file. As in the `aws` CLI, its name is the SHA-1 of the session's name or, without a session, of the start
    /// URL.
    fn path(&self) -> Result<PathBuf, CredentialsError> {
        let key = self.sso.session.as_deref().unwrap_or(&self.sso.start_url);
        let mut name = String::new();
        for byte in Sha1::digest(key) {
            name.push_str(&format!("{byte:02x}"));
        }
        let path =
            self.environment.expand_home(&format!("~/.aws/sso/cache/{name}.json")).ok_or_else(|| {
                CredentialsError::invalid(PROVIDER, "no home directory, in which the login is")
                    .with_hint("Set HOME, or USERPROFILE on Windows.")
            })?;
        Ok(PathBuf::from(path))
    }

    /// Gets a new token for the refresh token, by OIDC's CreateToken.
    async fn refresh(&self, cached: &Cached) -> Result<Token, String> {
        if self.sso.session.is_none() {
            return Err("a login without an sso-session has no refresh token".to_owned());
        }
        let (refresh_token, body) = self.form(cached)?;
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            format!("{}/token", self.oidc).parse().map_err(|_| format!("invalid URL: {}", self.oidc))?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let ask = self.ask();
        let response = ask.send(&request).await.map_err(|error| error.to_string())?;
        if response.status() != StatusCode::OK {
            return Err(ask.error_response(&request, &response, &cached.secrets(), "").to_string());
        }
        let malformed_response = |reason: String| ask.malformed_response(&request, &reason).to_string();
        let response = Object::parse(response.body()).map_err(malformed_response)?;
        let token =
            Token(Zeroizing::new(response.required("accessToken").map_err(malformed_response)?.to_owned()));
        let seconds = response.integer("expiresIn").map_err(malformed_response)?;
        let seconds =
            u64::try_from(seconds).map_err(|_| malformed_response("expiresIn is negative".to_owned()))?;
        let expires_at = self.io.now().checked_add(Duration::from_secs(seconds)).unwrap_or(cached.expires_at);
        let next = response.text("refreshToken").map_err(malformed_response)?.unwrap_or(&refresh_token);
        self.keep(cached, &token, next, expires_at).await;
        Ok(token)
    }

    /// The refresh token, and the body of the request.
    fn form(&self, cached: &Cached) -> Result<(Zeroizing<String>, Bytes), String> {
        let object = &cached.object;
        let member = |name| object.required(name).map_err(|reason| format!("{reason} in the file"));
        let refresh_token = Zeroizing::new(member("refreshToken")?.to_owned());
        let (client_id, client_secret) = (member("clientId")?, member("clientSecret")?);
        let registered = member("registrationExpiresAt")?;
        let registered_until =
            time::parse(registered).ok_or_else(|| format!("registrationExpiresAt must be {}", time::FORM))?;
        if registered_until <= self.io.now() {
            return Err("its registration has expired too".to_owned());
        }
        let body = json!({
            "clientId": client_id,
            "clientSecret": client_secret,
            "grantType": "refresh_token",
            "refreshToken": *refresh_token,
        });
        Ok((refresh_token, Bytes::from(body.to_string())))
    }

    /// Saves the new token for the `aws` CLI and SDKs. The token is used even if that fails.
    async fn keep(&self, cached: &Cached, token: &Token, refresh_token: &str, expires_at: SystemTime) {
        let Ok(mut object) = Object::parse(&cached.object.to_bytes()) else { return };
        object.set("accessToken", token.secret());
        object.set("refreshToken", refresh_token);
        object.set("expiresAt", &time::format(expires_at));
        let content = Zeroizing::new(object.to_bytes());
        let path: &Path = &cached.path;
        let _ = self.io.write_file(path, &content).await;
    }
}
