//! Benchmark from bytes to typed events: the event decoder, its parts, and the AWS SDK through its public client.
//!
//! All get the same bytes in the same 16 KiB chunks and must produce the text of every delta as a `&str`.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_bedrockruntime::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_bedrockruntime::types::{ContentBlockDelta as SdkDelta, ConverseStreamOutput};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use barerock_benches::deltas::{FRAMES, deltas};
use barerock_converse::ConverseResponse;
use barerock_converse::stream::{EventDecoder, MessageAssembler};
use barerock_eventstream::{FrameDecoder, Header, encode_frame};
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http_body::{Body, Frame};

const CHUNK: usize = 16 * 1024;

fn chunks(stream: &[u8]) -> Vec<Bytes> {
    stream.chunks(CHUNK).map(Bytes::copy_from_slice).collect()
}

/// Checks both CRCs of every frame with crc32fast, and nothing else.
fn crc_floor(stream: &[u8], ends: &[usize]) -> usize {
    let mut start = 0;
    for &end in ends {
        let frame = &stream[start..end];
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&frame[..8]);
        black_box(hasher.clone().finalize());
        hasher.update(&frame[8..frame.len() - 4]);
        assert_eq!(hasher.finalize().to_be_bytes(), frame[frame.len() - 4..]);
        start = end;
    }
    ends.len()
}

fn barerock(chunks: &[Bytes]) -> usize {
    let (mut decoder, mut events) = (EventDecoder::new(), 0);
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(event) = decoder.next_event().expect("a good stream") {
            black_box(event.text().expect("a delta of text"));
            events += 1;
        }
    }
    events
}

/// A text delta, read by serde's derive.
#[derive(serde::Deserialize)]
struct DerivedEvent<'a> {
    #[serde(borrow)]
    delta: DerivedDelta<'a>,
}

#[derive(serde::Deserialize)]
struct DerivedDelta<'a> {
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
}

/// Decodes frames with `barerock-eventstream` and payloads with serde_json: the event decoder without its fast path.
fn frames_and_serde(chunks: &[Bytes]) -> usize {
    let (mut decoder, mut events) = (FrameDecoder::new(), 0);
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(frame) = decoder.next_frame().expect("a good stream") {
            let event: DerivedEvent<'_> = serde_json::from_slice(frame.payload()).expect("a delta");
            black_box(event.delta.text);
            events += 1;
        }
    }
    events
}

/// Reads only the payloads, with serde_json.
fn serde_only(payloads: &[&[u8]]) -> usize {
    for payload in payloads {
        let event: DerivedEvent<'_> = serde_json::from_slice(payload).expect("a delta");
        black_box(event.delta.text);
    }
    payloads.len()
}

/// An in-memory HTTP response for the SDK.
#[derive(Debug, Clone)]
struct InMemory(Vec<Bytes>);

