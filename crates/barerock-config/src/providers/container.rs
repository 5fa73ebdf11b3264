//! Credentials of a container: ECS tasks, EKS pods, and other endpoints with the same protocol.

use core::net::IpAddr;
use core::time::Duration;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode, Uri};

use super::http_query::HttpQuery;
use super::io::Io;
use super::json::Object;
use super::{CredentialsError, CredentialsFuture, ProvideCredentials, ProvidedCredentials, document};
use barerock::Environment;
use barerock::converse::endpoint::is_loopback;

pub(super) const PROVIDER: &str = "container";
const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// The origin of relative URIs: ECS.
const ECS: &str = "http://169.254.170.2";

/// The addresses, in addition to loopback, that may be called over plain HTTP: those of ECS and EKS.
const HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Time limit of an attempt; like the number of attempts, as in botocore.
const LIMIT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;

/// Provider of the credentials of the endpoint that `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI` names, with the token in `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, read for every
/// request, else in `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
///
/// Plain HTTP is allowed only to loopback hosts and the addresses of ECS and EKS.
#[derive(Debug, Clone)]
pub struct ContainerProvider {
    query: HttpQuery,
    environment: Environment,
}

impl ContainerProvider {
    /// Creates a provider that reads the variables of this environment.
    pub fn new(io: Arc<dyn Io>, environment: Environment) -> Self {
        Self { query: HttpQuery { io, provider: PROVIDER, attempts: ATTEMPTS, limit: LIMIT }, environment }
    }

    async fn load(&self) -> Result<ProvidedCredentials, CredentialsError> {
        let uri = self.uri()?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let token = self.token().await?;
        if let Some(token) = &token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        let response = self.query.send(&request).await?;
        if response.status() != StatusCode::OK {
            let secret = String::from_utf8_lossy(token.as_ref().map_or(b"", HeaderValue::as_bytes));
            return Err(self.query.error_response(&request, &response, &[&secret], ""));
        }
        Object::parse(response.body())
            .and_then(|object| document::provided(&object, "Token", PROVIDER, self.query.io.now()))
            .map_err(|reason| self.query.malformed_response(&request, &reason))
    }

