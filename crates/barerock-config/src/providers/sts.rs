//! Calls of AWS Security Token Service that return credentials: query protocol, responses in XML.

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
use super::{CredentialsError, PLAIN_HTTP_HINT, ProvidedCredentials, time};

const SERVICE: &str = "sts";
/// "The API version that the request is written for."
const VERSION: &str = "2011-06-15";
const LIMIT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// The error code of an identity provider that did not respond to STS: "Retry the request a limited number of times."
const IDP_TROUBLE: &str = "IDPCommunicationError";

/// Limit on the XML nodes of a response; a real one has about 20.
const MAX_NODES: u32 = 1000;

/// The characters that are not percent-encoded in a form.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Client of STS in one region.
#[derive(Debug, Clone)]
pub struct Sts {
    io: Arc<dyn Io>,
    endpoint: Endpoint,
    region: String,
}

/// A call of STS.
pub(super) struct StsCall<'a> {
    pub(super) provider: &'static str,
    pub(super) action: &'static str,
    pub(super) parameters: &'a [(&'a str, &'a str)],
    /// The credentials to sign with; `None` if a token among the parameters authenticates the call.
    pub(super) signed_by: Option<&'a Credentials>,
    /// A secret of the request, which is redacted in errors of the service.
    pub(super) secret: &'a str,
}

impl Sts {
    /// Creates a client for an endpoint, with signatures for a region.
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
        let response = query
            .send_unless(&request, |response| {
                error_of(response).is_some_and(|(code, _message)| code == IDP_TROUBLE)
            })
            .await?;
        if response.status() != StatusCode::OK {
            let token = call.signed_by.and_then(Credentials::session_token).unwrap_or_default();
            let secrets = [token, call.secret];
            return Err(match error_of(&response) {
                Some((code, message)) => {
                    let words = cleaned(&format!("{code}: {message}"), &secrets);
                    let message = format!("{} of {} failed: {words}", call.action, self.endpoint);
                    match response.status().is_server_error() {
                        true => CredentialsError::unavailable(provider, message, None),
                        false => CredentialsError::invalid(provider, message),
                    }
                }
                None => query.error_response(&request, &response, &secrets, ""),
            });
        }
        credentials_of(&response, &call, self.io.now())
            .map_err(|reason| query.malformed_response(&request, &reason))
    }

    fn request(&self, call: &StsCall<'_>) -> Result<Request<Bytes>, CredentialsError> {
        let bad = |reason: String| CredentialsError::invalid(call.provider, reason);
        if !self.endpoint.is_https() && !self.endpoint.is_loopback() {
            let message = format!("refusing to send credentials to {} over plain HTTP", self.endpoint);
            return Err(bad(message).with_hint(PLAIN_HTTP_HINT));
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
            .map_err(|_| bad(format!("invalid URL: {}", self.endpoint)))?;
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        request.headers_mut().insert(CONTENT_TYPE, form);
        if let Some(credentials) = call.signed_by {
            let failed = |error| bad(format!("cannot sign the request of {}: {error}", call.action));
            let now = Timestamp::try_from(self.io.now()).map_err(failed)?;
            let mut signer = Signer::new(&*self.region, SERVICE).map_err(failed)?;
            signer.sign_http(&mut request, credentials, now).map_err(failed)?;
        }
        Ok(request)
    }
}

fn parse(response: &Response<Bytes>) -> Option<Document<'_>> {
    let text = core::str::from_utf8(response.body()).ok()?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).ok()
}

fn child<'a, 'd>(node: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let element = child(node, name)?;
    // A comment or element inside it would split the value.
    let is_whole = element.children().count() == 1;
    element.text().map(str::trim_ascii).filter(|text| is_whole && !text.is_empty())
}

/// The code and message of an error response.
fn error_of(response: &Response<Bytes>) -> Option<(String, String)> {
    if response.status() == StatusCode::OK {
        return None;
    }
    let document = parse(response)?;
    let error = child(document.root_element(), "Error")?;
    let message = text(error, "Message").unwrap_or("no message");
    Some((text(error, "Code")?.to_owned(), message.to_owned()))
}

fn credentials_of(
    response: &Response<Bytes>,
    call: &StsCall<'_>,
    now: std::time::SystemTime,
) -> Result<ProvidedCredentials, String> {
    if super::http_query::is_html(response) {
        return Err("it is an HTML page, perhaps of a proxy or a login portal".to_owned());
    }
    let document = parse(response).ok_or("not XML")?;
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
