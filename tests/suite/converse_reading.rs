//! Tests that no member of a response or event causes an error: members are removed, set to null, retyped and
//! duplicated at every depth.

use barerock_converse::ConverseResponse;
use barerock_converse::stream::{EventDecoder, MessageAssembler};
use barerock_eventstream::{Header, encode_frame};
use http::{HeaderMap, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// One step of a path.
#[derive(Debug, Clone)]
enum Step {
    Member(String),
    Entry(usize),
}

/// Collects the paths of all members and entries of a value.
fn paths(value: &Value, at: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let steps: Vec<(Step, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (Step::Member(name.clone()), value)).collect()
        }
        Value::Array(entries) => {
            entries.iter().enumerate().map(|(i, value)| (Step::Entry(i), value)).collect()
        }
        _ => return,
    };
    for (step, value) in steps {
        at.push(step);
        found.push(at.clone());
        paths(value, at, found);
        at.pop();
    }
}

/// A change to a member.
#[derive(Debug, Clone)]
enum Change {
    Remove,
    Replace(Value),
    Double,
    AddUnknown,
}

/// Returns the JSON text of a value with one member changed.
fn changed(value: &Value, path: &[Step], change: &Change) -> String {
    let Some((step, rest)) = path.split_first() else { return value.to_string() };
    match (value, step) {
        (Value::Object(members), Step::Member(name)) => {
            let mut out: Vec<String> = Vec::new();
            for (key, value) in members {
                let entry = |text: String| format!("{}:{text}", Value::from(key.clone()));
                if key != name {
                    out.push(entry(value.to_string()));
                } else if !rest.is_empty() {
                    out.push(entry(changed(value, rest, change)));
                } else {
                    match change {
                        Change::Remove => {}
                        Change::Replace(with) => out.push(entry(with.to_string())),
                        Change::Double => out.extend([entry(value.to_string()), entry(value.to_string())]),
                        Change::AddUnknown => {
                            out.extend([
                                entry(value.to_string()),
                                r#""notYetKnown":{"z":[1.50]}"#.to_owned(),
                            ]);
                        }
                    }
                }
            }
            format!("{{{}}}", out.join(","))
        }
        (Value::Array(entries), Step::Entry(index)) => {
            let mut out: Vec<String> = Vec::new();
            for (i, value) in entries.iter().enumerate() {
                if i != *index {
                    out.push(value.to_string());
                } else if !rest.is_empty() {
                    out.push(changed(value, rest, change));
                } else {
                    match change {
                        Change::Remove => {}
                        Change::Replace(with) => out.push(with.to_string()),
                        Change::Double | Change::AddUnknown => {
                            out.extend([value.to_string(), value.to_string()])
                        }
                    }
                }
            }
            format!("[{}]", out.join(","))
        }
        _ => panic!("{path:?} leads nowhere"),
    }
}

fn changes() -> Vec<Change> {
    let values =
        [json!(null), json!(7), json!(-1.5), json!("x"), json!(true), json!([]), json!({}), json!([7])];
    let replaced = values.into_iter().map(Change::Replace);
    [Change::Remove, Change::Double, Change::AddUnknown].into_iter().chain(replaced).collect()
}

/// True if the change affects the text or a value that contains it.
fn touches_text(path: &[Step], change: &Change, texts: &[&str]) -> bool {
    let name = |step: &Step| match step {
        Step::Member(name) => name.clone(),
        Step::Entry(_) => "[]".to_owned(),
    };
    let path = path.iter().map(name).collect::<Vec<_>>().join(".");
    let is_harmless = matches!(change, Change::Double | Change::AddUnknown);
    !is_harmless && texts.iter().any(|text| text.starts_with(&path))
}

fn response() -> Value {
    json!({
        "output": {"message": {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
            {"reasoningContent": {"redactedContent": "AAEC"}},
            {"toolUse": {"toolUseId": "t", "name": "n", "input": {"b": [1, null]}, "type": "tool_use"}},
            {"image": {"format": "png", "source": {"bytes": "AAEC"}, "error": {"message": "m"}}},
            {"citationsContent": {
                "content": [{"text": "cited"}],
                "citations": [{"title": "t", "sourceContent": [{"text": "s"}], "location": {"web": {"url": "u"}}}],
            }},
            {"text": "the answer"},
        ]}},
        "stopReason": "end_turn",
        "usage": {
            "inputTokens": 1, "outputTokens": 2, "totalTokens": 3, "cacheReadInputTokens": 4,
            "cacheDetails": [{"ttl": "5m", "inputTokens": 5}], "serverToolUsage": {},
        },
        "metrics": {"latencyMs": 2309},
        "additionalModelResponseFields": {"a": null},
        "trace": {"guardrail": {"modelOutput": ["x"]}},
        "performanceConfig": {"latency": "standard"},
        "serviceTier": {"type": "default"},
    })
}