struct Chunks(std::vec::IntoIter<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

impl HttpConnector for InMemory {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = SdkBody::from_body_1_x(Chunks(self.0.clone().into_iter()));
        let mut response = HttpResponse::new(200.try_into().expect("a status"), body);
        response.headers_mut().insert("content-type", "application/vnd.amazon.eventstream");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn sdk_client(chunks: Vec<Bytes>) -> aws_sdk_bedrockruntime::Client {
    let connector = SharedHttpConnector::new(InMemory(chunks));
    let config = aws_sdk_bedrockruntime::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "bench"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .stalled_stream_protection(aws_sdk_bedrockruntime::config::StalledStreamProtectionConfig::disabled())
        .build();
    aws_sdk_bedrockruntime::Client::from_conf(config)
}

async fn sdk(client: &aws_sdk_bedrockruntime::Client) -> usize {
    let mut output = client.converse_stream().model_id("m").send().await.expect("an answer");
    let mut events = 0;
    while let Some(event) = output.stream.recv().await.expect("a good stream") {
        let ConverseStreamOutput::ContentBlockDelta(event) = event else { panic!("{event:?}") };
        let Some(SdkDelta::Text(text)) = event.delta() else { panic!("{event:?}") };
        black_box(text.as_str());
        events += 1;
    }
    events
}

fn events(criterion: &mut Criterion) {
    let (stream, ends) = deltas(FRAMES);
    let chunks = chunks(&stream);
    let mut decoder = FrameDecoder::new();
    decoder.push(&stream);
    let mut payloads = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("a good stream") {
        payloads.push(frame.payload().to_vec());
    }
    let payloads: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = sdk_client(chunks.clone());

    let mut group = criterion.benchmark_group("events");
    group.throughput(Throughput::Elements(FRAMES as u64));
    group.bench_function("crc-floor", |bencher| bencher.iter(|| assert_eq!(crc_floor(&stream, &ends), FRAMES)));
    group.bench_function("barerock", |bencher| bencher.iter(|| assert_eq!(barerock(&chunks), FRAMES)));
    group.bench_function("frames-and-serde", |bencher| bencher.iter(|| assert_eq!(frames_and_serde(&chunks), FRAMES)));
    group.bench_function("serde-only", |bencher| bencher.iter(|| assert_eq!(serde_only(&payloads), FRAMES)));
    group.bench_function("aws-sdk-bedrockruntime", |bencher| {
        bencher.iter(|| assert_eq!(runtime.block_on(sdk(&client)), FRAMES));
    });
    group.finish();
}

/// Builds a stream of 382 frames, the length of the longest recorded stream: 378 deltas and 4 other events.
fn whole_stream() -> Vec<u8> {
    let mut stream = Vec::new();
    let mut event = |event_type: &str, payload: &str| {
        let headers =
            [(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")];
        let headers = headers.map(|(name, value)| Header::new(name, value));
        encode_frame(&headers, payload.as_bytes(), &mut stream).expect("a frame");
    };
    event("messageStart", r#"{"p":"abcdef","role":"assistant"}"#);
    for delta in 0..378 {
        let text = if delta % 10 == 0 { r"line\n" } else { " token" };
        event(
            "contentBlockDelta",
            &format!(r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"abcdefghijklmnopqrstuvwxyz"}}"#),
        );
    }
    event("contentBlockStop", r#"{"contentBlockIndex":0,"p":"abc"}"#);
    event("messageStop", r#"{"p":"abc","stopReason":"end_turn"}"#);
    event(
        "metadata",
        r#"{"metrics":{"latencyMs":9000},"p":"abc","usage":{"inputTokens":17,"outputTokens":378,"totalTokens":395}}"#,
    );
    stream
}

fn messages(criterion: &mut Criterion) {
    let stream = whole_stream();
    let text = "All work and no play makes Jack a dull boy.\\n".repeat(200 * 1024 / 46);
    let response = format!(
        r#"{{"metrics":{{"latencyMs":1}},"output":{{"message":{{"content":[{{"text":"{text}"}}],"role":"assistant"}}}},"stopReason":"end_turn","usage":{{"inputTokens":1,"outputTokens":2,"totalTokens":3}}}}"#
    );
    let mut group = criterion.benchmark_group("messages");
    group.throughput(Throughput::Bytes(stream.len() as u64));
    group.bench_function("assemble-382-frames", |bencher| {
        bencher.iter(|| {
            let (mut decoder, mut assembler) = (EventDecoder::new(), MessageAssembler::new());
            for chunk in stream.chunks(CHUNK) {
                decoder.push(chunk);
                while let Some(event) = decoder.next_event().expect("a good stream") {
                    assembler.push(event);
                }
            }
            decoder.finish().expect("a whole stream");
            assembler.finish().expect("a whole message")
        });
    });
    group.throughput(Throughput::Bytes(response.len() as u64));
    group.bench_function("response-200-KB", |bencher| {
        bencher.iter(|| {
            let headers = http::HeaderMap::new();
            ConverseResponse::from_http(http::StatusCode::OK, &headers, response.as_bytes()).expect("a response")
        });
    });
    group.finish();
}

criterion_group!(benches, events, messages);
criterion_main!(benches);
