//! What the operations have in common: a value posted as JSON to a path.

use core::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Uri};

use crate::endpoint::Endpoint;
use crate::json::{ToJson, Writer};

/// The unsigned HTTP request that posts `body` to `path` of the endpoint.
pub(crate) fn post(
    endpoint: &Endpoint,
    path: fmt::Arguments<'_>,
    body: &impl ToJson,
) -> Result<http::Request<Bytes>, RequestError> {
    let body = Writer::write(body).into();
    let uri =
        Uri::try_from(format!("{endpoint}{path}")).map_err(|error| RequestError::Uri(error.to_string()))?;
    // By hand, for the builder is a kilobyte more.
    let mut request = http::Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    request.headers_mut().insert(&CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// The unsigned HTTP request of one of a model's operations.
pub(crate) fn post_to_model(
    endpoint: &Endpoint,
    model_id: &str,
    operation: &str,
    body: &impl ToJson,
) -> Result<http::Request<Bytes>, RequestError> {
    if model_id.is_empty() {
        return Err(RequestError::EmptyModelId);
    }
    post(endpoint, format_args!("/model/{}/{operation}", Label(model_id)), body)
}

/// A path label: everything but the unreserved characters is percent-encoded, `:` as `%3A` and `/` as `%2F`.
///
/// Smithy, HTTP bindings: "When binding a member to an `httpLabel`, the value must be percent-encoded … including `/`".
pub(crate) struct Label<'a>(pub(crate) &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    write!(f, "{}", char::from(byte))?
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// Why a request cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The model id is empty.
    EmptyModelId,
    /// The guardrail's id or version is empty: which of the two.
    EmptyGuardrail(&'static str),
    /// Endpoint and path make no URI.
    Uri(String),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyModelId => {
                f.write_str("the model id is empty; name a model such as us.anthropic.claude-sonnet-4-6")
            }
            Self::EmptyGuardrail(member) => {
                write!(f, "{member} is empty; name a guardrail's id or ARN, and its version or DRAFT")
            }
            Self::Uri(error) => write!(f, "endpoint and path make no URI: {error}"),
        }
    }
}

impl core::error::Error for RequestError {}