#[test]
fn the_text_of_a_response_always_comes_out() {
    let original = response();
    let mut found = Vec::new();
    paths(&original, &mut Vec::new(), &mut found);
    let (mut ran, mut corrected) = (0, 0);
    for path in &found {
        for change in changes() {
            let body = changed(&original, path, &change);
            let case = || format!("{path:?} {change:?}: {body}");
            let read = ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
            let response = read.unwrap_or_else(|error| panic!("{error}: {}", case()));
            let text = ["output.message.content.[].text", "output.message.content"];
            if !touches_text(path, &change, &text) {
                assert!(response.text().ends_with("the answer"), "{}", case());
            }
            assert_eq!(response.raw(), Some(&*body));
            let mut once: Vec<_> = response.corrections().iter().map(ToString::to_string).collect();
            corrected += once.len();
            once.sort();
            let all = once.len();
            once.dedup();
            assert_eq!(once.len(), all, "{}", case());
            // Writing and reading again yields no further corrections of missing members.
            let written = serde_json::to_string(&response).unwrap();
            serde_json::from_str::<ConverseResponse>(&written)
                .unwrap_or_else(|error| panic!("{error}: {written}"));
            // The document has the received members, without nulls.
            serde_json::from_str::<Box<RawValue>>(response.to_document().as_json()).unwrap();
            ran += 1;
        }
    }
    println!("{ran} responses, {corrected} corrections");
    assert!(ran > 500 && corrected > 300, "{ran} {corrected}");
}

fn events() -> Vec<(&'static str, Value)> {
    let delta =
        |index: u64, delta: Value| ("contentBlockDelta", json!({"delta": delta, "contentBlockIndex": index}));
    vec![
        ("messageStart", json!({"role": "assistant"})),
        delta(0, json!({"reasoningContent": {"text": "hm"}})),
        delta(0, json!({"reasoningContent": {"signature": "s"}})),
        ("contentBlockStop", json!({"contentBlockIndex": 0})),
        (
            "contentBlockStart",
            json!({"start": {"toolUse": {"toolUseId": "t", "name": "n"}}, "contentBlockIndex": 1}),
        ),
        delta(1, json!({"toolUse": {"input": "{}"}})),
        ("contentBlockStop", json!({"contentBlockIndex": 1})),
        delta(
            2,
            json!({"citation": {"title": "t", "sourceContent": [{"text": "s"}], "location": {"web": {}}}}),
        ),
        ("contentBlockStart", json!({"start": {}, "contentBlockIndex": 3})),
        delta(3, json!({"text": "the "})),
        delta(3, json!({"text": "answer"})),
        ("contentBlockStop", json!({"contentBlockIndex": 3})),
        ("messageStop", json!({"stopReason": "end_turn", "additionalModelResponseFields": {"a": null}})),
        (
            "metadata",
            json!({
                "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 4},
                "trace": {"promptRouter": {"invokedModelId": "m"}},
            }),
        ),
    ]
}

fn frame(event_type: &str, payload: &str, out: &mut Vec<u8>) {
    let headers = [Header::new(":event-type", event_type), Header::new(":message-type", "event")];
    encode_frame(&headers, payload.as_bytes(), out).unwrap();
}

#[test]
fn the_text_of_a_stream_always_comes_out() {
    let events = events();
    let (mut ran, mut corrected) = (0, 0);
    for (changed_at, (_, payload)) in events.iter().enumerate() {
        let mut found = Vec::new();
        paths(payload, &mut Vec::new(), &mut found);
        for (path, change) in
            found.iter().flat_map(|path| changes().into_iter().map(move |change| (path, change)))
        {
            let mut stream = Vec::new();
            for (index, (name, payload)) in events.iter().enumerate() {
                let payload =
                    if index == changed_at { changed(payload, path, &change) } else { payload.to_string() };
                frame(name, &payload, &mut stream);
            }
            let case = || format!("event {changed_at} {path:?} {change:?}");
            let (mut decoder, mut assembler, mut text) =
                (EventDecoder::new(), MessageAssembler::new(), String::new());
            let mut rest = &stream[..];
            while let Some(event) =
                decoder.next_event(&mut rest).unwrap_or_else(|error| panic!("{error}: {}", case()))
            {
                text += event.text().unwrap_or_default();
                assembler.push(event);
            }
            assert_eq!(decoder.finish(), Ok(()), "{}", case());
            assembler.add_corrections(decoder.corrections());
            let message = assembler.finish().unwrap();
            let is_text = events[changed_at].1["delta"].get("text").is_some();
            if !(is_text && touches_text(path, &change, &["delta.text"])) {
                assert!(text.contains("the ") && text.ends_with("answer"), "{}: {text}", case());
                // A lost index moves the text to another block.
                assert!(message.text().contains("answer"), "{}: {}", case(), message.text());
            }
            let mut once: Vec<_> = message.corrections.iter().map(ToString::to_string).collect();
            corrected += once.len();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), message.corrections.len(), "{}", case());
            ran += 1;
        }
    }
    println!("{ran} streams, {corrected} corrections");
    assert!(ran > 500 && corrected > 300, "{ran} {corrected}");
}

#[test]
fn every_change_at_once_is_no_error() {
    // Each member of the response alone, with each of the values.
    for (name, _) in response().as_object().unwrap() {
        for change in changes() {
            let Change::Replace(value) = change else { continue };
            let body: Map<String, Value> = [(name.clone(), value)].into_iter().collect();
            let body = Value::Object(body).to_string();
            let response = ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
            assert!(!response.unwrap().corrections().is_empty());
        }
    }
}

#[test]
fn only_an_object_is_a_response() {
    for body in ["", "[]", "7", "null", "\"x\"", "{", r#"{"output":"#, "<html>", "{} {}", "\u{1}{}"] {
        let read = ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
        assert!(read.is_err(), "{body}");
    }
    for body in ["{}", " {} \n", "\u{feff}{}"] {
        assert!(
            ConverseResponse::from_http(StatusCode::OK, &HeaderMap::new(), body.as_bytes()).is_ok(),
            "{body}"
        );
    }
}