    fn uri(&self) -> Result<Uri, CredentialsError> {
        let bad =
            |name: &str, reason: &str| Err(CredentialsError::invalid(PROVIDER, format!("{name} {reason}")));
        if let Some(path) = self.environment.get(RELATIVE_URI) {
            return match format!("{ECS}{path}").parse() {
                Ok(uri) if path.starts_with('/') => Ok(uri),
                _ => bad(RELATIVE_URI, "must be a path, such as /v2/credentials/id"),
            };
        }
        let Some(url) = self.environment.get(FULL_URI) else {
            let location = format!("{RELATIVE_URI} and {FULL_URI} in the environment");
            return Err(CredentialsError::not_found(location));
        };
        let uri: Uri = match url.parse() {
            Ok(uri) => uri,
            Err(_) => {
                return bad(FULL_URI, "is not a URL");
            }
        };
        match (uri.scheme_str(), uri.host()) {
            _ if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) => {
                bad(FULL_URI, "must not contain a user name or password")
            }
            (Some("https"), Some(_)) => Ok(uri),
            (Some("http"), Some(host)) if is_allowed(host) => Ok(uri),
            (Some("http"), Some(host)) => {
                let message = format!("{FULL_URI} leads to {host} over plain HTTP");
                let hint = format!(
                    "Use https: plain HTTP is for loopback hosts and {} only, because keys are sent over it.",
                    HOSTS.join(", ")
                );
                Err(CredentialsError::invalid(PROVIDER, message).with_hint(hint))
            }
            _ => bad(FULL_URI, "must be an http or https URL with a host"),
        }
    }

    async fn token(&self) -> Result<Option<HeaderValue>, CredentialsError> {
        let bad = |what: String| CredentialsError::invalid(PROVIDER, what);
        let (location, text) = match (self.environment.get(TOKEN_FILE), self.environment.get(TOKEN)) {
            (Some(path), _) => {
                let location = format!("the file {path}, which {TOKEN_FILE} names,");
                match self.query.io.read_file(Path::new(path)).await {
                    Ok(Some(content)) => (location, content),
                    Ok(None) => return Err(bad(format!("{location} is not there"))),
                    Err(error) => return Err(bad(format!("{location} cannot be read: {error}"))),
                }
            }
            (None, Some(token)) => (TOKEN.to_owned(), token.as_bytes().to_vec()),
            (None, None) => return Ok(None),
        };
        let text = zeroize::Zeroizing::new(text);
        if text.trim_ascii().is_empty() {
            return Err(bad(format!("{location} is empty")));
        }
        // A file often ends with a line break, which is not part of the token.
        let mut value = HeaderValue::from_bytes(text.trim_ascii()).map_err(|_| {
            bad(format!(
                "{location} contains characters invalid in an HTTP header; a token is one line of text"
            ))
        })?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

fn is_allowed(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    is_loopback(host)
        || address.is_ok_and(|address| HOSTS.iter().any(|allowed| allowed.parse() == Ok(address)))
}

impl ProvideCredentials for ContainerProvider {
    fn provide(&self) -> CredentialsFuture<'_> {
        Box::pin(self.load())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Script, line, now};
    use super::*;

    const BODY: &str = r#"{"RoleArn":"arn","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-31T13:00:00Z"}"#;

    fn script(variables: &[(&str, &str)]) -> Script {
        let environment = variables.iter().copied().collect();
        Script::new(|io| ContainerProvider::new(io, environment))
    }

    fn refused(variables: &[(&str, &str)]) -> String {
        script(variables).done().unwrap_err().to_string()
    }

    #[test]
    fn a_task_of_ecs() {
        let mut script = script(&[(RELATIVE_URI, "/v2/credentials/id"), (FULL_URI, "https://other/")]);
        script.exchange(
            |request| {
                assert_eq!(line(request), "GET http://169.254.170.2/v2/credentials/id");
                assert!(!request.headers().contains_key(AUTHORIZATION));
            },
            200,
            BODY,
        );
        let found = script.done().unwrap();
        assert_eq!(found.credentials.access_key_id(), "ASIA");
        assert_eq!(found.credentials.session_token(), Some("t"));
        assert_eq!(found.expires_at, Some(now() + Duration::from_secs(3600)));
    }

    #[test]
    fn a_pod_of_eks() {
        let url = "http://[fd00:ec2::23]/v1/credentials";
        let mut script = script(&[(FULL_URI, url), (TOKEN_FILE, "/token"), (TOKEN, "other")]);
        script.file("/token", Some("PANDA\n"));
        script.exchange(
            |request| {
                assert_eq!(line(request), format!("GET {url}"));
                assert_eq!(request.headers()[AUTHORIZATION], "PANDA");
                assert!(request.headers()[AUTHORIZATION].is_sensitive());
            },
            503,
            "",
        );
        assert_eq!(script.pause(), Duration::from_millis(100));
        script.unreachable();
        assert_eq!(script.pause(), Duration::from_millis(200));
        script.exchange(|_| {}, 200, BODY);
        assert!(script.done().is_ok());
    }

    #[test]
    fn only_hosts_that_may() {
        for host in [
            "127.0.0.1",
            "127.1.2.3:80",
            "[::1]:8080",
            "localhost:1",
            "LOCALHOST",
            "169.254.170.23",
            "169.254.170.2",
        ] {
            let mut script = script(&[(FULL_URI, &format!("http://{host}/x"))]);
            script.exchange(|_| {}, 200, BODY);
            assert!(script.done().is_ok(), "{host}");
        }
        for host in ["169.254.169.254", "10.0.0.1", "localhost.example", "example.com", "[fd00:ec2::24]"] {
            let error = refused(&[(FULL_URI, &format!("http://{host}/x"))]);
            assert!(error.contains("over plain HTTP"), "{host}: {error}");
        }
        for (url, reason) in [
            ("ftp://localhost/x", "must be an http or https URL with a host"),
            ("/x", "must be an http or https URL with a host"),
            ("http://", "is not a URL"),
            ("https://me:secret@host/x", "must not contain a user name or password"),
            ("http:/me:secret@host/x", "is not a URL"),
        ] {
            let error = refused(&[(FULL_URI, url)]);
            assert!(error.contains(reason) && !error.contains("secret"), "{url}: {error}");
        }
        for path in ["v2", "@evil.example/", ".evil.example/"] {
            assert_eq!(
                refused(&[(RELATIVE_URI, path)]),
                "container credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must be a path, such as /v2/credentials/id"
            );
        }
    }

    #[test]
    fn bad_tokens_and_answers() {
        let url = (FULL_URI, "http://localhost/x");
        let error = refused(&[url, (TOKEN, "PAN\nDA")]);
        assert_eq!(
            error,
            "container credentials: AWS_CONTAINER_AUTHORIZATION_TOKEN contains characters invalid in an HTTP header; a token is one line of text"
        );
        let mut missing = script(&[url, (TOKEN_FILE, "/token")]);
        missing.file("/token", None);
        assert_eq!(
            missing.done().unwrap_err().to_string(),
            "container credentials: the file /token, which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, is not there"
        );
        let mut empty = script(&[url, (TOKEN_FILE, "/token")]);
        empty.file("/token", Some(" \n"));
        assert_eq!(
            empty.done().unwrap_err().to_string(),
            "container credentials: the file /token, which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, is empty"
        );
        let mut refusing = script(&[url, (TOKEN, "PANDA")]);
        refusing.exchange(|_| {}, 401, r#"{"code":"x","message":"no PANDA\n here"}"#);
        assert_eq!(
            refusing.done().unwrap_err().to_string(),
            "container credentials: GET http://localhost/x answered 401: no **redacted** here"
        );
        let mut foreign = script(&[url, (TOKEN, "PANDÄ")]);
        foreign.exchange(|_| {}, 403, r#"{"message":"no PANDÄ"}"#);
        assert!(foreign.done().unwrap_err().to_string().ends_with("answered 403: no **redacted**"));
        let mut missing = script(&[url]);
        missing.exchange(
            |_| {},
            200,
            r#"{"AccessKeyId":"ASIA","SecretAccessKey":"SQUIRREL","Expiration":7}"#,
        );
        assert_eq!(
            missing.done().unwrap_err().to_string(),
            "container credentials: GET http://localhost/x: no credentials in the response: Expiration is not a string"
        );
        assert!(matches!(script(&[]).done(), Err(CredentialsError::NotFound { .. })));
    }
}
