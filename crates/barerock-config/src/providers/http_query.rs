//! HTTP requests of providers, with attempts and a time limit, and errors of their responses.

use core::error::Error as _;
use core::fmt::Write as _;
use core::time::Duration;
use std::sync::Arc;

use barerock::sigv4::Secrets;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};

use super::CredentialsError;
use super::io::Io;
use super::json::Object;
use barerock::transport::{TransportError, TransportErrorKind};

/// The pause before the second attempt. It doubles with every attempt.
const PAUSE: Duration = Duration::from_millis(100);

/// Limit on the pause.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Number of attempts if the service responds with 429 or 5xx, even if the settings allow fewer.
const SERVER_ERROR_ATTEMPTS: u32 = 3;

/// Limit on a service's message in errors, in characters.
const MAX_WORDS: usize = 400;

/// The provider that sends requests, and the limits of its attempts.
#[derive(Debug, Clone)]
pub(super) struct HttpQuery {
    pub(super) io: Arc<dyn Io>,
    pub(super) provider: &'static str,
    /// The number of attempts.
    pub(super) attempts: u32,
    /// The time limit of an attempt.
    pub(super) limit: Duration,
}

impl HttpQuery {
    /// Sends a request and returns the response of any status. Retries if there is no response or one of 429 or 5xx, the latter
    /// with at least [`SERVER_ERROR_ATTEMPTS`] attempts in all.
    pub(super) async fn send(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, CredentialsError> {
        self.send_unless(request, |_response| false).await
    }

    /// Like [`send`](Self::send), but also retries responses for which `again` returns true.
    pub(super) async fn send_unless(
        &self,
        request: &Request<Bytes>,
        again: impl Fn(&Response<Bytes>) -> bool,
    ) -> Result<Response<Bytes>, CredentialsError> {
        self.send_made(|_attempt| request.clone(), again).await.map(|(_request, response)| response)
    }

    /// Like [`send_unless`](Self::send_unless), but builds a request for each attempt, counted from 1. Also returns the last
    /// request.
    pub(super) async fn send_made(
        &self,
        make: impl Fn(u32) -> Request<Bytes>,
        again: impl Fn(&Response<Bytes>) -> bool,
    ) -> Result<(Request<Bytes>, Response<Bytes>), CredentialsError> {
        let (mut attempt, mut pause) = (1, PAUSE);
        loop {
            let request = make(attempt);
            let response = self.io.exchange(request.clone(), self.limit).await;
            let attempts = match &response {
                Ok(response) if is_server_error(response.status()) => {
                    self.attempts.max(SERVER_ERROR_ATTEMPTS)
                }
                Ok(response) if !again(response) => attempt,
                _ => self.attempts,
            };
            match response {
                Ok(response) if attempt >= attempts => return Ok((request, response)),
                Err(error) if attempt >= attempts => {
                    let (what, plural) = (what(&request), if attempt == 1 { "" } else { "s" });
                    let message = format!("{what}: {}, after {attempt} attempt{plural}", told(&error));
                    return Err(CredentialsError::unavailable(self.provider, message, error));
                }
                _ => self.io.sleep(pause).await,
            }
            attempt += 1;
            pause = pause.saturating_mul(2).min(MAX_PAUSE);
        }
    }

    /// The error of a response without credentials. `secrets` are those of the request, which the peer may echo.
    pub(super) fn error_response(
        &self,
        request: &Request<Bytes>,
        response: &Response<Bytes>,
        secrets: &[&str],
        advice: &str,
    ) -> CredentialsError {
        let status = response.status();
        let mut message = format!("{} answered {}", what(request), status.as_u16());
        if let Some(words) = words(response, secrets) {
            // Writing to a string does not fail.
            let _ = write!(message, ": {words}");
        }
        if !advice.is_empty() {
            let _ = write!(message, "; {advice}");
        }
        if is_server_error(status) {
            CredentialsError::unavailable(self.provider, message, None)
        } else {
            CredentialsError::invalid(self.provider, message)
        }
    }

    /// The error of a malformed response.
    pub(super) fn malformed_response(&self, request: &Request<Bytes>, reason: &str) -> CredentialsError {
        let message = format!("{}: no credentials in the response: {reason}", what(request));
        CredentialsError::invalid(self.provider, message)
    }
}

/// True for a status of a temporary error.
fn is_server_error(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// A transport error with its root cause, except for a timeout, whose cause adds nothing.
fn told(error: &TransportError) -> String {
    let bottom = core::iter::successors(error.source(), |&error| error.source()).last();
    match bottom {
        Some(bottom) if !is_timeout(error) => format!("{error}: {bottom}"),
        _ => error.to_string(),
    }
}

fn is_timeout(error: &TransportError) -> bool {
    matches!(error.kind(), TransportErrorKind::ConnectTimeout | TransportErrorKind::Timeout)
}

/// A request for errors: without its query, which may contain secrets.
fn what<B>(request: &Request<B>) -> String {
    let uri: &Uri = request.uri();
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or_default();
    format!("{} {scheme}://{authority}{}", request.method(), uri.path())
}

/// The message of an error response, if it has one.
fn words(response: &Response<Bytes>, secrets: &[&str]) -> Option<String> {
    if is_html(response) {
        return Some("an HTML page, perhaps of a proxy or a login portal".to_owned());
    }
    // Other bodies are not shown: they may be truncated JSON that contains a key.
    let object = Object::parse(response.body()).ok()?;
    let names = ["message", "Message", "error_description", "error", "code", "Code"];
    let text = names.iter().find_map(|name| object.text(name).ok().flatten());
    text.map(|text| cleaned(text, secrets))
}

/// True if a response is an HTML page.
pub(super) fn is_html(response: &Response<Bytes>) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
        || response
            .body()
            .trim_ascii_start()
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"<html") || start.eq_ignore_ascii_case(b"<!doc"))
}

/// The message of a service on one line, of limited length, and without the secrets of the request.
pub(super) fn cleaned(text: &str, secrets: &[&str]) -> String {
    let secrets: Secrets = secrets.iter().collect();
    let text = secrets.hide(text);
    let mut cleaned = String::new();
    for (index, word) in text.split(|c: char| c.is_whitespace() || c.is_control()).enumerate() {
        if index > 0 && !word.is_empty() && !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.push_str(word);
    }
    if let Some((end, _)) = cleaned.char_indices().nth(MAX_WORDS) {
        cleaned.truncate(end);
        cleaned.push('…');
    }
    cleaned
}
