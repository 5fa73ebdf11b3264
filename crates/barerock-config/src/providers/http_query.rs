//! Asking over HTTP: a few tries within a limit, and words for an answer that is none.

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

/// The pause before the second try; it doubles from try to try.
const PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Attempts in all for a service that responds with 429 or 5xx, even if the settings allow fewer.
const SERVER_ERROR_ATTEMPTS: u32 = 3;

/// The most of somebody else's words that is shown, in characters.
const MAX_WORDS: usize = 400;

/// Who asks, how often and how long.
#[derive(Debug, Clone)]
pub(super) struct HttpQuery {
    pub(super) io: Arc<dyn Io>,
    pub(super) provider: &'static str,
    /// Tries in all.
    pub(super) attempts: u32,
    /// For each of them.
    pub(super) limit: Duration,
}

impl HttpQuery {
    /// Sends a request and returns the response of any status. Retries if there is no response, and, at least
    /// [`SERVER_ERROR_ATTEMPTS`] times in all, a response of 429 or 5xx.
    pub(super) async fn send(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, CredentialsError> {
        self.send_unless(request, |_answer| false).await
    }

    /// Like [`send`](Self::send), and retries the responses of which `again` is true too.
    pub(super) async fn send_unless(
        &self,
        request: &Request<Bytes>,
        again: impl Fn(&Response<Bytes>) -> bool,
    ) -> Result<Response<Bytes>, CredentialsError> {
        let (mut attempt, mut pause) = (1, PAUSE);
        loop {
            let answer = self.io.exchange(request.clone(), self.limit).await;
            let attempts = match &answer {
                Ok(answer) if is_server_error(answer.status()) => self.attempts.max(SERVER_ERROR_ATTEMPTS),
                Ok(answer) if !again(answer) => attempt,
                _ => self.attempts,
            };
            match answer {
                Ok(answer) if attempt >= attempts => return Ok(answer),
                Err(error) if attempt >= attempts => {
                    let (what, plural) = (what(request), if attempt == 1 { "" } else { "s" });
                    let message = format!("{what}: {}, after {attempt} attempt{plural}", told(&error));
                    return Err(CredentialsError::unavailable(self.provider, message, error));
                }
                _ => self.io.sleep(pause).await,
            }
            attempt += 1;
            pause = pause.saturating_mul(2).min(MAX_PAUSE);
        }
    }

    /// The error of an answer that does not have what was asked for. `secrets` are those of the request, which a peer may
    /// send back.
    pub(super) fn error_response(
        &self,
        request: &Request<Bytes>,
        answer: &Response<Bytes>,
        secrets: &[&str],
        advice: &str,
    ) -> CredentialsError {
        let status = answer.status();
        let mut message = format!("{} answered {}", what(request), status.as_u16());
        if let Some(words) = words(answer, secrets) {
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

    /// The error of an answer that is not of the form it must have.
    pub(super) fn malformed_response(&self, request: &Request<Bytes>, reason: &str) -> CredentialsError {
        let message = format!("{} answered what is no credentials: {reason}", what(request));
        CredentialsError::invalid(self.provider, message)
    }
}

/// A status that may be another one soon.
fn is_server_error(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// What kept the answer away, with what lies at the bottom of it. That a limit has passed needs no further words.
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

/// A request in an error: the query may hold what is nobody's business.
fn what<B>(request: &Request<B>) -> String {
    let uri: &Uri = request.uri();
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or_default();
    format!("{} {scheme}://{authority}{}", request.method(), uri.path())
}

/// What the other side says about an error, if it says anything in words.
fn words(answer: &Response<Bytes>, secrets: &[&str]) -> Option<String> {
    if is_html(answer) {
        return Some("an HTML page: a proxy or portal may stand in between".to_owned());
    }
    // What is no JSON is not shown: it may be half of an answer that holds a key.
    let object = Object::parse(answer.body()).ok()?;
    let names = ["message", "Message", "error_description", "error", "code", "Code"];
    let text = names.iter().find_map(|name| object.text(name).ok().flatten());
    text.map(|text| cleaned(text, secrets))
}

/// Whether an answer is a page for people.
pub(super) fn is_html(answer: &Response<Bytes>) -> bool {
    let content_type = answer.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
        || answer
            .body()
            .trim_ascii_start()
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"<html") || start.eq_ignore_ascii_case(b"<!doc"))
}

/// Somebody else's words on one line, not too many, and without the secrets we sent.
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
