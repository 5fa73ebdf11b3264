use super::super::scan::work;
use super::*;
use crate::types::{Message, TokenUsage};
use crate::{ConverseResponse, StreamEvent};

fn corrections<T: for<'a> FromJson<'a>>(json: &str) -> Vec<String> {
    let (_, reader) = read::<T>(json, "", Mode::Response).unwrap();
    reader.corrections.as_slice().iter().map(ToString::to_string).collect()
}

// spec-test: bedrock#union, restjson1#error-correction
#[test]
fn corrections_say_where_and_what() {
    for (json, expected) in [
        (r#"{"content":[]}"#, &["role is missing"][..]),
        (r#"{"role":null,"content":[]}"#, &["role is null"]),
        (r#"{"role":7,"content":[]}"#, &["role is not a string"]),
        (r#"{"role":"\ud83d","content":[]}"#, &["role has half a surrogate pair"]),
        (r#"{"role":"user","content":{"a":[1]}}"#, &["content is not a list"]),
        (
            r#"{"role":"user","content":[{"text":"a"},{"toolUse":{"toolUseId":"i","input":{}}}]}"#,
            &["content[1].toolUse.name is missing"],
        ),
        (
            r#"{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"?"}}}]}"#,
            &["content[0].image.source.bytes is invalid base64"],
        ),
        (r#"{"role":"user","content":[],"role":"user"}"#, &["role occurs twice"]),
        (
            r#"{"role":"user","content":[{"text":"a","image":{}}]}"#,
            &["content[0] is a union with several members"],
        ),
        (r#"{"role":"user","content":[{"text":null}]}"#, &["content[0] is a union without a member"]),
        (r#"{"role":"user","content":[7]}"#, &["content[0] is not an object with one member"]),
        ("[]", &["is not an object"]),
        (r#"{"content":8}"#, &["content is not a list", "role is missing"]),
    ] {
        assert_eq!(corrections::<Message>(json), expected, "{json}");
    }
    assert_eq!(
        corrections::<TokenUsage>(
            r#"{"inputTokens":-1,"outputTokens":"","totalTokens":1.0,"cacheDetails":[{}]}"#
        ),
        [
            "inputTokens is out of range",
            "outputTokens is not an integer",
            "cacheDetails[0].ttl is missing",
            "cacheDetails[0].inputTokens is missing",
        ]
    );
}

#[test]
fn only_what_is_not_json_is_an_error() {
    for (json, expected) in [
        (r#"{"role":"user","content":["#, "invalid JSON at byte 26 (end of input): expected a value"),
        (r#"{"role":"user","content":[]} x"#, "invalid JSON at byte 29: expected the end"),
        (r#"{"role":"us"#, "invalid JSON at byte 11 (end of input): expected a character of a string"),
    ] {
        let error = read::<Message>(json, "", Mode::Response).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{json}");
    }
}

// spec-test: bedrock#unknown-member
#[test]
fn unknown_members_are_kept_and_listed_for_requests() {
    let json =
        r#"{"role":"user","content":[{"toolUse":{"toolUseId":"i","name":"n","input":{},"\u0061":[1.50]}}]}"#;
    let (message, reader) = read::<Message>(json, "", Mode::Request).unwrap();
    assert_eq!(reader.corrections.as_slice(), []);
    let [unknown] = &reader.unknown[..] else { panic!("{reader:?}") };
    assert_eq!((&*unknown.parent, &*unknown.name, unknown.json), ("content[0].toolUse", "a", "[1.50]"));
    assert!(super::super::Writer::write(&message).contains(r#""a":[1.50]"#));
}

/// A response of 200 KB whose blocks are unions in unions, with a document nested 20 levels deep.
fn large_response() -> String {
    let document = format!("{}1{}", r#"{"a":["#.repeat(20), "]}".repeat(20));
    let tool_use = format!(r#"{{"toolUse":{{"toolUseId":"i","name":"n","input":{document}}}}}"#);
    let result = r#"{"toolResult":{"toolUseId":"i","content":[{"text":"a"},{"json":[1,{"b":2}]},
        {"image":{"format":"png","source":{"bytes":"aGk="}}},{"later":{"x":[{}]}}]}}"#;
    let reasoning = r#"{"reasoningContent":{"reasoningText":{"text":"hm \n","signature":"s"}}}"#;
    let odd = r#"{"text":"a","image":{"format":"png"}},{"text":"a","text":"b"},{"text":null,"new":1},{},7"#;
    let blocks = format!("{tool_use},{result},{reasoning},{odd},");
    let content = blocks.repeat(200_000 / blocks.len());
    format!(
        r#"{{"output":{{"message":{{"role":"assistant","content":[{content}{{"text":"end"}}]}}}},
        "stopReason":"end_turn","usage":{{"inputTokens":1,"outputTokens":2,"totalTokens":3,"new":[[]]}},
        "metrics":{{"latencyMs":1.0}}}}"#
    )
}

/// Each byte is gone over once, however deep it lies.
#[test]
fn reading_is_one_pass() {
    let json = large_response();
    assert!(json.len() > 190_000);
    for mode in [Mode::Response, Mode::Exact, Mode::Request] {
        let (response, work) = work::of(|| read::<ConverseResponse>(&json, "", mode).map(|(value, _)| value));
        assert_eq!(work, json.len(), "{mode:?}");
        assert!(response.unwrap().text().ends_with("end"));
    }
    let http = || ConverseResponse::from_http(http::StatusCode::OK, &http::HeaderMap::new(), json.as_bytes());
    assert_eq!(work::of(http).1, json.len());

    // Of an event too, known and unknown.
    let delta = r#"{"contentBlockIndex":0,"p":"abc","delta":{"toolResult":[{"json":{"a":[{"b":{}}]}},{"text":"x"}]}}"#;
    for event_type in ["contentBlockDelta", "later"] {
        let (event, work) =
            work::of(|| StreamEvent::parse(event_type, delta.as_bytes(), &mut Corrections::default()));
        assert_eq!((event.is_ok(), work), (true, delta.len()), "{event_type}");
    }
}

/// A member that does not count leaves no correction behind.
#[test]
fn what_does_not_count_is_not_corrected() {
    for (json, expected) in [
        (r#"{"image":{},"text":"a"}"#, "content[0] is a union with several members"),
        (r#"{"text":"a","image":{}}"#, "content[0] is a union with several members"),
        (r#"{"image":{},"image":{"format":"png","source":{"bytes":""}}}"#, "content[0] occurs twice"),
        (r#"{"text":"a","later":1}"#, "content[0] is a union with an unknown member beside the known one"),
        (r#"{"later":1,"text":"a"}"#, "content[0] is a union with an unknown member beside the known one"),
        (r#"{"later":1,"after":2}"#, "content[0] is a union with several members"),
    ] {
        let json = format!(r#"{{"role":"user","content":[{json}]}}"#);
        assert_eq!(corrections::<Message>(&json), [expected], "{json}");
    }
}

#[test]
fn a_second_value_replaces_the_first_whole() {
    let response = |members: &str| {
        let json = format!(
            r#"{{"output":{{"message":{{"role":"user","content":[]}}}},"stopReason":"end_turn",{members}"metrics":{{"latencyMs":1}}}}"#
        );
        read::<ConverseResponse>(&json, "", Mode::Response).unwrap().0
    };
    let first =
        r#""usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3,"cacheReadInputTokens":4,"later":5},"#;
    for second in
        [r#""usage":{"inputTokens":6,"outputTokens":7,"totalTokens":8},"#, r#""usage":{},"#, r#""usage":[],"#]
    {
        assert_eq!(response(&[first, second].concat()), response(second), "{second}");
    }
    let twice = r#"{"content":[{"text":"a"},{"text":"b"}],"role":"user","content":[{"text":"c"}]}"#;
    assert_eq!(read::<Message>(twice, "", Mode::Exact).unwrap().0, Message::user("c"));
}
