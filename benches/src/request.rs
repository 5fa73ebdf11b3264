//! Tasks from a typed request to signed bytes: with the wire crates, and with a client over an in-memory transport.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use barerock::types::{Message, Tool};
use barerock::{Client, ConverseRequest, Credentials, RetryPolicy, Transport, TransportError};
use barerock_bench_protocol::Items;
use barerock_converse::endpoint::Endpoint;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::{Value, json};

use crate::sign::{ACCESS_KEY_ID, InPlace, REGION, SECRET_ACCESS_KEY};

/// Called model.
pub const MODEL: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
/// System prompt.
pub const SYSTEM: &str = "You are a helpful assistant. Answer in one paragraph.";
/// Messages, of alternating roles, the user's first.
pub const MESSAGES: [&str; 3] = [
    "What's the weather like in \"Paris\"?",
    "It is sunny, 23 °C.\nAnything else?",
    "Yes: compare it with Berlin, Rome and Madrid, and tell me where I should go on Saturday.",
];
/// Name of the tool.
pub const TOOL: &str = "get_weather";
/// Description of the tool.
pub const TOOL_DESCRIPTION: &str = "Returns the weather of a city.";
/// Token limit.
pub const MAX_TOKENS: u32 = 512;
/// Sampling temperature.
pub const TEMPERATURE: f64 = 0.5;
/// Response of the in-memory transports.
pub const RESPONSE: &str = r#"{"metrics":{"latencyMs":1},"output":{"message":{"content":[{"text":"ok"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"#;

/// JSON Schema of the tool's input.
#[must_use]
pub fn tool_schema() -> Value {
    json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
}

/// Builds the request.
#[must_use]
pub fn request() -> ConverseRequest {
    let [first, answer, second] = MESSAGES;
    ConverseRequest::new(MODEL, [Message::user(first), Message::assistant(answer), Message::user(second)])
        .system(SYSTEM)
        .max_tokens(MAX_TOKENS)
        .temperature(TEMPERATURE)
        .tool(Tool::new(TOOL, tool_schema()).description(TOOL_DESCRIPTION))
}

/// Adds a request to `items` in a form that does not depend on the order of members: its path, and the body as JSON with
/// sorted members.
///
/// # Panics
/// If the body is not JSON.
pub fn add(path: &str, body: &[u8], items: &mut Items) {
    items.item(path.as_bytes());
    items.item(serde_json::from_slice::<Value>(body).expect("JSON").to_string().as_bytes());
}

/// Converse requests with the wire crates alone: `to_http`, then `sign_http`.
#[derive(Debug)]
pub struct Bare {
    request: ConverseRequest,
    endpoint: Endpoint,
    signer: InPlace,
}

impl Default for Bare {
    fn default() -> Self {
        let endpoint = Endpoint::for_region(REGION).expect("a region");
        Self { request: request(), endpoint, signer: InPlace::new(false) }
    }
}

impl Bare {
    /// Serializes and signs the request.
    ///
    /// # Panics
    /// Never: all are constants.
    pub fn once(&mut self) -> http::Request<Bytes> {
        let mut request = self.request.to_http(&self.endpoint).expect("a request");
        self.signer.sign(&mut request);
        request
    }
}

/// A transport that keeps the last request and returns [`RESPONSE`].
#[derive(Debug, Clone, Default)]
pub struct InMemory(Arc<Mutex<Option<http::Request<Bytes>>>>);

impl InMemory {
    /// Takes the last request.
    ///
    /// # Panics
    /// If there was no request.
    #[must_use]
    pub fn last(&self) -> http::Request<Bytes> {
        self.0.lock().expect("no panic").take().expect("a request")
    }
}

impl Transport for InMemory {
    type Body = Full<Bytes>;
    type Error = TransportError;

    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Full<Bytes>>, TransportError> {
        *self.0.lock().expect("no panic") = Some(request);
        let mut response = http::Response::new(Full::new(Bytes::from_static(RESPONSE.as_bytes())));
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        Ok(response)
    }

    /// Returns at once: no benchmark waits.
    async fn sleep(&self, _: Duration) {
        std::future::pending().await
    }
}

/// Converse calls by a client built as in its documentation, over [`InMemory`].
#[derive(Debug)]
pub struct Call {
    client: Client<InMemory>,
    transport: InMemory,
    request: ConverseRequest,
}

impl Default for Call {
    fn default() -> Self {
        let transport = InMemory::default();
        let client = Client::builder(transport.clone())
            .region(REGION)
            .credentials(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None))
            .retry(RetryPolicy::standard())
            .build()
            .expect("a client");
        Self { client, transport, request: request() }
    }
}

impl Call {
    /// Calls Converse and returns the request that was sent.
    ///
    /// # Panics
    /// If the call fails.
    pub fn once(&self) -> http::Request<Bytes> {
        let response = block_on(self.client.converse(&self.request)).expect("a response");
        assert_eq!(response.text(), "ok");
        self.transport.last()
    }
}

/// Runs a future that is never pending.
fn block_on<F: Future>(future: F) -> F::Output {
    let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
