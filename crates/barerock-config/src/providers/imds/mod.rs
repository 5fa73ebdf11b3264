//! Credentials of the role that an EC2 instance has, and the region it is in.

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
use barerock::Environment;
pub use settings::InstanceMetadataSetting;

pub(super) const PROVIDER: &str = "instance-metadata";
const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/iam/security-credentials/";
const REGION_PATH: &str = "/latest/meta-data/placement/region";

/// "X-aws-ec2-metadata-token-ttl-seconds": how long a session of version 2 lasts, six hours at most.
const TTL: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "21600");
const TOKEN: &str = "x-aws-ec2-metadata-token";

/// "403 - Forbidden: The request is not allowed or the IMDS is turned off." 404 is what the metadata services of other
/// clouds say, which have the same address.
const ABSENT: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];

/// Asks the instance metadata service, version 2 (a session token first). Version 1, which any program that can be made
/// to fetch a URL can read, is never spoken. Where nobody answers, or the token is refused with 403 or 404, there are no
/// credentials here and the search goes on; another status is an error.
///
/// `AWS_EC2_METADATA_DISABLED=true` turns it off. The metadata service is asked at
/// `AWS_EC2_METADATA_SERVICE_ENDPOINT`, else at its address of `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`; one second
/// (`AWS_METADATA_SERVICE_TIMEOUT`), once (`AWS_METADATA_SERVICE_NUM_ATTEMPTS`).
#[derive(Debug, Clone)]
pub struct InstanceMetadataProvider {
    io: Arc<dyn Io>,
    environment: Environment,
    /// Of a profile: text, and where it stands.
    settings: Vec<(InstanceMetadataSetting, String, String)>,
}

/// The service, and the header that opens it.
struct Session {
    query: HttpQuery,
    base: String,
    token: HeaderValue,
}

impl InstanceMetadataProvider {
    /// Looks for its settings in this environment.
    pub fn new(io: Arc<dyn Io>, environment: Environment) -> Self {
        Self { io, environment, settings: Vec::new() }
    }

    /// A setting for when the environment has none; `source` tells in errors where it stands.
    #[must_use]
    pub fn setting(
        mut self,
        setting: InstanceMetadataSetting,
        value: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        self.settings.push((setting, value.into(), source.into()));
        self
    }

    /// The region the instance is in; `None` if there is no instance metadata service.
    ///
    /// # Errors
    /// If a setting is wrong, or the service answers what is no region.
    ///
    /// Cancel safety: dropping the future gives the question up.
    pub async fn region(&self) -> Result<Option<String>, CredentialsError> {
        let session = match self.open().await {
            Err(CredentialsError::NotFound { .. }) => return Ok(None),
            session => session?,
        };
        let (request, answer) = session.get(REGION_PATH).await?;
        let region = core::str::from_utf8(answer.body()).unwrap_or_default().trim_ascii();
        let fits = !region.is_empty() && region.len() <= 63;
        if answer.status() != StatusCode::OK {
            Err(session.error_response(&request, &answer))
        } else if !fits || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            let message = format!("GET {}{REGION_PATH} answered what is no region", session.base);
            Err(CredentialsError::invalid(PROVIDER, message))
        } else {
            Ok(Some(region.to_owned()))
        }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let session = self.open().await?;
        let (request, answer) = session.get(ROLE_PATH).await?;
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
            return Err(session.query.malformed_response(&request, "it is not the name of a role"));
        }
        let (request, answer) = session.get(&format!("{ROLE_PATH}{role}")).await?;
        if answer.status() != StatusCode::OK {
            return Err(session.error_response(&request, &answer));
        }
        let document = Object::parse(answer.body()).and_then(|object| match object.text("Code")? {
            None | Some("Success") => document::provided(&object, "Token", PROVIDER, self.io.now()),
            Some(code) => {
                Err(format!("its code is {}", super::http_query::cleaned(code, &[&session.secret()])))
            }
        });
        document.map_err(|reason| session.query.malformed_response(&request, &reason))
    }

    /// Asks for a token. Where nobody answers, or with [`ABSENT`], there is no such service.
    async fn open(&self) -> Result<Session, CredentialsError> {
        let is_disabled =
            self.environment.get(DISABLED).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_disabled {
            return Err(CredentialsError::not_found(format!(
                "the instance metadata service, which {DISABLED} turns off"
            )));
        }
        let (query, base) = self.settings()?;
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri(&base, TOKEN_PATH)?;
        request.headers_mut().insert(TTL.0, HeaderValue::from_static(TTL.1));
        let session = |token| Session { query: query.clone(), base: base.clone(), token };
        let answer = match query.send(&request).await {
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
                    "the instance metadata service (PUT {base}{TOKEN_PATH} answered {}: it is off, or another's)",
                    status.as_u16()
                );
                return Err(CredentialsError::not_found(location));
            }
            _ => {
                return Err(query.error_response(
                    &request,
                    &answer,
                    &[],
                    "version 2 of the service must be on",
                ));
            }
        }
        let token = HeaderValue::from_bytes(answer.body().trim_ascii());
        match token {
            Ok(mut token) if !token.is_empty() && !super::http_query::is_html(&answer) => {
                token.set_sensitive(true);
                Ok(session(token))
            }
            _ => {
                let message = format!("PUT {base}{TOKEN_PATH} answered what is no token");
                Err(CredentialsError::invalid(PROVIDER, message))
            }
        }
    }
}

impl Session {
    async fn get(&self, path: &str) -> Result<(Request<Bytes>, Response<Bytes>), CredentialsError> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri(&self.base, path)?;
        request.headers_mut().insert(TOKEN, self.token.clone());
        let answer = self.query.send(&request).await?;
        Ok((request, answer))
    }

    /// The token, which an answer may hold and an error must not.
    fn secret(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.token.as_bytes())
    }

    fn error_response(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> CredentialsError {
        self.query.error_response(request, answer, &[&self.secret()], "")
    }

    fn location(&self) -> String {
        format!("the instance metadata service at {}", self.base)
    }
}

fn uri(base: &str, path: &str) -> Result<http::Uri, CredentialsError> {
    let text = format!("{}{path}", base.trim_end_matches('/'));
    text.parse().map_err(|_| CredentialsError::invalid(PROVIDER, "the service's URL is none"))
}

impl ProvideCredentials for InstanceMetadataProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}
