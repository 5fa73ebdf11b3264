//! Tests that the Converse types read recordings of the service without unknown members and without loss.

use barerock_converse::stream::Verdict;
use barerock_converse::{ConverseRequest, ConverseResponse, CountTokensRequest, ServiceError};
use barerock_test_data::captures::{self, Recording};
use barerock_test_data::{json, report_cases};
use barerock_tests::decoding::decode;
use http::StatusCode;
use serde_json::Value;

/// Number of recordings of each kind.
const CONVERSE: usize = 173;
const CONVERSE_STREAM: usize = 68;
const ERRORS: usize = 27;
/// Requests to both operations, including failed ones, without the six whose blobs were omitted.
const REQUESTS: usize = 241;

/// Responses with a guardrail trace.
const TRACES: usize = 1;
/// Requests of CountTokens.
const COUNT_TOKENS: usize = 1;

/// A value that the service sends but the service model does not define.
const DRIFTED_TOOL_USE_TYPE: &str = r#"Unknown("tool_use")"#;

/// Placeholder for an omitted blob.
const ELIDED: &str = "elided";

/// Normalizes a value: removes nulls and converts numbers to floats, because `1` and `1.0` are equal.
fn normal(mut value: Value) -> Value {
    normalize(&mut value);
    return value;

    fn normalize(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|_, value| !value.is_null());
                members.values_mut().for_each(normalize);
            }
            Value::Array(items) => items.iter_mut().for_each(normalize),
            Value::Number(number) => *value = number.as_f64().into(),
            _ => {}
        }
    }
}

fn of_operation<'a>(recordings: &'a [Recording], operation: &'a str) -> impl Iterator<Item = &'a Recording> {
    recordings
        .iter()
        .filter(move |recording| recording.status == StatusCode::OK && recording.operation() == operation)
}

#[test]
fn responses_decode_and_write_back_equal() {
    let Some(recordings) = captures::all("responses_decode_and_write_back_equal") else { return };
    let (mut ran, mut traces) = (0, 0);
    for recording in of_operation(&recordings, "converse") {
        let name = &recording.name;
        let response = ConverseResponse::from_http(recording.status, &recording.headers, &recording.body)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = serde_json::to_value(&response).unwrap();
        let original = normal(serde_json::from_slice(&recording.body).unwrap());
        assert_eq!(normal(written), original, "{name}");
        assert_no_unknown(name, &response);
        if let Some(trace) = response.read_trace().unwrap() {
            assert_eq!(normal(serde_json::to_value(&trace).unwrap()), original["trace"], "{name}");
            assert_no_unknown(name, &trace);
            traces += 1;
        }
        ran += 1;
    }
    report_cases(ran, "recorded Converse responses");
    assert_eq!((ran, traces), (CONVERSE, TRACES));
}

#[test]
fn streams_assemble() {
    let Some(recordings) = captures::all("streams_assemble") else { return };
    let mut ran = 0;
    for recording in of_operation(&recordings, "converse-stream") {
        let name = &recording.name;
        let frames = json(&recording.folder.join("frames.json"));
        let frames = frames.as_array().unwrap();
        let expected: String =
            frames.iter().filter_map(|frame| frame["payload"]["delta"]["text"].as_str()).collect();
        let exception = frames.last().unwrap()["headers"][":exception-type"].as_str();
        for chunk in [1, 7, 4096, usize::MAX] {
            let outcome = decode(&recording.body, chunk);
            assert_eq!(outcome.message.text(), expected, "{name}, chunks of {chunk}");
            let end = match exception {
                None => (Verdict::Complete, frames.len()),
                Some(_) => (Verdict::Exception, frames.len() - 1),
            };
            assert_eq!((outcome.verdict(), outcome.events), end, "{name}");
            assert_no_unknown(name, &outcome.message);
        }
        ran += 1;
    }
    report_cases(ran, "recorded Converse streams");
    assert_eq!(ran, CONVERSE_STREAM);
}

#[test]
fn errors_have_code_and_message() {
    let Some(recordings) = captures::all("errors_have_code_and_message") else { return };
    let mut ran = 0;
    for recording in recordings.iter().filter(|recording| recording.status != StatusCode::OK) {
        let error = ServiceError::from_http(recording.status, &recording.headers, &recording.body);
        // One recorder kept only the content type, so that the error code is missing.
        let headless = !recording.headers.contains_key("x-amzn-errortype") && error.code.is_empty();
        assert!(headless || error.code.ends_with("Exception"), "{}: {error:?}", recording.name);
        assert!(
            !error.message.is_empty() && !error.message.contains("not Bedrock's"),
            "{}: {error}",
            recording.name
        );
        ran += 1;
    }
    report_cases(ran, "recorded errors");
    assert_eq!(ran, ERRORS);
}

#[test]
fn requests_decode_and_write_back_equal() {
    let Some(recordings) = captures::all("requests_decode_and_write_back_equal") else { return };
    let mut ran = 0;
    for recording in &recordings {
        if !["converse", "converse-stream"].contains(&recording.operation()) {
            continue;
        }
        let name = &recording.name;
        if recording.request_body.contains(ELIDED) {
            println!("{name}: the recorder left out a long blob");
            continue;
        }
        let Ok(original) = serde_json::from_str::<Value>(&recording.request_body) else {
            println!("{name}: the recorder kept no JSON of the request");
            continue;
        };
        let request: ConverseRequest =
            serde_json::from_str(&recording.request_body).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(normal(serde_json::to_value(&request).unwrap()), normal(original), "{name}");
        assert_no_unknown(name, &request);
        ran += 1;
    }
    report_cases(ran, "recorded Converse requests");
    assert_eq!(ran, REQUESTS);
}

#[test]
fn count_tokens_requests_decode_and_write_back_equal() {
    let Some(recordings) = captures::all("count_tokens_requests_decode_and_write_back_equal") else { return };
    let recordings = recordings.iter().filter(|recording| recording.operation() == "count-tokens");
    let mut ran = 0;
    for recording in recordings {
        let original: Value = serde_json::from_str(&recording.request_body).unwrap();
        let request = CountTokensRequest::from_json(&recording.request_body).unwrap();
        assert_eq!(serde_json::to_value(&request).unwrap(), original, "{}", recording.name);
        assert_no_unknown(&recording.name, &request);
        ran += 1;
    }
    report_cases(ran, "recorded CountTokens requests");
    assert_eq!(ran, COUNT_TOKENS);
}

fn assert_no_unknown(name: &str, value: &impl core::fmt::Debug) {
    let shown = format!("{value:?}").replace(DRIFTED_TOOL_USE_TYPE, "");
    assert!(!shown.contains("Unknown("), "{name}: {shown}");
}
