//! Calls as `tracing` spans with the names of OpenTelemetry's semantic conventions for generative AI.

mod content;

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::Mutex;

use barerock_converse::types::{InferenceConfiguration, TokenUsage};
use barerock_converse::{AssembledMessage, ConverseRequest, ConverseResponse, Endpoint, MessageAssembler};
use tracing::Span;
use tracing::field::Empty;

use self::content::{input_messages, output_message, system_instructions};
use crate::client::lock;
use crate::error::{Error, ErrorKind};
use crate::observe::{CallRequest, Observe, Outcome, Stage};

/// The value of `gen_ai.provider.name`.
const PROVIDER: &str = "aws.bedrock";

/// Makes a `tracing` span of every call. `tracing-opentelemetry` exports them; any other subscriber logs them.
///
/// ```
/// # use std::sync::Arc;
/// # use barerock::{Client, Error, TracingObserver, Transport};
/// # fn client<T: Transport>(transport: T) -> Result<Client<T>, Error> {
/// Client::builder(transport).region("us-east-1").observe(Arc::new(TracingObserver::new())).build()
/// # }
/// ```
///
/// A span has the level `INFO`, the target `barerock` and the name `gen_ai`, which `otel.name` replaces by operation and model
/// (`chat us.anthropic.claude-sonnet-4-6`). It is a child of the span in which the call begins, and ends with the call: with the
/// whole response, or when a stream has ended, broken or was dropped. The names are those of the GenAI conventions after version
/// 1.41 (status: development):
///
/// | attribute | value |
/// |---|---|
/// | `gen_ai.operation.name` | `chat`; `count_tokens`, `apply_guardrail`, `invoke_guardrail_checks` |
/// | `gen_ai.provider.name` | `aws.bedrock` |
/// | `gen_ai.request.model` | model id of the request |
/// | `gen_ai.request.stream` | true for ConverseStream, else absent |
/// | `gen_ai.request.max_tokens`, `.temperature`, `.top_p` | as in the request |
/// | `gen_ai.request.stop_sequences` | JSON array, as text |
/// | `gen_ai.output.type` | `json` if the request has a text format |
/// | `aws.bedrock.guardrail.id` | guardrail of the request |
/// | `server.address`, `server.port` | endpoint |
/// | `gen_ai.response.finish_reasons` | JSON array of the stop reason, as text |
/// | `gen_ai.response.time_to_first_chunk` | seconds from the call to the first event of a stream |
/// | `gen_ai.usage.input_tokens` | input tokens, those read from and written to the cache included |
/// | `gen_ai.usage.output_tokens` | output tokens |
/// | `gen_ai.usage.cache_read.input_tokens`, `gen_ai.usage.cache_creation.input_tokens` | those read from and written to the cache |
/// | `aws.request_id` | id of the last response; Converse has no `gen_ai.response.id` |
/// | `error.type` | of a failed call: the error code of the service, else `timeout`, `transport`, `service`, `wire`, `credentials` or `request` |
/// | `barerock.outcome` | `complete`, `body_read`, `dropped` or `failed` |
/// | `barerock.attempts` | attempts begun |
///
/// A failed call also has `otel.status_code` and `otel.status_description`, the text of the error. Retries and expired
/// credentials are events of level `WARN` in the span. A dropped call is not a failed one.
///
/// Prompts and responses are no part of a span unless [`with_content`](Self::with_content) is called.
#[derive(Default)]
pub struct TracingObserver {
    has_content: bool,
    /// Calls in flight, by invocation id.
    calls: Mutex<HashMap<String, TracedCall>>,
}

struct TracedCall {
    span: Span,
    /// The message of a stream so far, if spans have content.
    message: Option<MessageAssembler>,
}

impl TracingObserver {
    /// An observer whose spans have no content.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds system prompt, messages and the message of the response to the spans: `gen_ai.system_instructions`,
    /// `gen_ai.input.messages` and `gen_ai.output.messages`, JSON of the conventions' schemas as text. Media and documents
    /// are named by their kind, without bytes. A stream's message is held in memory until its end.
    #[must_use]
    pub fn with_content(mut self) -> Self {
        self.has_content = true;
        self
    }

