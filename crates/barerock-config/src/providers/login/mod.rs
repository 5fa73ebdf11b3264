//! Credentials of an `aws login` session.

mod proof;
mod session;
#[cfg(test)]
mod tests;

use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use barerock::{Endpoint, Environment};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use zeroize::Zeroizing;

use self::proof::ProofKey;
use self::session::{Session, file_name};
use super::http_query::HttpQuery;
use super::io::Io;
use super::json::Object;
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, time};

pub(super) const PROVIDER: &str = "login";
const LIMIT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// Time before their expiry at which credentials are refreshed, as in botocore and AWS's SDK for Rust.
const AHEAD: Duration = Duration::from_secs(5 * 60);

const CACHE_DIRECTORY: &str = "AWS_LOGIN_CACHE_DIRECTORY";
const USUAL_DIRECTORY: &str = "~/.aws/login/cache";

const PERMISSION: &str = "The user or role of the session needs the permission signin:CreateOAuth2Token.";

/// The operation CreateOAuth2Token of AWS Sign-In.
const TOKEN_PATH: &str = "/v1/token";

/// The header of the proof, [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449) section 4.1.
const DPOP: HeaderName = HeaderName::from_static("dpop");

/// Provider of the credentials that `aws login` saved in `~/.aws/login/cache` or `AWS_LOGIN_CACHE_DIRECTORY`. Less than 5
/// minutes before they expire it refreshes them and rewrites the file, readable by its owner only.
///
/// A refresh is a request to AWS Sign-In with a DPoP proof (RFC 9449), signed by the P-256 key of the session. The formats of
/// the file and the request are those of botocore 1.43 and AWS's SDK for Rust. They were not tested with the service itself,
/// which requires a login in a browser.
#[derive(Debug, Clone)]
pub struct LoginProvider {
    io: Arc<dyn Io>,
    environment: Environment,
    session: String,
    command: String,
    signin: Endpoint,
}

impl LoginProvider {
    /// Creates a provider for a session, the value of `login_session`. The environment determines the cache directory; `signin`
    /// is the endpoint for refreshes.
    pub fn new(
        io: Arc<dyn Io>,
        environment: Environment,
        session: impl Into<String>,
        signin: Endpoint,
    ) -> Self {
        let command = "aws login".to_owned();
        Self { io, environment, session: session.into(), command, signin }
    }

    /// Sets the command that starts a new session, for hints; `aws login` by default.
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.command = command.into();
        self
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let session = self.cached().await?;
        let now = self.io.now();
        if session.expires_at.duration_since(now).is_ok_and(|left| left > AHEAD) {
            return Ok(session.provided());
        }
        match self.refresh(&session).await {
            Ok(provided) => Ok(provided),
            Err(_) if now < session.expires_at => Ok(session.provided()),
            Err(error) => {
                let (path, expired_at) = (session.path.display(), time::format(session.expires_at));
                let place = format!("the session in {path} expired at {expired_at} and cannot be refreshed");
                Err(error.at(&place))
            }
        }
    }

    /// Reads the session from the cache.
    async fn cached(&self) -> Result<Session, CredentialsError> {
        let path = self.path()?;
        let shown = path.display();
        let content = match self.io.read_file(&path).await {
            Ok(Some(content)) => Zeroizing::new(content),
            Ok(None) => return Err(self.logged_out(format!("{shown} does not exist"))),
            Err(error) => return Err(self.logged_out(format!("{shown} cannot be read: {error}"))),
        };
        Session::parse(path.clone(), &content)
            .map_err(|reason| self.logged_out(format!("{shown} is not a login session: {reason}")))
    }

    fn path(&self) -> Result<PathBuf, CredentialsError> {
        let directory = self.environment.get(CACHE_DIRECTORY).unwrap_or(USUAL_DIRECTORY);
        let directory = self.environment.expand_home(directory).ok_or_else(|| {
            CredentialsError::invalid(PROVIDER, format!("no home directory to find {directory} in"))
        })?;
        Ok(PathBuf::from(directory).join(file_name(&self.session)))
    }

    /// Refreshes a session and rewrites its file.
    async fn refresh(&self, session: &Session) -> Result<ProvidedCredentials, CredentialsError> {
        if !self.signin.is_https() && !self.signin.is_loopback() {
            let message = format!("refusing to send the session to {} over plain HTTP", self.signin);
            return Err(CredentialsError::invalid(PROVIDER, message));
        }
        let incomplete = |reason| self.logged_out(reason);
        let key = ProofKey::from_pem(session.required("dpopKey").map_err(incomplete)?).map_err(incomplete)?;
        let body = session.token_request().map_err(incomplete)?;
        let uri = format!("{}{TOKEN_PATH}", self.signin);
        let target: Uri = uri
            .parse()
            .map_err(|_| CredentialsError::invalid(PROVIDER, format!("{} is not a URL", self.signin)))?;
        // Each attempt needs a new proof.
        let make = |attempt: u32| {
            let mut request = Request::new(body.clone());
            *request.method_mut() = Method::POST;
            *request.uri_mut() = target.clone();
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let proof = key.proof(&uri, self.io.now(), attempt);
            if let Ok(mut proof) = HeaderValue::try_from(proof) {
                proof.set_sensitive(true);
                request.headers_mut().insert(DPOP, proof);
            }
            request
        };
        let io = Arc::clone(&self.io);
        let query = HttpQuery { io, provider: PROVIDER, attempts: ATTEMPTS, limit: LIMIT };
        let (request, response) = query.send_made(make, |_response| false).await?;
        if response.status() != StatusCode::OK {
            return Err(self.refused(&query, &request, &response, session));
        }
        let renewed = session.renewed(response.body(), self.io.now());
        let (renewed, content) = renewed.map_err(|reason| query.malformed_response(&request, &reason))?;
        // The credentials are valid even if the file cannot be written.
        let _ = self.io.write_file(&session.path, &content).await;
        Ok(renewed)
    }

    /// The error of a response other than 200, with the hint of its error code.
    fn refused(
        &self,
        query: &HttpQuery,
        request: &Request<Bytes>,
        response: &Response<Bytes>,
        session: &Session,
    ) -> CredentialsError {
        let proof = request.headers().get(DPOP).and_then(|proof| proof.to_str().ok()).unwrap_or_default();
        let mut secrets = session.secrets();
        secrets.push(proof);
        let error = query.error_response(request, response, &secrets, "");
        let object = Object::parse(response.body()).ok();
        let code = object.as_ref().and_then(|object| object.text("error").ok().flatten());
        match code {
            Some(code @ ("TOKEN_EXPIRED" | "USER_CREDENTIALS_CHANGED" | "AUTHCODE_EXPIRED")) => {
                error.at(code).with_hint(self.log_in())
            }
            Some(code @ "INSUFFICIENT_PERMISSIONS") => error.at(code).with_hint(PERMISSION),
            _ => error,
        }
    }

    /// The error of a session that requires a new login.
    fn logged_out(&self, message: String) -> CredentialsError {
        CredentialsError::invalid(PROVIDER, message).with_hint(self.log_in())
    }

    fn log_in(&self) -> String {
        format!("Run `{}`.", self.command)
    }
}

impl ProvideCredentials for LoginProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}
