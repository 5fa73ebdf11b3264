use barerock_eventstream::{Header, encode_frame};
use serde_json::json;

use super::*;
use crate::exchange::RecordedHead;

const STREAM: &str = "application/vnd.amazon.eventstream";

fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| Header::new(name, *value)).collect();
    let mut out = Vec::new();
    encode_frame(&headers, payload.as_bytes(), &mut out).unwrap();
    out
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    frame(
        &[(":event-type", name), (":content-type", "application/json"), (":message-type", "event")],
        payload,
    )
}

fn delta(index: u64, delta: &str) -> Vec<u8> {
    event("contentBlockDelta", &format!(r#"{{"contentBlockIndex":{index},"delta":{delta},"p":"abc"}}"#))
}

fn block_stop(index: u64) -> Vec<u8> {
    event("contentBlockStop", &json!({ "contentBlockIndex": index }).to_string())
}

/// A whole message whose frames between start and end are these.
fn message(between: &[Vec<u8>]) -> Vec<u8> {
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    let usage = r#"{"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}"#;
    let end = [event("messageStop", r#"{"stopReason":"end_turn"}"#), event("metadata", usage)].concat();
    [start, between.concat(), end].concat()
}

fn text() -> Vec<Vec<u8>> {
    vec![delta(0, r#"{"text":"a"}"#), block_stop(0)]
}

/// Rule, place and offset of each finding in a body.
fn found(body: &[u8]) -> Vec<(&'static str, String, Option<u64>)> {
    let mut check = Check::new();
    check.body("", body);
    let findings = check.finish();
    assert_eq!(findings.checked(), 1);
    let found = |finding: &Finding| (finding.rule().id, finding.place().to_owned(), finding.offset());
    findings.as_slice().iter().map(found).collect()
}

fn rules(body: &[u8]) -> Vec<&'static str> {
    found(body).into_iter().map(|(rule, _, _)| rule).collect()
}

#[test]
fn a_stream_by_the_rules_has_no_findings() {
    assert_eq!(found(&message(&text())), []);
    let tool = event(
        "contentBlockStart",
        r#"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"n"}}}"#,
    );
    let call = [tool, delta(1, r#"{"toolUse":{"input":"{}"}}"#), block_stop(1)].concat();
    assert_eq!(found(&message(&[text().concat(), call])), []);
    let exception = frame(
        &[
            (":exception-type", "throttlingException"),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        ],
        r#"{"message":"slow down"}"#,
    );
    assert_eq!(found(&exception), []);
    let chunk = event("chunk", r#"{"bytes":"e30=","p":"ab"}"#);
    assert_eq!(found(&chunk), []);
}

#[test]
fn the_order_of_events_is_checked() {
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    let length = |frames: &[Vec<u8>]| u64::try_from(frames.concat().len()).unwrap();
    let whole = message(&text());
    let second = [start.clone(), whole.clone()].concat();
    assert_eq!(
        found(&second),
        [("bedrock#message-start", "frames[1]".to_owned(), Some(length(core::slice::from_ref(&start))))]
    );
    let no_start = whole[start.len()..].to_vec();
    assert_eq!(found(&no_start), [("bedrock#message-start", "frames[0]".to_owned(), Some(0))]);
    for (between, rule) in [
        (vec![delta(0, r#"{"text":"a"}"#)], "bedrock#block-stop"),
        (vec![block_stop(0)], "bedrock#block-stop"),
        (vec![text().concat(), block_stop(0)], "bedrock#block-stop"),
        (vec![text().concat(), delta(0, r#"{"text":"b"}"#), block_stop(0)], "bedrock#block-delta"),
        (vec![delta(0, r#"{"toolUse":{"input":"{}"}}"#), block_stop(0)], "bedrock#block-start"),
        (
            vec![
                delta(0, r#"{"text":"a"}"#),
                delta(0, r#"{"reasoningContent":{"text":"b"}}"#),
                block_stop(0),
            ],
            "bedrock#block-delta",
        ),
        (vec![event("later", "{}"), text().concat()], "bedrock#unknown-event"),
        (vec![delta(0, r#"{"text":1}"#), block_stop(0)], "restjson1#shape"),
        (vec![delta(0, r#"{"hologram":{}}"#), block_stop(0)], "bedrock#unknown-member"),
        (vec![event("contentBlockDelta", "[]"), text().concat()], "restjson1#json"),
        (vec![event("contentBlockDelta", r#"{"delta":{"text":"a"}}"#), block_stop(0)], "bedrock#required"),
    ] {
        assert_eq!(rules(&message(&between)), [rule], "{:?}", found(&message(&between)));
    }
    let after = [whole.clone(), delta(1, r#"{"text":"b"}"#)].concat();
    assert_eq!(rules(&after), ["bedrock#message-stop"]);
    assert_eq!(rules(&[start, text().concat()].concat()), ["bedrock#message-stop"]);
    let metadata = event(
        "metadata",
        r#"{"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2,"serverToolUsage":{}}}"#,
    );
    assert_eq!(
        rules(&[whole, metadata].concat()),
        ["bedrock#metadata", "bedrock#required", "bedrock#unknown-member"]
    );
}

// spec-test: eventstream#prelude-crc, eventstream#message-crc, eventstream#media-type, eventstream#message-type, eventstream#initial-message
#[test]
fn frames_are_checked() {
    let whole = message(&text());
    // Every flipped bit and every cut is a finding.
    for at in 0..whole.len() {
        let mut corrupt = whole.clone();
        corrupt[at] ^= 1;
        assert!(!found(&corrupt).is_empty(), "flipped at {at}");
        assert!(!found(&whole[..at]).is_empty(), "cut at {at}");
    }
    let mut corrupt = whole.clone();
    corrupt[9] ^= 1;
    assert_eq!(found(&corrupt), [("eventstream#prelude-crc", "frames[0]".to_owned(), Some(8))]);
    assert_eq!(rules(&whole[..whole.len() - 1]), ["eventstream#whole-messages"]);
    assert_eq!(found(b"<html>gateway"), [("eventstream#media-type", "response.body".to_owned(), Some(0))]);
    for (headers, expected) in [
        (&[(":event-type", "messageStart")][..], "eventstream#message-type"),
        (&[(":event-type", "messageStart"), (":message-type", "Event")], "eventstream#message-type"),
        (&[(":message-type", "event")], "eventstream#event-type"),
        (&[(":message-type", "exception")], "eventstream#exception-type"),
        (&[(":message-type", "error"), (":error-code", "x")], "eventstream#error-headers"),
        (&[(":message-type", "event"), (":event-type", "initial-response")], "eventstream#initial-message"),
        (
            &[(":message-type", "event"), (":event-type", "messageStart"), (":content-type", "text/plain")],
            "eventstream#content-type",
        ),
        (&[(":message-type", "exception"), (":exception-type", "odd")], "bedrock#unknown-event"),
    ] {
        let body = frame(headers, r#"{"role":"assistant","message":"m"}"#);
        assert!(rules(&body).contains(&expected), "{headers:?}: {:?}", found(&body));
    }
    let mut number = Vec::new();
    let headers = [Header::new(":message-type", "event"), Header::new(":event-type", 5_i32)];
    encode_frame(&headers, b"{}", &mut number).unwrap();
    assert!(rules(&number).contains(&"eventstream#event-type"));
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> RecordedResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    RecordedResponse::new(RecordedHead::new(status, headers).unwrap(), body.to_owned())
}

fn of_response(operation: Operation, response: &RecordedResponse) -> Vec<&'static str> {
    let mut check = Check::new();
    check.response("", operation, response);
    check.finish().as_slice().iter().map(|finding| finding.rule().id).collect()
}

#[test]
fn heads_and_errors_are_checked() {
    let (id, json) = (("X-Amzn-RequestId", "r"), ("Content-Type", "application/json; charset=utf-8"));
    let error = ("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/");
    let body = r#"{"message":"slow"}"#;
    for (status, headers, body, expected) in [
        (429, &[id, json, error][..], body, &[][..]),
        (400, &[id, json, error], body, &["bedrock#error-status"]),
        (429, &[json, error], body, &["bedrock#request-id"]),
        (
            429,
            &[id, ("content-type", "text/html"), error],
            "<html>",
            &["restjson1#content-type", "bedrock#error-body"],
        ),
        (429, &[id, json], r#"{"message":"m","__type":"ThrottlingException"}"#, &["restjson1#error-type"]),
        (
            429,
            &[id, json, error],
            r#"{"Message":"m","retry":1}"#,
            &["bedrock#error-body", "bedrock#unknown-member"],
        ),
        (429, &[id, json, error], "", &["bedrock#error-body"]),
        (302, &[id, json], "{", &["bedrock#status", "restjson1#json"]),
    ] {
        assert_eq!(
            of_response(Operation::Converse, &response(status, headers, body)),
            expected,
            "{status} {body}"
        );
    }
    let unknown =
        r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#;
    assert!(
        of_response(Operation::Converse, &response(200, &[id, json], unknown))
            .contains(&"restjson1#error-type")
    );
    let stream = String::from_utf8(message(&text())[..0].to_vec()).unwrap();
    let empty = response(200, &[id, ("content-type", STREAM)], &stream);
    assert_eq!(of_response(Operation::ConverseStream, &empty), ["eventstream#media-type"]);
    let mut check = Check::new();
    check.response_to_invalid("invalid", Operation::Converse, &response(200, &[id, json], "{}"));
    let findings = check.finish();
    assert_eq!(findings.as_slice()[0].rule().id, "bedrock#invalid-request");
    assert!(findings.to_string().contains(
        "invalid: response.status: status 200 for an invalid request\n    bedrock#invalid-request: "
    ));
}

#[test]
fn many_findings_are_counted() {
    let events: Vec<_> = (0..2 * KEPT).map(|_| event("later", "{}")).collect();
    let mut check = Check::new();
    check.body("", &message(&events));
    let findings = check.finish();
    assert_eq!((findings.as_slice().len(), findings.further()), (KEPT, u64::try_from(KEPT).unwrap()));
    let json = serde_json::to_value(&findings).unwrap();
    assert_eq!(
        (&json["checked"], json["findings"][0]["rule"].as_str()),
        (&json!(1), Some("bedrock#unknown-event"))
    );
}