    fn begin(&self, call: &str, request: CallRequest<'_>, endpoint: &Endpoint) {
        let span = new_span(request, endpoint);
        if span.is_disabled() {
            return;
        }
        let (converse, is_stream) = match request {
            CallRequest::Converse(request) => (Some(request), false),
            CallRequest::ConverseStream(request) => (Some(request), true),
            _ => (None, false),
        };
        if let Some(request) = converse {
            record_parameters(&span, request);
            if self.has_content {
                record_input(&span, request);
            }
        }
        let message = (self.has_content && is_stream).then(MessageAssembler::new);
        lock(&self.calls).insert(call.to_owned(), TracedCall { span, message });
    }

    /// The span of a call in flight. Used without the lock: subscribers may be slow.
    fn span(&self, call: &str) -> Option<Span> {
        lock(&self.calls).get(call).map(|call| call.span.clone())
    }
}

impl Observe for TracingObserver {
    fn observe(&self, call: &str, stage: &Stage<'_>) {
        match stage {
            Stage::Begun { request, endpoint } => self.begin(call, *request, endpoint),
            Stage::Event { event } if self.has_content => {
                let mut calls = lock(&self.calls);
                if let Some(message) = calls.get_mut(call).and_then(|call| call.message.as_mut()) {
                    message.push((*event).clone());
                }
            }
            Stage::Retrying { error, wait } => {
                if let Some(span) = self.span(call) {
                    tracing::warn!(
                        target: "barerock", parent: &span,
                        { "error.type" = error_type(error), error = %error, wait_ms = millis(*wait) }, "retry"
                    );
                }
            }
            Stage::ExpiredCredentials { provider, .. } => {
                if let Some(span) = self.span(call) {
                    tracing::warn!(target: "barerock", parent: &span, provider, "expired credentials are used");
                }
            }
            Stage::Ended { .. } => {
                let call = lock(&self.calls).remove(call);
                if let Some(call) = call {
                    call.end(stage, self.has_content);
                }
            }
            _ => {}
        }
    }
}

impl TracedCall {
    fn end(self, stage: &Stage<'_>, has_content: bool) {
        let Stage::Ended { outcome, usage, stop_reason, response, attempts, first_event, request_id, .. } =
            stage
        else {
            return;
        };
        let Self { span, message } = self;
        let first_event = first_event.as_ref().map(Duration::as_secs_f64);
        record(&span, "gen_ai.response.time_to_first_chunk", first_event);
        if let Some(usage) = usage {
            record_usage(&span, usage);
        }
        let finish_reasons = stop_reason.map(|reason| json_array([reason.as_str()]));
        record(&span, "gen_ai.response.finish_reasons", finish_reasons);
        record(&span, "aws.request_id", *request_id);
        span.record("barerock.attempts", i64::from(*attempts));
        span.record("barerock.outcome", outcome_name(outcome));
        if let Outcome::Failed(error) = outcome {
            span.record("error.type", error_type(error));
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", error.to_string());
        }
        if has_content {
            let whole = response.and_then(ConverseResponse::message).cloned();
            let streamed = message.map(|message| match message.finish() {
                Ok(AssembledMessage { message, .. }) => message,
                Err(incomplete) => *incomplete.partial,
            });
            if let Some(message) = whole.or(streamed) {
                span.record("gen_ai.output.messages", output_message(&message, *stop_reason));
            }
        }
    }
}

