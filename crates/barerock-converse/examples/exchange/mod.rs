//! What the examples share: a streaming Converse exchange over any pair of a writer and a reader.

mod http1;

use core::fmt::Display;
use std::io::{BufRead, Write};

use barerock_converse::types::Message;
use barerock_converse::{ConverseRequest, Endpoint, EventDecoder, ResponseError, is_event_stream};
use barerock_sigv4::{Credentials, Signer, Timestamp};
use bytes::Bytes;
use http::Request;

pub(crate) use http1::write;

/// The most of an error's body that is read.
const ERROR_BODY: usize = 1024 * 1024;

/// What went wrong, in words: a box would link each error's `Debug` too.
pub(crate) fn words(error: impl Display) -> String {
    error.to_string()
}

/// The signed request. Region, credentials and endpoint are what `variable` says.
pub(crate) fn request(
    model: &str,
    prompt: &str,
    now: Timestamp,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<Request<Bytes>, String> {
    let needed = |name| variable(name).ok_or_else(|| format!("{name} is not set"));
    let region = needed("AWS_REGION")?;
    let endpoint = match variable("AWS_ENDPOINT_URL") {
        Some(url) => Endpoint::custom(&url),
        None => Endpoint::for_region(&region),
    }
    .map_err(words)?;
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
    );
    let request = ConverseRequest::new(model, [Message::user(prompt)]);
    let mut request = request.to_http_stream(&endpoint).map_err(words)?;
    let mut signer = Signer::new(region, "bedrock").map_err(words)?;
    signer.sign_http(&mut request, &credentials, now).map_err(words)?;
    Ok(request)
}

/// Reads the answer and writes its text as it comes.
pub(crate) fn answer(input: impl BufRead, mut text: impl Write) -> Result<(), String> {
    let (head, mut body) = http1::read(input).map_err(words)?;
    if !is_event_stream(head.status, &head.headers) {
        let mut whole = Vec::new();
        while whole.len() < ERROR_BODY
            && let Some(piece) = body.next_piece().map_err(words)?
        {
            whole.extend_from_slice(piece);
        }
        return Err(words(ResponseError::of_stream(head.status, &head.headers, &whole)));
    }
    let mut events = EventDecoder::new();
    while let Some(piece) = body.next_piece().map_err(words)? {
        events.push(piece);
        while let Some(event) = events.next_event().map_err(words)? {
            text.write_all(event.text().unwrap_or_default().as_bytes()).map_err(words)?;
            text.flush().map_err(words)?;
        }
    }
    events.finish().map_err(words) // a cut stream is an error, not an ending
}
