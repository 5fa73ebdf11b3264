//! Credentials of an EC2 instance's role and the region of the instance, from the instance metadata service (IMDS).

mod settings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::http_query::HttpQuery;
use super::io::Io;
use super::json::Object;
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, document};
use crate::{ConfigError, Profile};
use barerock::Environment;
use barerock::settings::METADATA_DISABLED;
use settings::Settings;

pub(super) const PROVIDER: &str = "instance-metadata";

const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/iam/security-credentials/";
const REGION_PATH: &str = "/latest/meta-data/placement/region";

/// Lifetime of a session token in seconds, at most six hours.
const TTL: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "21600");
const TOKEN: &str = "x-aws-ec2-metadata-token";

/// EC2 responds with 403 if the service is turned off; the metadata services of other clouds, which have the same address,
/// with 404.
const ABSENT: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];

const FAILING: &str = "The instance metadata service is failing or limits its requests; try again later. \
    AWS_METADATA_SERVICE_NUM_ATTEMPTS allows more attempts.";
const NO_V2: &str =
    "Version 2 of the instance metadata service must be on (HttpTokens optional or required).";
const NOT_IMDS: &str = "If it happens again, something else than the instance metadata service responds, such as a proxy; \
    AWS_METADATA_SERVICE_NUM_ATTEMPTS allows more attempts.";
const NOT_TRUSTED: &str =
    "The trust policy of the instance's role must allow ec2.amazonaws.com to assume it.";

/// Provider of the credentials of the instance metadata service, version 2, which requires a session token. Version 1, which
/// is open to server-side request forgery, is not supported. If there is no response, or the token request fails with 403 or
/// 404, there are no credentials and the search continues; another status is an error.
///
/// Its settings are `AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT` (else the service's address for
/// `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, by default IPv4), `AWS_METADATA_SERVICE_TIMEOUT` (by default 1 second per
/// attempt) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` (by default 1). A profile sets them in lower case without `AWS_`.
/// Responses of 429 and 5xx are retried twice even if fewer attempts are allowed; empty and invalid ones as often as attempts
/// are allowed.
///
/// The credentials are [statically stable](ProvidedCredentials::is_statically_stable): they are returned even if they have
/// expired, and a [`CachedCredentials`](barerock::credentials::CachedCredentials) keeps using them during an outage of the
/// service, as in AWS's SDKs.
#[derive(Debug, Clone)]
pub struct InstanceMetadataProvider {
    io: Arc<dyn Io>,
    /// `None` if the service must not be called.
    settings: Result<Option<Settings>, ConfigError>,
}

/// A session of the service, opened by a token.
struct Session {
    query: HttpQuery,
    base: String,
    token: HeaderValue,
}

impl InstanceMetadataProvider {
    /// Creates a provider with the settings of an environment. For those of a profile too, use
    /// [`ProviderContext::instance_metadata`](super::ProviderContext::instance_metadata).
    pub fn new(io: Arc<dyn Io>, environment: Environment) -> Self {
        Self::resolve(io, &environment, None)
    }

    pub(super) fn resolve(io: Arc<dyn Io>, environment: &Environment, profile: Option<Profile<'_>>) -> Self {
        Self { io, settings: Settings::resolve(environment, profile) }
    }