/// The span of a call, with what is known when it begins.
fn new_span(request: CallRequest<'_>, endpoint: &Endpoint) -> Span {
    let (operation, model, guardrail) = match request {
        CallRequest::Converse(request) | CallRequest::ConverseStream(request) => {
            let guardrail = request.guardrail_config.as_ref();
            let guardrail = guardrail.and_then(|config| config.guardrail_identifier.as_deref());
            ("chat", Some(&*request.model_id), guardrail)
        }
        CallRequest::CountTokens(request) => ("count_tokens", Some(&*request.model_id), None),
        CallRequest::ApplyGuardrail(request) => {
            ("apply_guardrail", None, Some(&*request.guardrail_identifier))
        }
        CallRequest::InvokeGuardrailChecks(_) => ("invoke_guardrail_checks", None, None),
    };
    let name = model.map(|model| format!("{operation} {model}"));
    let is_stream = matches!(request, CallRequest::ConverseStream(_)).then_some(true);
    let default_port = if endpoint.is_https() { 443 } else { 80 };
    let uri: Option<http::Uri> = endpoint.to_string().parse().ok();
    let port = uri.and_then(|uri| uri.port_u16()).unwrap_or(default_port);
    // No macro takes more than 32 fields.
    tracing::info_span!(
        target: "barerock",
        "gen_ai",
        "otel.name" = name.as_deref().unwrap_or(operation),
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "otel.status_description" = Empty,
        "gen_ai.operation.name" = operation,
        "gen_ai.provider.name" = PROVIDER,
        "gen_ai.request.model" = model,
        "gen_ai.request.stream" = is_stream,
        "gen_ai.request.max_tokens" = Empty,
        "gen_ai.request.temperature" = Empty,
        "gen_ai.request.top_p" = Empty,
        "gen_ai.request.stop_sequences" = Empty,
        "gen_ai.output.type" = Empty,
        "gen_ai.system_instructions" = Empty,
        "gen_ai.input.messages" = Empty,
        "gen_ai.output.messages" = Empty,
        "gen_ai.response.finish_reasons" = Empty,
        "gen_ai.response.time_to_first_chunk" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
        "gen_ai.usage.output_tokens" = Empty,
        "gen_ai.usage.cache_read.input_tokens" = Empty,
        "gen_ai.usage.cache_creation.input_tokens" = Empty,
        "aws.bedrock.guardrail.id" = guardrail,
        "aws.request_id" = Empty,
        "server.address" = endpoint.host(),
        "server.port" = i64::from(port),
        "error.type" = Empty,
        "barerock.outcome" = Empty,
        "barerock.attempts" = Empty,
    )
}

/// Records a value that is there; subscribers may print an absent one as a gap.
fn record(span: &Span, name: &str, value: Option<impl tracing::Value>) {
    if let Some(value) = value {
        span.record(name, value);
    }
}

fn record_parameters(span: &Span, request: &ConverseRequest) {
    if let Some(InferenceConfiguration { max_tokens, temperature, top_p, stop_sequences, .. }) =
        &request.inference_config
    {
        record(span, "gen_ai.request.max_tokens", max_tokens.map(i64::from));
        record(span, "gen_ai.request.temperature", *temperature);
        record(span, "gen_ai.request.top_p", *top_p);
        let stop_sequences = stop_sequences.as_deref();
        let stop_sequences = stop_sequences.map(|texts| json_array(texts.iter().map(String::as_str)));
        record(span, "gen_ai.request.stop_sequences", stop_sequences);
    }
    if request.output_config.as_ref().is_some_and(|config| config.text_format.is_some()) {
        span.record("gen_ai.output.type", "json");
    }
}

fn record_input(span: &Span, request: &ConverseRequest) {
    if let Some(system) = &request.system {
        span.record("gen_ai.system_instructions", system_instructions(system));
    }
    span.record("gen_ai.input.messages", input_messages(&request.messages));
}

fn record_usage(span: &Span, usage: &TokenUsage) {
    // OpenTelemetry's integers are signed.
    let count = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
    let (read, written) = (usage.cache_read_input_tokens, usage.cache_write_input_tokens);
    // Bedrock's inputTokens leaves out tokens of the cache; the conventions' count has them.
    let cached = read.unwrap_or_default().saturating_add(written.unwrap_or_default());
    span.record("gen_ai.usage.input_tokens", count(usage.input_tokens.saturating_add(cached)));
    span.record("gen_ai.usage.output_tokens", count(usage.output_tokens));
    record(span, "gen_ai.usage.cache_read.input_tokens", read.map(count));
    record(span, "gen_ai.usage.cache_creation.input_tokens", written.map(count));
}

fn outcome_name(outcome: &Outcome<'_>) -> &'static str {
    match outcome {
        Outcome::Complete => "complete",
        Outcome::BodyRead => "body_read",
        Outcome::Dropped => "dropped",
        Outcome::Failed(_) => "failed",
    }
}

fn error_type(error: &Error) -> &str {
    match error.service_error() {
        Some(service) if !service.code.is_empty() => &service.code,
        _ if error.is_timeout() => "timeout",
        _ => match error.kind() {
            ErrorKind::Transport => "transport",
            ErrorKind::Service => "service",
            ErrorKind::Wire => "wire",
            ErrorKind::Credentials => "credentials",
            ErrorKind::Request => "request",
        },
    }
}

/// Fields of spans cannot be arrays.
fn json_array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    content::json(&texts.into_iter().collect::<Vec<_>>())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The number of calls in flight alone.
impl fmt::Debug for TracingObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracingObserver")
            .field("has_content", &self.has_content)
            .field("calls", &lock(&self.calls).len())
            .finish()
    }
}
