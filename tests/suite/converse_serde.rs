//! Tests of the serde implementations of the public types: values round-trip exactly and in order in any container.

use std::collections::BTreeMap;

use barerock_converse::stream::{AssembledMessage, EventDecoder, MessageAssembler};
use barerock_converse::types::{
    CitationSourceContent, ContentBlock, Document, Message, ReasoningContentBlock, StopReason, TokenUsage,
    ToolUseBlock, UnknownMember,
};
use barerock_converse::{
    ConverseRequest, ConverseResponse, Correction, CorrectionKind, Endpoint, ServiceError, StreamEvent,
};
use barerock_eventstream::{FrameDecoder, MessageKind};
use barerock_test_data::{captures, report_cases};
use barerock_tests::fixtures;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A tool input whose key order and numbers a parser might change.
const INPUT: &str = r#"{"z":1.50,"a":[1e400,-0,12345678901234567890123],"b":{"y":"\u0041","x":null}}"#;

fn message(input: &str) -> Message {
    let input = Document::from_json(input).unwrap();
    Message::assistant([
        ContentBlock::from("hi"),
        ToolUseBlock::new("t", "n", input)
            .r#type("tool_use")
            .extra("novelty", 1_u64.to_string().as_str())
            .into(),
        ContentBlock::Unknown(UnknownMember::new("hologram", json!({"depth": 3}))),
        ReasoningContentBlock::Unknown(UnknownMember::new("", json!({}))).into(),
    ])
    .extra("mood", json!(["calm"]))
}

#[test]
fn order_and_numbers_are_exact() {
    let message = message(INPUT);
    let json = serde_json::to_string(&message).unwrap();
    assert!(json.contains(&format!("\"input\":{}", INPUT.replace("\\u0041", "A"))), "{json}");
    assert_eq!(
        serde_json::from_str::<Message>(&json).unwrap(),
        serde_json::from_str::<Message>(&json).unwrap()
    );
    let again: Message = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
    assert_eq!(serde_json::from_slice::<Vec<Message>>(format!("[{json}]").as_bytes()).unwrap()[0], again);
    let pretty = serde_json::to_string_pretty(&again).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&pretty).unwrap(), again);
    assert!(pretty.lines().count() > 20, "{pretty}");
}

/// An entry of a conversation stored as JSON lines.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Entry {
    Message(Message),
    Usage(TokenUsage),
    Event { event: StreamEvent<'static>, at: u64 },
    Failed { error: ServiceError, correction: Correction },
    Input { input: Document },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Usage(TokenUsage),
    Message(Message),
    Stop(StopReason),
    Document(Document),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flattened {
    at: u64,
    #[serde(flatten)]
    message: Message,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FlattenedRest {
    at: u64,
    #[serde(flatten)]
    rest: BTreeMap<String, Document>,
}

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
    // `Value` sorts keys.
    let sorted = serde_json::to_value(value).unwrap();
    let again: T = serde_json::from_value(sorted.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), sorted, "{json}");
    assert_eq!(&serde_json::from_reader::<_, T>(json.as_bytes()).unwrap(), value, "{json}");
}

