//! Tests of the spans of calls that an OpenTelemetry exporter receives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use barerock::types::{GuardrailConfiguration, Message, OutputConfig};
use barerock::{
    ApplyGuardrailRequest, Client, ConverseRequest, CountTokensRequest, Credentials, Observe, RetryPolicy,
    Stage, Timeouts, TracingObserver,
};
use barerock_hyper::HyperTransport;
use barerock_replay::{Fixture, Fixtures, MatchMode, ReplayServer};
use opentelemetry::Value;
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

/// Exporter that stores the spans.
#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Memory {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// A client whose spans go to an exporter, on this thread.
struct Traced {
    client: Client<HyperTransport>,
    exported: Memory,
    replay: ReplayServer,
    _provider: SdkTracerProvider,
    _subscriber: tracing::subscriber::DefaultGuard,
}

impl Traced {
    async fn new(
        fixtures: impl IntoIterator<Item = Fixture>,
        fault: &str,
        observer: TracingObserver,
    ) -> Self {
        let replay = ReplayServer::builder()
            .fixtures(Fixtures::new(fixtures))
            .match_mode(MatchMode::InOrder)
            .faults([fault.parse().unwrap()])
            .bind("127.0.0.1:0")
            .await
            .unwrap();
        let exported = Memory::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exported.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let subscriber = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let client = Client::builder(HyperTransport::new())
            .retry(RetryPolicy::standard())
            .random_seed(1)
            .region("us-east-1")
            .endpoint_url(replay.url())
            .credentials(Credentials::new("AKIDEXAMPLE", "SQUIRREL-of-sixteen-bytes", None))
            .timeouts(Timeouts::never())
            .observe(Arc::new(observer))
            .build()
            .unwrap();
        Self { client, exported, replay, _provider: provider, _subscriber: subscriber }
    }

    /// Returns the only span exported since the last call of this function, and its attributes.
    #[track_caller]
    fn span(&self) -> (SpanData, BTreeMap<String, Value>) {
        let mut spans = core::mem::take(&mut *self.exported.0.lock().unwrap());
        assert_eq!(spans.len(), 1, "{spans:#?}");
        let span = spans.remove(0);
        assert!(!format!("{span:?}").contains("SQUIRREL"), "{span:?}");
        assert_eq!(span.span_kind, SpanKind::Client);
        let attributes = span.attributes.iter();
        let attributes = attributes.map(|attribute| (attribute.key.to_string(), attribute.value.clone()));
        let attributes = attributes.collect();
        (span, attributes)
    }
}

/// A fault that applies to no request of a test.
const NO_FAULT: &str = "throttle@99";

fn question() -> ConverseRequest {
    ConverseRequest::new(MODEL, [Message::user("WALRUS?")]).system("Be a WALRUS.")
}

fn stream() -> Fixture {
    let usage = json!({"inputTokens": 10, "outputTokens": 5, "totalTokens": 122, "cacheReadInputTokens": 100, "cacheWriteInputTokens": 7});
    Fixture::stream(
        MODEL,
        [
            json!({"messageStart": {"role": "assistant"}}),
            json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "A WAL"}}}),
            json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "RUS."}}}),
            json!({"contentBlockStop": {"contentBlockIndex": 0}}),
            json!({"messageStop": {"stopReason": "end_turn"}}),
            json!({"metadata": {"usage": usage, "metrics": {"latencyMs": 7}}}),
        ],
    )
    .unwrap()
}

#[track_caller]
fn assert_has(attributes: &BTreeMap<String, Value>, expected: &[(&str, Value)]) {
    for (name, value) in expected {
        assert_eq!(attributes.get(*name), Some(value), "{name} in {attributes:#?}");
    }
}