    /// Returns the region of the instance; `None` if there is no instance metadata service.
    ///
    /// # Errors
    /// If a setting is invalid, or the response is not a region.
    ///
    /// Cancel safety: dropping the future cancels the request.
    pub async fn region(&self) -> Result<Option<String>, CredentialsError> {
        let session = match self.open().await {
            Err(CredentialsError::NotFound { .. }) => return Ok(None),
            session => session?,
        };
        let (request, answer) = session.get(REGION_PATH, is_empty).await?;
        let region = core::str::from_utf8(answer.body()).unwrap_or_default().trim_ascii();
        let fits = !region.is_empty() && region.len() <= 63;
        if answer.status() != StatusCode::OK {
            Err(session.error_response(&request, &answer))
        } else if !fits || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            let message = format!("the response to GET {}{REGION_PATH} is not a region", session.base);
            Err(CredentialsError::invalid(PROVIDER, message))
        } else {
            Ok(Some(region.to_owned()))
        }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let session = self.open().await?;
        let (request, answer) = session.get(ROLE_PATH, is_empty).await?;
        match answer.status() {
            StatusCode::OK => {}
            status if ABSENT.contains(&status) => {
                let location = format!("{}, where the instance has no role", session.location());
                return Err(CredentialsError::not_found(location));
            }
            _ => return Err(session.error_response(&request, &answer)),
        }
        let role = core::str::from_utf8(answer.body()).unwrap_or_default().lines().next().unwrap_or_default();
        let role = role.trim_ascii();
        // "Names of … roles … must be alphanumeric, including … plus (+), equal (=), comma (,), period (.), at (@),
        // underscore (_), and hyphen (-)."
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
        if role.is_empty() || !role.bytes().all(is_name) {
            return Err(session.query.malformed_response(&request, "not the name of a role"));
        }
        let (request, answer) = session.get(&format!("{ROLE_PATH}{role}"), is_not_json).await?;
        if answer.status() != StatusCode::OK {
            return Err(session.error_response(&request, &answer));
        }
        let document = Object::parse(answer.body()).and_then(|object| match object.text("Code")? {
            None | Some("Success") => document::provided_of_any_age(&object, "Token", PROVIDER),
            Some(code) => {
                Err(format!("its code is {}", super::http_query::cleaned(code, &[&session.secret()])))
            }
        });
        let provided = document.map_err(|reason| {
            let error = session.query.malformed_response(&request, &reason);
            error.with_hint(if reason.contains("AssumeRoleUnauthorizedAccess") {
                NOT_TRUSTED
            } else {
                NOT_IMDS
            })
        })?;
        Ok(provided.statically_stable())
    }

    /// Requests a token. If there is no response, or one of [`ABSENT`], there is no such service.
    async fn open(&self) -> Result<Session, CredentialsError> {
        let settings = self.settings.as_ref();
        let settings = settings.map_err(|error| CredentialsError::invalid(PROVIDER, error.to_string()))?;
        let Some(Settings { base, limit, attempts }) = settings else {
            let variable = METADATA_DISABLED.variables().first().copied().unwrap_or_default();
            let location = format!("the instance metadata service, which {variable} turns off");
            return Err(CredentialsError::not_found(location));
        };
        let io = Arc::clone(&self.io);
        let query = HttpQuery { io, provider: PROVIDER, attempts: *attempts, limit: *limit };
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri(base, TOKEN_PATH)?;
        request.headers_mut().insert(TTL.0, HeaderValue::from_static(TTL.1));
        let session = |token| Session { query: query.clone(), base: base.clone(), token };
        let answer = match query.send_unless(&request, is_empty).await {
            Ok(answer) => answer,
            Err(CredentialsError::Unavailable { message, .. }) => {
                let location = format!("the instance metadata service ({message})");
                return Err(CredentialsError::not_found(location));
            }
            Err(error) => return Err(error),
        };
        match answer.status() {
            StatusCode::OK => {}
            status if ABSENT.contains(&status) => {
                let location = format!(
                    "the instance metadata service (PUT {base}{TOKEN_PATH} answered {}, so it is off or is another service)",
                    status.as_u16()
                );
                return Err(CredentialsError::not_found(location));
            }
            _ => {
                return Err(with_advice(query.error_response(&request, &answer, &[], "")));
            }
        }
        let token = HeaderValue::from_bytes(answer.body().trim_ascii());
        match token {
            Ok(mut token) if !token.is_empty() && !super::http_query::is_html(&answer) => {
                token.set_sensitive(true);
                Ok(session(token))
            }
            _ => {
                let message = format!("the response to PUT {base}{TOKEN_PATH} is not a token");
                Err(CredentialsError::invalid(PROVIDER, message).with_hint(NOT_IMDS))
            }
        }
    }
}

impl Session {
    /// Gets a path; retries responses for which `again` returns true.
    async fn get(
        &self,
        path: &str,
        again: fn(&Response<Bytes>) -> bool,
    ) -> Result<(Request<Bytes>, Response<Bytes>), CredentialsError> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri(&self.base, path)?;
        request.headers_mut().insert(TOKEN, self.token.clone());
        let answer = self.query.send_unless(&request, again).await?;
        Ok((request, answer))
    }

    /// The token, which a response may echo and an error must not.
    fn secret(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.token.as_bytes())
    }

    fn error_response(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> CredentialsError {
        with_advice(self.query.error_response(request, answer, &[&self.secret()], ""))
    }

    fn location(&self) -> String {
        format!("the instance metadata service at {}", self.base)
    }
}

/// Adds a hint to the error of a response whose status is not 200.
fn with_advice(error: CredentialsError) -> CredentialsError {
    match error {
        CredentialsError::Unavailable { .. } => error.with_hint(FAILING),
        _ => error.with_hint(NO_V2),
    }
}

fn uri(base: &str, path: &str) -> Result<http::Uri, CredentialsError> {
    let text = format!("{base}{path}");
    text.parse().map_err(|_| CredentialsError::invalid(PROVIDER, "invalid URL of the service"))
}

/// True for a successful response without a body, which the service sends on internal errors.
fn is_empty(answer: &Response<Bytes>) -> bool {
    answer.status() == StatusCode::OK && answer.body().trim_ascii().is_empty()
}

/// True for a successful response that is not a complete JSON object.
fn is_not_json(answer: &Response<Bytes>) -> bool {
    answer.status() == StatusCode::OK && Object::parse(answer.body()).is_err()
}

impl ProvideCredentials for InstanceMetadataProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}
