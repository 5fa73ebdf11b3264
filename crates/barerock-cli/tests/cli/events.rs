//! `barerock events`.

use serde_json::{Value, json};

use crate::program::{Ran, bare, fixtures, run};
use crate::streams::{error_frame, event, exception, flipped};

fn events(stream: &[u8], output: &str) -> Ran {
    run(bare(&["events", "--output", output]), stream)
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name).join("response.body")).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_and_then_the_message() {
    let folder = fixtures().join("unusual-tool-without-arguments");
    let ran = run(bare(&["events", folder.to_str().unwrap()]), "");
    assert_eq!((ran.code, &*ran.err), (0, "complete: 5 events, 989 bytes\n"));
    let tool = json!({"toolUseId": "tooluse_fixtureTime00000000001", "name": "current_time"});
    let usage = json!({"inputTokens": 310, "outputTokens": 22, "totalTokens": 332});
    let expected = [
        json!({"messageStart": {"role": "assistant"}}),
        json!({"contentBlockStart": {"contentBlockIndex": 0, "start": {"toolUse": tool}}}),
        json!({"contentBlockStop": {"contentBlockIndex": 0}}),
        json!({"messageStop": {"stopReason": "tool_use"}}),
        json!({"metadata": {"usage": usage, "metrics": {"latencyMs": 498}}}),
        json!({
            "output": {"message": {"role": "assistant", "content": [{"toolUse": {
                "toolUseId": "tooluse_fixtureTime00000000001", "name": "current_time", "input": {},
            }}]}},
            "stopReason": "tool_use",
            "usage": usage,
            "metrics": {"latencyMs": 498},
        }),
    ];
    assert_eq!(lines(&ran.out), expected);
    let message = events(&fixture("unusual-tool-without-arguments"), "message");
    assert_eq!(serde_json::from_str::<Value>(&message.out).unwrap(), expected[5]);
}

#[test]
fn text_is_the_answer_and_nothing_else() {
    let ran = events(&fixture("tutorial-stream"), "text");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("def binary_search") && ran.out.ends_with('\n'), "{}", ran.out);
    assert!(
        ran.err.contains("stop reason: end_turn · tokens: ") && ran.err.contains("complete: "),
        "{}",
        ran.err
    );
}

#[test]
fn every_verdict_with_what_came_before() {
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    let hi = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"hi"}}"#);
    let said = [start, hi.clone()].concat();
    let and = |rest: &[u8]| [&said, rest].concat();
    for (stream, code, verdict, says) in [
        (and(&hi[..30]), 4, "truncated", "stream offset"),
        (said.clone(), 4, "ended-early", "without messageStop"),
        (
            and(&exception("throttlingException", r#"{"message":"slow"}"#)),
            3,
            "exception",
            "ThrottlingException: slow",
        ),
        (and(&error_frame("InternalError", "later\u{1b}[2J")), 3, "error", "InternalError: later\\u{1b}[2J"),
        (and(&flipped(&hi, 100)), 4, "corrupt", "CRC mismatch"),
        (
            and(&event("messageStart", "[]")),
            4,
            "corrupt",
            "invalid payload of the messageStart event at offset",
        ),
    ] {
        for output in ["events", "message", "text"] {
            let ran = events(&stream, output);
            assert_eq!(ran.code, code, "{output}: {ran:?}");
            assert!(
                ran.err.starts_with(&format!("error: {verdict}: ")) && ran.err.contains(says),
                "{}",
                ran.err
            );
            let partial = json!({"output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}}});
            match output {
                "text" => assert_eq!(ran.out, "hi\n"),
                "message" => assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap(), partial),
                _ => {
                    let lines = lines(&ran.out);
                    assert_eq!((lines.len(), &lines[2]), (3, &partial));
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_corrected_and_said_once() {
    let text = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"hi"}}"#);
    let tool = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"[1]"}}}"#);
    let empty = event("contentBlockStart", r#"{"start":{},"contentBlockIndex":1}"#);
    let stop = event("messageStop", "{}");
    for output in ["events", "text", "message"] {
        let ran = events(&[&text[..], &tool, &empty, &empty, &stop].concat(), output);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("hi"), "{}", ran.out);
        for says in [
            "note: block 0: the tool input is kept as it came (): not a JSON object\n",
            "note: corrected: contentBlockStart.start is a union without a member\n",
            "note: corrected: messageStop.stopReason is missing\n",
            "note: corrected: message.content[0] does not fit its block\n",
            "note: corrected: message.role is missing\n",
        ] {
            assert_eq!(ran.err.matches(says).count(), 1, "{says}: {}", ran.err);
        }
    }
}

/// A part of a message after messageStop, and a second messageStart, have one verdict, whatever is printed.
#[test]
fn a_second_message_is_corrupt_and_still_printed() {
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    let text = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"hi"}}"#);
    let stop = event("messageStop", r#"{"stopReason":"end_turn"}"#);
    for (stream, says) in [
        (vec![&start, &text, &stop, &text], "contentBlockDelta after messageStop"),
        (vec![&start, &start, &text, &stop], "a second messageStart"),
        (vec![&start, &text, &stop, &start], "a second messageStart"),
    ] {
        let stream: Vec<u8> = stream.into_iter().flatten().copied().collect();
        for output in ["events", "text", "message"] {
            let ran = events(&stream, output);
            assert_eq!(ran.code, 4, "{ran:?}");
            assert!(ran.out.contains("hi"), "{}", ran.out);
            assert!(ran.err.contains(&format!("error: corrupt: {says} at offset ")), "{}", ran.err);
        }
    }
}

#[test]
fn no_stream_no_message() {
    for output in ["events", "message", "text"] {
        let ran = events(br#"{"message":"Forbidden"}"#, output);
        assert_eq!((ran.code, &*ran.out), (4, ""), "{ran:?}");
        assert!(
            ran.err.starts_with("error: not-an-event-stream: ") && ran.err.contains("JSON"),
            "{}",
            ran.err
        );
    }
    let ran = events(b"", "events");
    assert_eq!((ran.code, &*ran.out), (4, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: ended-early: "), "{}", ran.err);
}
