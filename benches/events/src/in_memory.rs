//! Events and requests through the SDK's public client, without a network.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region, StalledStreamProtectionConfig};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, InferenceConfiguration, Message,
    ReasoningContentBlockDelta, SystemContentBlock, Tool, ToolConfiguration, ToolInputSchema,
    ToolSpecification,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::Document;
use aws_smithy_types::body::SdkBody;
use barerock_bench_protocol::Items;
use barerock_benches::inputs::CHUNK;
use barerock_benches::request as asked;
use barerock_benches::sign::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};
use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::runtime::Runtime;

/// A response in memory: its media type, and its body in chunks.
#[derive(Debug, Clone)]
struct InMemory {
    content_type: &'static str,
    chunks: Vec<Bytes>,
    last: Arc<Mutex<Option<HttpRequest>>>,
}

struct Chunks(std::vec::IntoIter<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

impl HttpConnector for InMemory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        *self.last.lock().expect("no panic") = Some(request);
        let body = SdkBody::from_body_1_x(Chunks(self.chunks.clone().into_iter()));
        let mut response = HttpResponse::new(200.try_into().expect("a status"), body);
        response.headers_mut().insert("content-type", self.content_type);
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn client(connector: InMemory) -> Client {
    let connector = SharedHttpConnector::new(connector);
    let config = aws_sdk_bedrockruntime::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "bench"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Streams a response in memory.
#[derive(Debug)]
pub struct Events {
    client: Client,
    runtime: Runtime,
}

impl Events {
    /// Creates a client whose response is this stream, in chunks of 16 KiB.
    #[must_use]
    pub fn new(stream: &[u8]) -> Self {
        let chunks = stream.chunks(CHUNK).map(Bytes::copy_from_slice).collect();
        let content_type = "application/vnd.amazon.eventstream";
        Self { client: client(InMemory { content_type, chunks, last: Arc::default() }), runtime: runtime() }
    }

    /// Calls ConverseStream and receives all events. The items are those of `barerock_benches::decode::events`.
    pub fn once(&self, items: &mut Items) {
        self.runtime.block_on(async {
            let mut output = self.client.converse_stream().model_id("m").send().await.expect("a response");
            while let Some(event) = output.stream.recv().await.expect("a good stream") {
                items.item(item_of(&event));
            }
        });
    }
}

/// The text of a delta, or the type of another event.
#[must_use]
pub fn item_of(event: &ConverseStreamOutput) -> &[u8] {
    let text = match event {
        ConverseStreamOutput::ContentBlockDelta(delta) => match &delta.delta {
            Some(ContentBlockDelta::Text(text)) => text,
            Some(ContentBlockDelta::ToolUse(delta)) => &delta.input,
            Some(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text))) => text,
            _ => "contentBlockDelta",
        },
        ConverseStreamOutput::MessageStart(_) => "messageStart",
        ConverseStreamOutput::ContentBlockStart(_) => "contentBlockStart",
        ConverseStreamOutput::ContentBlockStop(_) => "contentBlockStop",
        ConverseStreamOutput::MessageStop(_) => "messageStop",
        ConverseStreamOutput::Metadata(_) => "metadata",
        _ => "",
    };
    text.as_bytes()
}

/// Calls Converse with the request of `barerock_benches::request`.
#[derive(Debug)]
pub struct Requests {
    client: Client,
    runtime: Runtime,
    last: Arc<Mutex<Option<HttpRequest>>>,
    messages: Vec<Message>,
    system: Vec<SystemContentBlock>,
    inference: InferenceConfiguration,
    tools: ToolConfiguration,
}

impl Default for Requests {
    fn default() -> Self {
        let last = Arc::default();
        let chunks = vec![Bytes::from_static(asked::RESPONSE.as_bytes())];
        let connector = InMemory { content_type: "application/json", chunks, last: Arc::clone(&last) };
        let roles = [ConversationRole::User, ConversationRole::Assistant].into_iter().cycle();
        let messages = roles.zip(asked::MESSAGES).map(|(role, text)| {
            Message::builder()
                .role(role)
                .content(ContentBlock::Text(text.to_owned()))
                .build()
                .expect("a message")
        });
        let specification = ToolSpecification::builder()
            .name(asked::TOOL)
            .description(asked::TOOL_DESCRIPTION)
            .input_schema(ToolInputSchema::Json(document(&asked::tool_schema())))
            .build();
        let tools =
            ToolConfiguration::builder().tools(Tool::ToolSpec(specification.expect("a tool"))).build();
        let inference = InferenceConfiguration::builder()
            .max_tokens(i32::try_from(asked::MAX_TOKENS).expect("a few"))
            .temperature(0.5);
        Self {
            client: client(connector),
            runtime: runtime(),
            last,
            messages: messages.collect(),
            system: vec![SystemContentBlock::Text(asked::SYSTEM.to_owned())],
            inference: inference.build(),
            tools: tools.expect("tools"),
        }
    }
}

impl Requests {
    /// Calls Converse and returns the request that was sent. The SDK's builder takes its parts by value, so each call has
    /// a copy of them.
    #[must_use]
    pub fn once(&self) -> HttpRequest {
        let call = self
            .client
            .converse()
            .model_id(asked::MODEL)
            .set_messages(Some(self.messages.clone()))
            .set_system(Some(self.system.clone()))
            .inference_config(self.inference.clone())
            .tool_config(self.tools.clone());
        let response = self.runtime.block_on(call.send()).expect("a response");
        assert_eq!(response.stop_reason().as_str(), "end_turn");
        self.last.lock().expect("no panic").take().expect("a request")
    }
}

fn document(value: &serde_json::Value) -> Document {
    match value {
        serde_json::Value::Object(members) => {
            Document::Object(members.iter().map(|(name, value)| (name.clone(), document(value))).collect())
        }
        serde_json::Value::Array(entries) => Document::Array(entries.iter().map(document).collect()),
        serde_json::Value::String(text) => Document::String(text.clone()),
        other => panic!("{other}: no schema here has it"),
    }
}
