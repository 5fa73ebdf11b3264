//! A client over `fetch`, for `run.mjs`.

use std::time::Duration;

use barerock::types::Message;
use barerock::{ConverseRequest, Credentials, Error, ErrorKind, RetryPolicy, Timeouts};
use barerock_fetch::{CallbackCredentials, Client};
use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

/// A call that has failed, as JavaScript sees it.
#[wasm_bindgen]
pub struct Failure {
    error: Error,
}

#[wasm_bindgen]
impl Failure {
    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> String {
        format!("{:?} {:?}", self.error.kind(), self.error.transport_kind())
    }

    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        let causes = std::iter::successors(Some(&self.error as &dyn std::error::Error), |error| error.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }

    #[wasm_bindgen(getter)]
    pub fn hint(&self) -> String {
        self.error.hint().unwrap_or_default().into_owned()
    }

    /// The message as far as it was received.
    #[wasm_bindgen(getter)]
    pub fn partial(&self) -> String {
        self.error.partial().map(|message| message.text()).unwrap_or_default()
    }

    /// The id of the request, if the service said it.
    #[wasm_bindgen(getter)]
    pub fn request_id(&self) -> Option<String> {
        self.error.service_error()?.request_id.clone()
    }

    /// Whether the service refused.
    #[wasm_bindgen(getter)]
    pub fn is_service(&self) -> bool {
        self.error.kind() == ErrorKind::Service
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error }
    }
}

/// A client as a page has it.
#[wasm_bindgen]
pub struct Bedrock {
    client: Client,
}

#[wasm_bindgen]
impl Bedrock {
    /// With an API key, or credentials by a function of JavaScript, or both unset the static credentials of the tests.
    /// `limit` is that of each chunk, in milliseconds.
    #[wasm_bindgen(constructor)]
    pub fn new(
        endpoint: &str,
        api_key: Option<String>,
        credentials: Option<Function>,
        limit: Option<u32>,
        operation: Option<u32>,
    ) -> Result<Self, Failure> {
        let milliseconds = |limit: Option<u32>| limit.map(|limit| Duration::from_millis(limit.into()));
        let timeouts = Timeouts::never().idle(milliseconds(limit)).operation(milliseconds(operation));
        let builder = barerock_fetch::client_builder_without_validation()
            .region("us-east-1")
            .endpoint_url(endpoint)
            .timeouts(timeouts)
            .retry(RetryPolicy::off());
        let builder = match (api_key, credentials) {
            (Some(key), _) => builder.bearer_token(&key),
            (None, Some(function)) => builder.credentials(CallbackCredentials::from_js(function)),
            (None, None) => {
                builder.credentials(Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None))
            }
        };
        Ok(Self { client: builder.build()? })
    }

    /// Streams a response and returns its text. After `events` events it drops the stream, if that is set.
    pub async fn stream(&self, model: &str, prompt: &str, events: Option<u32>) -> Result<String, Failure> {
        let request = ConverseRequest::new(model, [Message::user(prompt)]);
        let stream = self.client.converse_stream(&request).await?;
        let Some(events) = events else { return Ok(stream.into_message().await?.text()) };
        let (mut stream, mut text) = (stream, String::new());
        for _ in 0..events {
            let Some(event) = stream.next_event().await? else { break };
            text.push_str(event.text().unwrap_or_default());
        }
        Ok(text)
    }

    /// Calls Converse and returns the text.
    pub async fn converse(&self, model: &str, prompt: &str) -> Result<String, Failure> {
        let request = ConverseRequest::new(model, [Message::user(prompt)]);
        Ok(self.client.converse(&request).await?.text())
    }

    /// Connects ahead, which does nothing here.
    pub async fn connect(&self) -> Result<(), Failure> {
        Ok(self.client.connect().await?)
    }
}

/// Waits for some milliseconds.
#[wasm_bindgen]
pub async fn wait(milliseconds: u32) {
    use barerock::transport::LocalTransport as _;
    barerock_fetch::FetchTransport::new().sleep(Duration::from_millis(milliseconds.into())).await;
}
