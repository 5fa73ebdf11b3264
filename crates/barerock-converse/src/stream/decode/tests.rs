use barerock_eventstream::{Header, encode_frame};

use super::*;
use crate::Lookalike;
use crate::stream::Verdict;

fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| Header::new(name, *value)).collect();
    let mut out = Vec::new();
    encode_frame(&headers, payload.as_bytes(), &mut out).unwrap();
    out
}

fn event(event_type: &str, payload: &str) -> Vec<u8> {
    frame(
        &[(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")],
        payload,
    )
}

/// Decodes a stream into events as JSON, and the result of `finish`.
fn decode(mut stream: &[u8]) -> (Vec<String>, Result<(), StreamError>) {
    let (mut decoder, mut events) = (EventDecoder::new(), Vec::new());
    loop {
        match decoder.next_event(&mut stream) {
            Ok(Some(event)) => events.push(serde_json::to_string(&event).unwrap()),
            Ok(None) => return (events, decoder.finish()),
            Err(error) => {
                assert_eq!(decoder.next_event(&mut stream).unwrap_err(), error, "poisoned");
                assert_eq!(decoder.finish().unwrap_err(), error, "poisoned");
                return (events, Err(error));
            }
        }
    }
}

fn stop() -> Vec<u8> {
    event("messageStop", r#"{"p":"ab","stopReason":"end_turn"}"#)
}

#[test]
fn events_have_boto3s_shape_and_text_borrows() {
    let delta = event("contentBlockDelta", r#"{"contentBlockIndex":2,"delta":{"text":"héllo"},"p":"abc"}"#);
    let mut decoder = EventDecoder::new();
    let mut chunk = &delta[..];
    assert!(decoder.is_ready(&mut chunk));
    let event = decoder.next_event(&mut chunk).unwrap().unwrap();
    assert_eq!(event.text(), Some("héllo"));
    let StreamEvent::ContentBlockDelta(delta) = &event else { panic!("{event:?}") };
    assert!(matches!(&delta.delta, crate::stream::ContentBlockDelta::Text(text) if text.is_borrowed()));
    assert_eq!(
        serde_json::to_string(&event).unwrap(),
        r#"{"contentBlockDelta":{"delta":{"text":"héllo"},"contentBlockIndex":2}}"#
    );
    assert!(!decoder.is_ready(&mut chunk));
}

// spec-test: bedrock#unknown-event
#[test]
fn unknown_events_and_members_come_through() {
    let stream = [
        event("blockRewritten", r#"{"a":1.50}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"hologram":{"x":[1]}}}"#),
        event("noise", "not json"),
        stop(),
    ];
    let (events, end) = decode(&stream.concat());
    assert_eq!(end, Ok(()));
    assert_eq!(events[0], r#"{"blockRewritten":{"a":1.50}}"#);
    assert_eq!(events[1], r#"{"contentBlockDelta":{"delta":{"hologram":{"x":[1]}},"contentBlockIndex":0}}"#);
    assert_eq!(events[2], r#"{"noise":"not json"}"#);
}

#[test]
fn the_payload_of_every_event_can_be_had() {
    let payloads = [r#"{"stopReason":"end_turn","p":"abc","new":1}"#, "not json"];
    let mut decoder = EventDecoder::new();
    let stream = [event("messageStop", payloads[0]), event("noise", payloads[1])].concat();
    let mut chunk = &stream[..];
    for expected in payloads {
        let (_, payload) = decoder.next_with_payload(&mut chunk).unwrap().unwrap();
        assert_eq!(payload, expected.as_bytes());
    }
    assert_eq!(decoder.next_with_payload(&mut chunk), Ok(None));
}

// spec-test: eventstream#exception-type, bedrock#error-status
#[test]
fn an_exception_is_an_error() {
    let exception = frame(
        &[(":exception-type", "modelStreamErrorException"), (":message-type", "exception")],
        r#"{"message":"broken","originalStatusCode":500,"originalMessage":"oom"}"#,
    );
    let (events, end) = decode(&[event("messageStart", r#"{"role":"assistant"}"#), exception].concat());
    assert_eq!(events.len(), 1);
    let error = end.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Exception);
    assert_eq!(
        error.to_string(),
        "the service ended the stream with an exception: ModelStreamErrorException: broken (the model said: oom) (the model's status: 500) [HTTP 424]"
    );
}

#[test]
fn an_error_frame_keeps_code_and_message() {
    let error = frame(
        &[(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "try later")],
        "",
    );
    let (_, end) = decode(&error);
    let error = end.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Error);
    let service = error.service_error().unwrap();
    assert_eq!((&*service.code, &*service.message), ("InternalError", "try later"));
}

// spec-test: bedrock#message-stop
#[test]
fn no_message_stop_is_an_early_end() {
    let stream = event(
        "metadata",
        r#"{"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}"#,
    );
    let (_, end) = decode(&stream);
    let offset = u64::try_from(stream.len()).unwrap();
    assert_eq!(end, Err(StreamError::EndedEarly { offset, frames: 1 }));
    assert_eq!(decode(b"").1.unwrap_err().verdict(), Verdict::EndedEarly);
}

#[test]
fn a_cut_and_a_flip_are_told_apart() {
    let stream = stop();
    for length in 1..stream.len() {
        let (_, end) = decode(&stream[..length]);
        assert_eq!(end.unwrap_err().verdict(), Verdict::Truncated, "cut at {length}");
    }
    let mut flipped = stream;
    flipped[40] ^= 1;
    assert_eq!(decode(&flipped).1.unwrap_err().verdict(), Verdict::Corrupt);
}

#[test]
fn a_payload_that_is_no_object_is_located() {
    for payload in ["[]", "7", "", "{\"role\":", "{} {}", "{\"role\":\"\\x\"}"] {
        let (_, end) = decode(&[stop(), event("messageStart", payload)].concat());
        let error = end.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Corrupt);
        let text = error.to_string();
        let offset = format!("offset {}", stop().len());
        assert!(text.contains("messageStart") && text.contains(&offset), "{text}");
    }
}

#[test]
fn a_frame_says_what_it_is_by_string_headers() {
    let text = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"a"}}"#);
    for (headers, name) in [
        (&[][..], ":message-type"),
        (&[(":event-type", "contentBlockDelta")], ":message-type"),
        (&[(":message-type", "event")], ":event-type"),
    ] {
        let (events, end) = decode(&[text.clone(), frame(headers, "{}"), stop()].concat());
        assert_eq!(events.len(), 1);
        let offset = text.len().try_into().unwrap();
        assert_eq!(end, Err(StreamError::Header { offset, name }));
    }
    for (event_type, message_type) in [(1_i32.into(), "event".into()), ("metadata".into(), 1_i32.into())] {
        let headers = [
            Header { name: ":event-type", value: event_type },
            Header { name: ":message-type", value: message_type },
        ];
        let mut bytes = Vec::new();
        encode_frame(&headers, b"{}", &mut bytes).unwrap();
        assert_eq!(decode(&bytes).1.unwrap_err().verdict(), Verdict::Corrupt);
    }
    // An empty event type is valid.
    assert_eq!(decode(&[event("", "{}"), stop()].concat()).1, Ok(()));
    assert_eq!(decode(&[frame(&[(":message-type", "later")], "x"), stop()].concat()).1, Ok(()));
}

// spec-test: bedrock#message-start
#[test]
fn a_second_message_is_handed_out_and_is_an_error_at_the_end() {
    let start = || event("messageStart", r#"{"role":"assistant"}"#);
    let text = || event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"a"}}"#);
    let metadata = || event("metadata", "{}");
    for (frames, misplaced) in [
        (vec![start(), text(), stop(), metadata(), text(), stop()], Some(4)),
        (vec![start(), start(), text(), stop()], Some(1)),
        (vec![start(), stop(), start()], Some(2)),
        (vec![stop(), stop()], Some(1)),
        (vec![start(), stop(), metadata(), event("heartbeat", "{}"), metadata()], None),
        (vec![text(), start(), stop()], None),
    ] {
        let (events, end) = decode(&frames.concat());
        assert_eq!(events.len(), frames.len());
        let offset = |index: usize| frames[..index].concat().len().try_into().unwrap();
        match (end, misplaced) {
            (Ok(()), None) => {}
            (Err(error @ StreamError::Misplaced { offset: found, .. }), Some(index)) => {
                assert_eq!((error.verdict(), found), (Verdict::Corrupt, offset(index)));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn each_correction_is_kept_once() {
    let mut decoder = EventDecoder::new();
    for _ in 0..3 {
        let delta = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":7}}"#);
        let stream = [delta, event("contentBlockStart", r#"{"start":{}}"#)].concat();
        let mut chunk = &stream[..];
        while decoder.next_event(&mut chunk).unwrap().is_some() {}
    }
    let corrections: Vec<_> = decoder.corrections().iter().map(ToString::to_string).collect();
    assert_eq!(
        corrections,
        [
            "contentBlockDelta.delta.text is not a string",
            "contentBlockStart.start is a union without a member",
            "contentBlockStart.contentBlockIndex is missing",
        ]
    );
}

#[test]
fn what_never_was_a_stream_is_named() {
    for (body, kind) in [
        (&br#"{"message":"Forbidden"}"#[..], Lookalike::Json),
        (b"<html><body>Sign in", Lookalike::Html),
        (b"{}", Lookalike::Json),
    ] {
        assert_eq!(decode(body).1, Err(StreamError::NotAnEventStream(kind)));
    }
}
