//! Common parts of the operations: the request that posts a value as JSON, and its errors.

use core::fmt;

use crate::endpoint::Endpoint;
use crate::json::{ToJson, Writer};
use crate::wire::WireRequest;

/// Builds the unsigned request that posts `body` to `path` of the endpoint.
pub(crate) fn post<'a>(
    endpoint: &'a Endpoint,
    path: fmt::Arguments<'_>,
    body: &impl ToJson,
) -> WireRequest<'a> {
    WireRequest { endpoint, path: format!("{}{path}", endpoint.path()), body: Writer::write(body) }
}

/// Builds the unsigned request of an operation on a model.
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

// spec: smithy#label "Reserved characters defined in section 2.2 of RFC3986 and the % itself MUST be percent-encoded"
/// Displays a path label: all characters except the unreserved ones are percent-encoded, `:` as `%3A` and `/` as `%2F`.
pub(crate) struct Label<'a>(pub(crate) &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_unreserved =
            |byte: &u8| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
        let mut rest = self.0;
        loop {
            let length = rest.bytes().take_while(is_unreserved).count();
            // What is unreserved is ASCII, so its end is that of a character.
            let (unreserved, reserved) = rest.split_at_checked(length).unwrap_or((rest, ""));
            f.write_str(unreserved)?;
            let Some(character) = reserved.chars().next() else { return Ok(()) };
            let (character, after) =
                reserved.split_at_checked(character.len_utf8()).unwrap_or((reserved, ""));
            character.bytes().try_for_each(|byte| write!(f, "%{byte:02X}"))?;
            rest = after;
        }
    }
}

/// Error of building a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The model ID is empty.
    EmptyModelId,
    /// The guardrail ID or version is empty; holds the name of the member.
    EmptyGuardrail(&'static str),
    /// The endpoint and the path are not a valid URI; holds the parser's error.
    Uri(String),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyModelId => f.write_str("the model ID is empty"),
            Self::EmptyGuardrail(member) => {
                write!(f, "{member} is empty")
            }
            Self::Uri(error) => write!(f, "invalid request URI: {error}"),
        }
    }
}

impl core::error::Error for RequestError {}
