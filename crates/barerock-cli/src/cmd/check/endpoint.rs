//! Checks of an endpoint: three calls, and their responses as they were received.

use std::sync::{Arc, Mutex, PoisonError};

use barerock::retry::RetryPolicy;
use barerock::types::Message;
use barerock::{ClientBuilder, ConverseRequest, Error, EventStream, Observe, Stage};
use barerock_audit::check::{Check, Operation};
use barerock_audit::exchange::{RecordedHead, RecordedResponse};
use barerock_hyper::HyperTransport;
use http::response::Parts;

use crate::args::Call;
use crate::connect::Connection;
use crate::exit::Failure;

/// The response of the call under way.
#[derive(Debug, Default)]
struct Capture(Mutex<Option<Captured>>);

#[derive(Debug)]
struct Captured {
    head: Parts,
    body: Vec<u8>,
}

impl Observe for Capture {
    fn observe(&self, _: &str, stage: &Stage<'_>) {
        let mut captured = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match stage {
            Stage::ResponseHead { head, .. } => {
                *captured = Some(Captured { head: (*head).clone(), body: Vec::new() });
            }
            Stage::Body { body: bytes, .. } | Stage::Chunk { bytes, .. } => {
                if let Some(captured) = captured.as_mut() {
                    captured.body.extend_from_slice(bytes);
                }
            }
            _ => {}
        }
    }
}

impl Capture {
    /// The response of the last call, if there was one.
    fn take(&self) -> Result<Option<RecordedResponse>, Failure> {
        let captured = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Captured { head, body }) = captured else { return Ok(None) };
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let head = RecordedHead::new(head.status.as_u16(), headers).map_err(Failure::other)?;
        Ok(Some(RecordedResponse::new(head, body)))
    }
}

/// Sends a Converse and a ConverseStream request, and one that is not valid, and checks the responses.
pub(super) async fn check(check: &mut Check, call: &Call, model_id: &str) -> Result<(), Failure> {
    let capture = Arc::new(Capture::default());
    let observer = Arc::clone(&capture);
    let adjust = |builder: ClientBuilder<HyperTransport>| builder.retry(RetryPolicy::off()).no_validation();
    let connection = Connection::observed(call, Box::new(Shared(observer)), adjust).await?;
    let client = &connection.client;
    let request = ConverseRequest::new(model_id, [Message::user("Say hello.")]).max_tokens(64);

    let converse = client.converse(&request).await.map(|_| ());
    match capture.take()? {
        Some(response) => check.response("Converse", Operation::Converse, &response),
        // Without a response to the first call the others have none either.
        None => return converse.map_err(Failure::from),
    }
    let converse_stream = stream(client.converse_stream(&request).await).await;
    if let Some(response) = capture.take()? {
        check.response("ConverseStream", Operation::ConverseStream, &response);
    }
    let invalid =
        ConverseRequest::new("barerock-check.no-such-model-v1:0", []).extra("messages", "not a list");
    let rejected = client.converse(&invalid).await.map(|_| ());
    if let Some(response) = capture.take()? {
        check.response_to_invalid("Converse with an invalid request", Operation::Converse, &response);
    }
    // An error of the service is the right response to the last one.
    let rejected =
        rejected.or_else(|error| if error.service_error().is_some() { Ok(()) } else { Err(error) });
    converse.and(converse_stream).and(rejected).map_err(Failure::from)
}

/// Reads a stream to its end, whatever is in it.
async fn stream(stream: Result<EventStream<HyperTransport>, Error>) -> Result<(), Error> {
    let mut stream = stream?;
    while stream.next_chunk().await?.is_some() {}
    Ok(())
}

/// An observer that is shared with its reader.
struct Shared(Arc<Capture>);

impl Observe for Shared {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        self.0.observe(call, stage);
    }
}
