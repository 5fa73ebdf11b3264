//! What the operations have in common: a value posted as JSON to a path.

use core::fmt;

use crate::endpoint::Endpoint;
use crate::json::{ToJson, Writer};
use crate::wire::WireRequest;

/// The unsigned request that posts `body` to `path` of the endpoint.
pub(crate) fn post<'a>(
    endpoint: &'a Endpoint,
    path: fmt::Arguments<'_>,
    body: &impl ToJson,
) -> WireRequest<'a> {
    WireRequest { endpoint, path: format!("{}{path}", endpoint.path()), body: Writer::write(body) }
}

/// The unsigned request of one of a model's operations.
pub(crate) fn post_to_model<'a>(
    endpoint: &'a Endpoint,
    model_id: &str,
    operation: &str,
    body: &impl ToJson,
) -> Result<WireRequest<'a>, RequestError> {
    if model_id.is_empty() {
        return Err(RequestError::EmptyModelId);
    }
    Ok(post(endpoint, format_args!("/model/{}/{operation}", Label(model_id)), body))
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
