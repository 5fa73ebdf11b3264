//! Shared part of the examples: a streaming Converse exchange over any writer and reader.

mod http1;

use core::fmt::Display;
use std::io::{BufRead, Write};

use barerock_converse::{Endpoint, EventDecoder, ResponseError};
use barerock_sigv4::Credentials;

pub(crate) use http1::write;

/// Maximum number of bytes read of an error body.
const ERROR_BODY: usize = 1024 * 1024;

/// Converts an error to text. A boxed error would also link its `Debug`.
pub(crate) fn words(error: impl Display) -> String {
    error.to_string()
}

/// Reads an environment variable; `None` if it is not set.
pub(crate) type Variable<'v> = &'v dyn Fn(&'static str) -> Option<String>;

/// Reads a required variable.
pub(crate) fn needed(name: &'static str, variable: Variable<'_>) -> Result<String, String> {
    variable(name).ok_or_else(|| [name, " is not set"].concat())
}

/// Returns the endpoint: `AWS_ENDPOINT_URL`, or the service's endpoint for `AWS_REGION`.
pub(crate) fn endpoint(variable: Variable<'_>) -> Result<Endpoint, String> {
    match variable("AWS_ENDPOINT_URL") {
        Some(url) => Endpoint::custom(&url),
        None => Endpoint::for_region(&needed("AWS_REGION", variable)?),
    }
    .map_err(words)
}

/// Reads the credentials: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and optionally `AWS_SESSION_TOKEN`.
pub(crate) fn credentials(variable: Variable<'_>) -> Result<Credentials, String> {
    Ok(Credentials::new(
        needed("AWS_ACCESS_KEY_ID", variable)?,
        needed("AWS_SECRET_ACCESS_KEY", variable)?,
        variable("AWS_SESSION_TOKEN"),
    ))
}

/// Reads the response and writes its text as it arrives.
pub(crate) fn receive(input: &mut impl BufRead, text: &mut impl Write) -> Result<(), String> {
    let head = http1::read_head(input).map_err(words)?;
    let (head, length) = http1::parse_head(&head).map_err(words)?;
    let mut body = http1::Body::new(input, length);
    if !head.is_event_stream() {
        let mut whole = Vec::new();
        while whole.len() < ERROR_BODY
            && let Some(piece) = body.next_piece().map_err(words)?
        {
            whole.extend_from_slice(piece);
        }
        return Err(words(ResponseError::of_stream_head(&head, &whole)));
    }
    let mut events = EventDecoder::new();
    while let Some(mut piece) = body.next_piece().map_err(words)? {
        while let Some(event) = events.next_event(&mut piece).map_err(words)? {
            text.write_all(event.text().unwrap_or_default().as_bytes()).map_err(words)?;
            text.flush().map_err(words)?;
        }
    }
    events.finish().map_err(words) // a cut stream is an error, not an ending
}
