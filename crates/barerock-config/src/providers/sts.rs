//! AWS Security Token Service, as far as it gives credentials: its query protocol, and its answers in XML.

use core::time::Duration;
use std::sync::Arc;

use barerock::Endpoint;
use barerock::sigv4::{Credentials, Signer, Timestamp};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use super::http_query::{HttpQuery, cleaned};
use super::io::Io;
use super::{CredentialsError, ProvidedCredentials, time};

const SERVICE: &str = "sts";
/// "The API version that the request is written for."
const VERSION: &str = "2011-06-15";
const LIMIT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// The identity provider did not answer STS: "Retry the request a limited number of times."
const IDP_TROUBLE: &str = "IDPCommunicationError";

/// More than any answer has.
const MAX_NODES: u32 = 1000;

/// What stands for itself in a form.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The STS of one region.
#[derive(Debug, Clone)]
pub struct Sts {
    io: Arc<dyn Io>,
    endpoint: Endpoint,
    region: String,
}

/// One call.
pub(super) struct StsCall<'a> {
    pub(super) provider: &'static str,
    pub(super) action: &'static str,
    pub(super) parameters: &'a [(&'a str, &'a str)],
    /// Who signs; nobody, where the token among the parameters is the proof.
    pub(super) signed_by: Option<&'a Credentials>,
    /// What must not be shown even if it is sent back.
    pub(super) secret: &'a str,
}

impl Sts {
    /// STS at this endpoint, with signatures for this region.
    pub fn new(io: Arc<dyn Io>, endpoint: Endpoint, region: impl Into<String>) -> Self {
        Self { io, endpoint, region: region.into() }
    }

    pub(super) fn io(&self) -> &Arc<dyn Io> {
        &self.io
    }

    pub(super) async fn call(&self, call: StsCall<'_>) -> Result<ProvidedCredentials, CredentialsError> {
        let provider = call.provider;
        let request = self.request(&call)?;
        let query = HttpQuery { io: Arc::clone(&self.io), provider, attempts: ATTEMPTS, limit: LIMIT };
        let answer = query
            .send_unless(&request, |answer| {
                error_of(answer).is_some_and(|(code, _message)| code == IDP_TROUBLE)
            })
            .await?;
        if answer.status() != StatusCode::OK {
            let token = call.signed_by.and_then(Credentials::session_token).unwrap_or_default();
            let secrets = [token, call.secret];
            return Err(match error_of(&answer) {
                Some((code, message)) => {
                    let words = cleaned(&format!("{code}: {message}"), &secrets);
                    let message = format!("{} of {} failed: {words}", call.action, self.endpoint);
                    match answer.status().is_server_error() {
                        true => CredentialsError::unavailable(provider, message, None),
                        false => CredentialsError::invalid(provider, message),
                    }
                }
                None => query.error_response(&request, &answer, &secrets, ""),
            });
        }
        credentials_of(&answer, &call, self.io.now())
            .map_err(|reason| query.malformed_response(&request, &reason))
    }

    fn request(&self, call: &StsCall<'_>) -> Result<Request<Bytes>, CredentialsError> {
        let bad = |reason: String| CredentialsError::invalid(call.provider, reason);
        if !self.endpoint.is_https() && !self.endpoint.is_loopback() {
            return Err(bad(format!("{} is not encrypted; use https for STS", self.endpoint)));
        }
        let mut form = Zeroizing::new(format!("Action={}&Version={VERSION}", call.action));
        for (name, value) in call.parameters {
            for part in ["&", *name, "="].into_iter().chain(utf8_percent_encode(value, UNRESERVED)) {
                form.push_str(part);
            }
        }
        let mut request = Request::new(Bytes::copy_from_slice(form.as_bytes()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("{}/", self.endpoint)
            .parse()
            .map_err(|_| bad(format!("{} is no URL to call", self.endpoint)))?;
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        request.headers_mut().insert(CONTENT_TYPE, form);
        if let Some(credentials) = call.signed_by {
            let failed = |error| bad(format!("the call of {} cannot be signed: {error}", call.action));
            let now = Timestamp::try_from(self.io.now()).map_err(failed)?;
            let mut signer = Signer::new(&*self.region, SERVICE).map_err(failed)?;
            signer.sign_http(&mut request, credentials, now).map_err(failed)?;
        }
        Ok(request)
    }
}

fn parse(answer: &Response<Bytes>) -> Option<Document<'_>> {
    let text = core::str::from_utf8(answer.body()).ok()?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

fn child<'a, 'd>(node: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let element = child(node, name)?;
    // A comment or an element in between would leave half of a key.
    let is_whole = element.children().count() == 1;
    element.text().map(str::trim_ascii).filter(|text| is_whole && !text.is_empty())
}

/// Code and message of an error.
fn error_of(answer: &Response<Bytes>) -> Option<(String, String)> {
    if answer.status() == StatusCode::OK {
        return None;
    }
    let document = parse(answer)?;
    let error = child(document.root_element(), "Error")?;
    let message = text(error, "Message").unwrap_or("no message");
    Some((text(error, "Code")?.to_owned(), message.to_owned()))
}

fn credentials_of(
    answer: &Response<Bytes>,
    call: &StsCall<'_>,
    now: std::time::SystemTime,
) -> Result<ProvidedCredentials, String> {
    if super::http_query::is_html(answer) {
        return Err("it is an HTML page: a proxy or portal may stand in between".to_owned());
    }
    let document = parse(answer).ok_or("it is not XML")?;
    let missing = |name: &str| format!("{name} is missing or empty");
    let mut node = document.root_element();
    let root = format!("{}Response", call.action);
    if node.tag_name().name() != root {
        return Err(missing(&root));
    }
    for name in [&*format!("{}Result", call.action), "Credentials"] {
        node = child(node, name).ok_or_else(|| missing(name))?;
    }
    let member = |name| text(node, name).ok_or_else(|| missing(name));
    let credentials = Credentials::new(
        member("AccessKeyId")?,
        member("SecretAccessKey")?,
        Some(member("SessionToken")?.to_owned()),
    );
    let expires_at =
        time::parse(member("Expiration")?).ok_or_else(|| format!("Expiration must be {}", time::FORM))?;
    let provided = ProvidedCredentials::new(credentials, call.provider).expires_at(expires_at);
    provided.usable(now).map_err(|expired| expired.to_string())
}