#[test]
fn containers_that_buffer_keep_all() {
    // Numbers that serde_json reads exactly, because buffering containers do not receive the text.
    let message = || message(r#"{"z":1.5,"a":[0.25,-7,18446744073709551615],"b":{"y":"A","x":null}}"#);
    let input = || Document::from_json(r#"{"z":[1,{"a":null}],"b":""}"#).unwrap();
    let usage = || TokenUsage::new(1_u64, 2_u64, 3_u64).extra("serverToolUsage", json!({}));
    for entry in [
        Entry::Message(message()),
        Entry::Usage(usage()),
        Entry::Event {
            event: serde_json::from_str(
                r#"{"contentBlockDelta":{"delta":{"text":"a\n"},"contentBlockIndex":7}}"#,
            )
            .unwrap(),
            at: 3,
        },
        Entry::Failed {
            error: ServiceError::new(429_u16, "ThrottlingException", "slow down").request_id("r"),
            correction: Correction::new("usage", CorrectionKind::Missing),
        },
        Entry::Input { input: input() },
    ] {
        comes_back(&entry);
    }
    for untagged in [
        Untagged::Usage(usage()),
        Untagged::Message(message()),
        Untagged::Stop(StopReason::Unknown("struck".to_owned())),
        Untagged::Document(Document::from_json("[1,2]").unwrap()),
    ] {
        comes_back(&untagged);
    }
    comes_back(&Flattened { at: 1, message: message() });
    comes_back(&FlattenedRest { at: 1, rest: [("input".to_owned(), input())].into() });
    // Buffering preserves key order.
    let entry: Entry = serde_json::from_str(r#"{"input":{"z":1,"a":2},"kind":"input"}"#).unwrap();
    assert_eq!(entry, Entry::Input { input: Document::from_json(r#"{"z":1,"a":2}"#).unwrap() });
}

#[test]
fn a_value_of_another_shape_is_an_error() {
    for json in
        ["7", "[]", r#"{"role":"user"}"#, r#"{"role":7,"content":[]}"#, r#"{"role":"user","content":[7]}"#]
    {
        let read = serde_json::from_str::<Message>(json);
        let is_kept = json.contains("[7]");
        assert_eq!(read.is_ok(), is_kept, "{json}: {read:?}");
    }
    let error = serde_json::from_str::<Message>(r#"{"role":"user","content":[{"toolUse":{}}]}"#).unwrap_err();
    assert!(error.to_string().contains("content[0].toolUse.toolUseId is missing"), "{error}");
    assert!(serde_json::from_str::<StopReason>("7").is_err());
    assert!(
        serde_json::from_str::<CitationSourceContent>("{}").is_err(),
        "an empty union at the top is none"
    );
}

#[test]
fn a_document_of_any_depth_is_written() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let document = Document::from_json(deep.clone());
    // Depending on its depth limit, serde_json returns the text or rejects it; the stack must not overflow.
    if let Ok(document) = document {
        assert_eq!(serde_json::to_string(&document).unwrap(), deep);
    }
    let deep = "[".repeat(120) + &"]".repeat(120);
    let document = Document::from_json(deep.clone()).unwrap();
    assert_eq!(serde_json::to_string(&document).unwrap(), deep);
}

/// Round-trips each event of a stream through JSON.
fn events_come_back(name: &str, stream: &[u8]) -> usize {
    let (mut frames, mut events, mut assembler, mut count) =
        (FrameDecoder::new(), EventDecoder::new(), MessageAssembler::new(), 0);
    let (mut rest, mut event_rest) = (stream, stream);
    while let Ok(Some(frame)) = frames.next_frame(&mut rest) {
        let MessageKind::Event { event_type } = frame.kind() else { break };
        let event =
            events.next_event(&mut event_rest).unwrap_or_else(|error| panic!("{name}: {error}")).unwrap();
        let written = serde_json::to_string(&event).unwrap();
        let again: StreamEvent<'_> = serde_json::from_str(&written).unwrap();
        assert_eq!(again, event, "{name}");
        // Everything except the padding is written.
        let mut payload: Value = serde_json::from_slice(frame.payload()).unwrap();
        payload.as_object_mut().unwrap().remove("p");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!({event_type: payload}), "{name}");
        assembler.push(event);
        count += 1;
    }
    assert_eq!(events.corrections(), [], "{name}");
    if let Ok(message) = assembler.finish() {
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<AssembledMessage>(&json).unwrap(), message, "{name}");
    }
    count
}

#[test]
fn fixtures_come_back() {
    let events: usize =
        fixtures::good_streams(usize::MAX).iter().map(|(name, stream)| events_come_back(name, stream)).sum();
    assert!(events > 300, "{events}");
}

/// Number of events and Converse requests in the recordings.
const EVENTS: usize = 2722;
/// Includes six requests with placeholder text for omitted blobs, which is preserved.
const REQUESTS: usize = 247;

#[test]
fn recordings_come_back() {
    let Some(recordings) = captures::all("recordings_come_back") else { return };
    let (mut events, mut requests) = (0, 0);
    for recording in &recordings {
        if recording.operation() == "converse-stream" {
            events += events_come_back(&recording.name, &recording.body);
        }
        if recording.operation().starts_with("converse") {
            requests += usize::from(request_comes_back(&recording.name, &recording.request_body));
        }
    }
    report_cases(events + requests, "recorded events and requests that come back");
    assert_eq!((events, requests), (EVENTS, REQUESTS));
}

/// Round-trips a request if it is a Converse request.
fn request_comes_back(name: &str, body: &str) -> bool {
    let Ok(mut request) = serde_json::from_str::<ConverseRequest>(body) else { return false };
    request.model_id = "m".to_owned();
    let sent = request.to_http_stream(&Endpoint::for_region("us-east-1").unwrap()).unwrap();
    let mut given: Value = serde_json::from_str(body).unwrap();
    normalize(&mut given);
    let normal = |mut value: Value| {
        normalize(&mut value);
        value
    };
    assert_eq!(normal(serde_json::from_slice(sent.body()).unwrap()), given, "{name}");
    assert_eq!(normal(serde_json::to_value(&request).unwrap()), given, "{name}");
    true
}

/// Removes null members, which count as absent, and `modelId`, which is part of the path; `1` and `1.0` are the same number.
fn normalize(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("modelId");
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(normalize);
        }
        Value::Array(entries) => entries.iter_mut().for_each(normalize),
        Value::Number(number) => *value = number.as_f64().into(),
        _ => {}
    }
}

#[test]
fn recorded_responses_keep_every_member() {
    let Some(recordings) = captures::all("recorded_responses_keep_every_member") else { return };
    let mut ran = 0;
    for recording in recordings.iter().filter(|recording| recording.operation() == "converse") {
        let Ok(response) = ConverseResponse::from_http(recording.status, &recording.headers, &recording.body)
        else {
            continue;
        };
        let original: Value = serde_json::from_slice(&recording.body).unwrap();
        assert_eq!(response.raw().unwrap().as_bytes(), recording.body);
        assert_eq!(response.corrections(), [], "{}", recording.name);
        let shown: Value = serde_json::from_str(response.to_document().as_json()).unwrap();
        assert_eq!(shown, original, "{}", recording.name);
        // In the same order.
        let raw = Document::from_json(String::from_utf8(recording.body.clone()).unwrap()).unwrap();
        assert_eq!(response.to_document().to_compact(), raw.to_compact(), "{}", recording.name);
        assert_eq!(serde_json::to_value(&response).unwrap(), original, "{}", recording.name);
        ran += 1;
    }
    report_cases(ran, "recorded responses that keep every member");
    assert_eq!(ran, 173);
}

#[test]
fn reading_is_linear() {
    // 20 levels and 200 KB: a reader that scans each level again would read 20 times the text.
    let deep =
        (0..20).fold(format!("\"{}\"", "x".repeat(200_000)), |inner, _| format!("{{\"a\":[{inner}]}}"));
    let body = json!({"output": {"message": {"role": "assistant", "content": [
        {"toolUse": {"toolUseId": "t", "name": "n", "input": RawValue::from_string(deep.clone()).unwrap()}},
    ]}}, "stopReason": "end_turn", "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}, "metrics": {"latencyMs": 1}});
    let read = ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.to_string().as_bytes());
    let response = read.unwrap();
    assert_eq!(response.tool_uses().next().unwrap().input.as_json(), deep);
    assert_eq!(serde_json::to_value(&response).unwrap(), body);
}