#[tokio::test]
async fn a_whole_response() {
    let traced = Traced::new([Fixture::text(MODEL, "A WALRUS.")], NO_FAULT, TracingObserver::new()).await;
    let mut request =
        question().max_tokens(100).temperature(0.5).top_p(0.9).stop_sequence("a").stop_sequence("b");
    request.output_config = Some(OutputConfig::json_schema(json!({"type": "object"})));
    request.guardrail_config =
        Some(GuardrailConfiguration::new().guardrail_identifier("abc").guardrail_version("1"));
    let response = traced.client.converse(&request).await.unwrap();
    let (span, attributes) = traced.span();
    assert_eq!((&*span.name, &span.status), ("chat us.anthropic.claude-sonnet-4-6", &Status::Unset));
    let port: i64 = traced.replay.url().rsplit(':').next().unwrap().parse().unwrap();
    let count = |tokens: u64| Value::I64(tokens.try_into().unwrap());
    assert_has(
        &attributes,
        &[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "aws.bedrock".into()),
            ("gen_ai.request.model", MODEL.into()),
            ("gen_ai.request.max_tokens", 100.into()),
            ("gen_ai.request.temperature", 0.5.into()),
            ("gen_ai.request.top_p", 0.9.into()),
            ("gen_ai.request.stop_sequences", r#"["a","b"]"#.into()),
            ("gen_ai.output.type", "json".into()),
            ("gen_ai.response.finish_reasons", r#"["end_turn"]"#.into()),
            ("gen_ai.usage.input_tokens", count(response.usage.input_tokens)),
            ("gen_ai.usage.output_tokens", count(response.usage.output_tokens)),
            ("aws.bedrock.guardrail.id", "abc".into()),
            ("aws.request_id", response.request_id().unwrap().to_owned().into()),
            ("server.address", "127.0.0.1".into()),
            ("server.port", port.into()),
            ("barerock.outcome", "complete".into()),
            ("barerock.attempts", 1.into()),
        ],
    );
    for absent in ["gen_ai.request.stream", "gen_ai.response.time_to_first_chunk", "error.type"] {
        assert!(!attributes.contains_key(absent), "{absent}");
    }
    assert!(!format!("{span:?}").contains("WALRUS"), "content is off: {span:?}");
}

#[tokio::test]
async fn a_stream() {
    let traced = Traced::new([stream()], NO_FAULT, TracingObserver::new()).await;
    let message = traced.client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    let (span, attributes) = traced.span();
    assert_has(
        &attributes,
        &[
            ("gen_ai.request.stream", true.into()),
            ("gen_ai.response.finish_reasons", r#"["end_turn"]"#.into()),
            ("gen_ai.response.time_to_first_chunk", message.first_event().unwrap().as_secs_f64().into()),
            // 10 tokens that are not from the cache.
            ("gen_ai.usage.input_tokens", 117.into()),
            ("gen_ai.usage.output_tokens", 5.into()),
            ("gen_ai.usage.cache_read.input_tokens", 100.into()),
            ("gen_ai.usage.cache_creation.input_tokens", 7.into()),
            ("barerock.outcome", "complete".into()),
        ],
    );
    assert!(!format!("{span:?}").contains("WAL"), "{span:?}");
}

#[tokio::test]
async fn content_is_there_on_request() {
    let fixtures = [Fixture::text(MODEL, "A WALRUS."), stream()];
    let traced = Traced::new(fixtures, NO_FAULT, TracingObserver::new().with_content()).await;
    traced.client.converse(&question()).await.unwrap();
    let whole = traced.span().1;
    traced.client.converse_stream(&question()).await.unwrap().into_message().await.unwrap();
    let streamed = traced.span().1;
    for attributes in [whole, streamed] {
        assert_has(
            &attributes,
            &[
                ("gen_ai.system_instructions", r#"[{"type":"text","content":"Be a WALRUS."}]"#.into()),
                (
                    "gen_ai.input.messages",
                    r#"[{"role":"user","parts":[{"type":"text","content":"WALRUS?"}]}]"#.into(),
                ),
                (
                    "gen_ai.output.messages",
                    r#"[{"role":"assistant","parts":[{"type":"text","content":"A WALRUS."}],"finish_reason":"end_turn"}]"#
                        .into(),
                ),
            ],
        );
    }
}

#[tokio::test]
async fn a_broken_and_a_dropped_stream() {
    let traced =
        Traced::new([stream(), stream()], "truncate=200@1", TracingObserver::new().with_content()).await;
    let opened = traced.client.converse_stream(&question()).await.unwrap();
    let error = opened.into_message().await.unwrap_err();
    let (span, attributes) = traced.span();
    assert_eq!(span.status, Status::error(error.to_string()));
    assert_has(&attributes, &[("error.type", "wire".into()), ("barerock.outcome", "failed".into())]);
    let messages = &attributes["gen_ai.output.messages"];
    assert!(messages.as_str().contains(&error.partial().unwrap().text()), "{messages}");

    let mut opened = traced.client.converse_stream(&question()).await.unwrap();
    opened.next_event().await.unwrap();
    drop(opened);
    let (span, attributes) = traced.span();
    assert_eq!(span.status, Status::Unset);
    assert_has(&attributes, &[("barerock.outcome", "dropped".into())]);
    assert!(!attributes.contains_key("error.type") && !attributes.contains_key("gen_ai.usage.output_tokens"));
}

#[tokio::test]
async fn failures_by_kind_and_retries_as_events() {
    let refused = Fixture::error(MODEL, 400, "ValidationException", "no");
    let traced = Traced::new([refused], "throttle=1ms@1", TracingObserver::new()).await;
    let error = traced.client.converse(&question()).await.unwrap_err();
    let (span, attributes) = traced.span();
    assert_eq!(span.status, Status::error(error.to_string()));
    assert_has(&attributes, &[("error.type", "ValidationException".into()), ("barerock.attempts", 2.into())]);
    assert_eq!(span.events.len(), 1, "{:?}", span.events);
    let retry = &span.events[0];
    assert_eq!(retry.name, "retry");
    let kind = retry.attributes.iter().find(|attribute| attribute.key.as_str() == "error.type").unwrap();
    assert_eq!(kind.value, "ThrottlingException".into());

    // Rejected before it is sent.
    traced.client.converse_stream(&question().temperature(7.0)).await.unwrap_err();
    let attributes = traced.span().1;
    assert_has(&attributes, &[("error.type", "request".into()), ("barerock.attempts", 0.into())]);
    assert_has(&attributes, &[("gen_ai.request.temperature", 7.0.into())]);
}

#[tokio::test]
async fn other_operations() {
    let traced = Traced::new([], NO_FAULT, TracingObserver::new()).await;
    let _ = traced.client.count_tokens(&CountTokensRequest::from(question())).await;
    let (span, attributes) = traced.span();
    assert_eq!(span.name, "count_tokens us.anthropic.claude-sonnet-4-6");
    assert_has(&attributes, &[("gen_ai.operation.name", "count_tokens".into())]);
    let _ = traced.client.apply_guardrail(&ApplyGuardrailRequest::new("abc", "1", "INPUT", vec![])).await;
    let (span, attributes) = traced.span();
    assert_eq!(span.name, "apply_guardrail");
    assert_has(&attributes, &[("aws.bedrock.guardrail.id", "abc".into())]);
    assert!(!attributes.contains_key("gen_ai.request.model"));
}

/// Counts the ends of calls.
#[derive(Default)]
struct Ends(Mutex<usize>);

impl Observe for Ends {
    fn observe(&self, _: &str, stage: &Stage<'_>) {
        if let Stage::Ended { .. } = stage {
            *self.0.lock().unwrap() += 1;
        }
    }
}

/// Spans are children of the program's span, concurrent calls have separate spans, and another observer is notified as well.
#[tokio::test]
async fn calls_at_the_same_time() {
    let fixtures = [(); 20].map(|()| Fixture::text(MODEL, "one"));
    let traced = Traced::new(fixtures, NO_FAULT, TracingObserver::new()).await;
    let (ends, tracing) = (Arc::new(Ends::default()), Arc::new(TracingObserver::new()));
    let client = Client::builder(HyperTransport::new())
        .region("us-east-1")
        .endpoint_url(traced.replay.url())
        .no_sign_request()
        .observe(Arc::clone(&ends) as Arc<dyn Observe>)
        .observe(Arc::clone(&tracing) as Arc<dyn Observe>)
        .build()
        .unwrap();
    let parent = tracing::info_span!("parent");
    let entered = parent.enter();
    let (mut requests, mut futures) = (Vec::new(), Vec::new());
    requests.resize_with(20, question);
    for (index, request) in requests.iter_mut().enumerate() {
        *request = request.clone().max_tokens(u32::try_from(index).unwrap() + 1);
    }
    for request in &requests {
        futures.push(Box::pin(client.converse(request)));
    }
    for response in futures_util::future::join_all(futures).await {
        response.unwrap();
    }
    drop(entered);
    drop(parent);
    assert_eq!(*ends.0.lock().unwrap(), 20);
    assert!(format!("{tracing:?}").contains("calls: 0"), "{tracing:?}");
    let mut spans = core::mem::take(&mut *traced.exported.0.lock().unwrap());
    let parent = spans.pop().unwrap();
    assert_eq!((&*parent.name, spans.len()), ("parent", 20));
    let mut limits: Vec<i64> = Vec::new();
    for span in spans {
        assert_eq!(span.parent_span_id, parent.span_context.span_id());
        let limit =
            span.attributes.iter().find(|one| one.key.as_str() == "gen_ai.request.max_tokens").unwrap();
        let Value::I64(limit) = limit.value else { panic!("{limit:?}") };
        limits.push(limit);
    }
    limits.sort_unstable();
    assert_eq!(limits, (1..=20).collect::<Vec<_>>());
}
