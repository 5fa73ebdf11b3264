use barerock_eventstream::{Header, encode_frame};
use serde_json::{Value, json};

use super::*;
use crate::exchange::{RecordedHead, RecordedRequest, RecordedResponse};

const STREAM: &str = "application/vnd.amazon.eventstream";

fn exchange(
    headers: &[(&str, &str)],
    request: &str,
    response_headers: &[(&str, &str)],
    body: &[u8],
) -> Exchange {
    let pairs = |headers: &[(&str, &str)]| {
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let uri = "http://127.0.0.1:1/model/m%3A0/converse";
    Exchange {
        request: RecordedRequest::new(http::Method::POST, uri, pairs(headers), request.to_owned()),
        response: RecordedResponse::new(
            RecordedHead::new(200, pairs(response_headers)).unwrap(),
            body.to_vec(),
        ),
    }
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    let headers = [
        Header::new(":event-type", name),
        Header::new(":content-type", "application/json"),
        Header::new(":message-type", "event"),
    ];
    let mut out = Vec::new();
    encode_frame(&headers, payload.as_bytes(), &mut out).unwrap();
    out
}

fn delta(text: &str, padding: &str) -> Vec<u8> {
    event(
        "contentBlockDelta",
        &json!({"contentBlockIndex": 0, "delta": {"text": text}, "p": padding}).to_string(),
    )
}

fn streamed(frames: &[Vec<u8>]) -> Exchange {
    exchange(&[], "{}", &[("Content-Type", STREAM)], &frames.concat())
}

fn places(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(Change::place).collect()
}

fn bodies(a: &str, b: &str, is_strict: bool) -> Vec<String> {
    let (a, b) = (exchange(&[], a, &[], b"{}"), exchange(&[], b, &[], b"{}"));
    let comparison = Diff::new().strict(is_strict).exchanges(&a, &b);
    comparison.differences().iter().map(|change| change.place().to_owned()).collect()
}

#[test]
fn bodies_are_compared_as_values() {
    for (a, b, lenient, strict) in [
        (r#"{"a":1,"b":[2]}"#, r#"{ "b": [2.0], "a": 1 }"#, &[][..], &["request.body.b[0]"][..]),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, &[], &["request.body.(order of members)"]),
        (r#"{"a":1}"#, r#"{"a": 1}"#, &[], &["request.body"]),
        (
            r#"{"messages":[{"content":[{"text":"hi"}]}]}"#,
            r#"{"messages":[{"content":[{"text":"ho"},{}]}],"x y":null}"#,
            &[
                "request.body.messages[0].content[0].text",
                "request.body.messages[0].content[1]",
                "request.body[\"x y\"]",
            ],
            &[
                "request.body.messages[0].content[0].text",
                "request.body.messages[0].content[1]",
                "request.body[\"x y\"]",
            ],
        ),
        ("9007199254740993", "9007199254740992", &["request.body"], &["request.body"]),
        (r#"{"a":1,"a":2}"#, r#"{"a":1,"a":3}"#, &["request.body.a(2)"], &["request.body.a(2)"]),
        ("<html>", "{}", &["request.body"], &["request.body"]),
    ] {
        assert_eq!(bodies(a, b, false), lenient, "{a} {b}");
        assert_eq!(bodies(a, b, true), strict, "strict: {a} {b}");
        assert_eq!(bodies(a, a, true), [""; 0]);
    }
}

#[test]
fn heads_differ_in_what_two_calls_need_not_share() {
    let a = exchange(
        &[
            ("Host", "127.0.0.1:1"),
            ("X-Amz-Date", "20261128T120000Z"),
            ("amz-sdk-invocation-id", "1"),
            ("amz-sdk-request", "attempt=1; max=3"),
            ("Content-Length", "2"),
            ("User-Agent", "a"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AK/20261128/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
            ),
        ],
        "{}",
        &[("x-amzn-RequestId", "r1"), ("Date", "now"), ("Content-Type", "application/json")],
        br#"{"metrics":{"latencyMs":5},"stopReason":"end_turn"}"#,
    );
    let b = exchange(
        &[
            ("user-agent", "b"),
            ("host", "127.0.0.1:1"),
            ("x-amz-date", "20261129T120000Z"),
            ("amz-sdk-invocation-id", "2"),
            ("amz-sdk-request", "ttl=20261128T120000Z; attempt=1; max=3"),
            ("content-length", "3"),
            ("cookie", "SECRET"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AK/20261129/us-west-2/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=11",
            ),
        ],
        "{ }",
        &[("x-amzn-requestid", "r2"), ("content-type", "text/html")],
        br#"{"metrics":{"latencyMs":6},"stopReason":"tool_use"}"#,
    );
    let comparison = Diff::new().exchanges(&a, &b);
    assert_eq!(
        places(comparison.differences()),
        [
            "request.headers.user-agent",
            "request.headers.cookie",
            "request.signature.region",
            "response.body.stopReason",
            "response.headers.content-type",
        ]
    );
    assert_eq!(
        places(comparison.ignored()),
        [
            "request.headers.x-amz-date",
            "request.headers.amz-sdk-invocation-id",
            "request.headers.amz-sdk-request",
            "request.headers.content-length",
            "request.headers.authorization",
            "request.signature.date",
            "request.signature.signature",
            "request.signature.canonical-request.payload-hash",
            "response.body.metrics.latencyMs",
            "response.headers.x-amzn-requestid",
            "response.headers.date",
        ]
    );
    let strict = Diff::new().strict(true).exchanges(&a, &b);
    assert!(strict.ignored().is_empty() && strict.differences().len() > 15);
    assert!(
        !serde_json::to_string(&strict).unwrap().contains("SECRET") && !strict.to_string().contains("SECRET")
    );
    assert!(Diff::new().strict(true).exchanges(&a, &a).is_equal());
}

#[test]
fn frames_are_paired_and_make_a_message() {
    let (start, stop) = (
        event("messageStart", r#"{"role":"assistant"}"#),
        event("messageStop", r#"{"stopReason":"end_turn"}"#),
    );
    let a = streamed(&[start.clone(), delta("He", "abc"), delta("llo", "a"), stop.clone()]);
    let same = streamed(&[start.clone(), delta("He", "abcdef"), delta("llo", "ab"), stop.clone()]);
    let comparison = Diff::new().exchanges(&a, &same);
    assert!(comparison.is_equal(), "{comparison}");
    assert_eq!(places(comparison.ignored()), ["frames[1].payload.p", "frames[2].payload.p"]);

    let other = streamed(&[start.clone(), delta("He", "abc"), delta("y", "a"), delta("!", ""), stop.clone()]);
    let comparison = Diff::new().exchanges(&a, &other);
    assert_eq!(
        places(comparison.differences()),
        ["frames[2].payload.delta.text", "frames[3]", "response.message.output.message.content[0].text"]
    );
    assert_eq!(
        comparison.differences()[1].b(),
        Some(r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"!"},"p":""}}"#)
    );

    // The same text cut otherwise is no difference of the message.
    let cut = streamed(&[start.clone(), delta("Hello", "abc"), stop.clone()]);
    let comparison = Diff::new().exchanges(&a, &cut);
    assert_eq!(places(comparison.differences()), ["frames[1].payload.delta.text", "frames[2]"]);

    let truncated = streamed(&[start.clone(), delta("He", "abc"), stop[..20].to_vec()]);
    let comparison = Diff::new().exchanges(&a, &truncated);
    assert!(places(comparison.differences()).contains(&"response.verdict"));

    let no_stream = exchange(&[], "{}", &[], b"{}");
    let comparison = Diff::new().exchanges(&a, &no_stream);
    let json: Value = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["differences"][0]["where"], "response.body");
    assert_eq!(json["differences"][0]["b"], "{}");
}

#[test]
fn many_differences_are_counted() {
    let list = |number: usize| serde_json::to_string(&vec![number; KEPT + 5]).unwrap();
    let (a, b) = (exchange(&[], &list(1), &[], b""), exchange(&[], &list(2), &[], b""));
    let comparison = Diff::new().exchanges(&a, &b);
    assert_eq!((comparison.differences().len(), comparison.further()), (KEPT, 5));
    assert!(comparison.to_string().ends_with("10,005 differences\n"), "{comparison}");
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!((&json["equal"], &json["further"]), (&json!(false), &json!(5)));
}

#[test]
fn json_tells_null_from_nothing() {
    let (a, b) = (exchange(&[], r#"{"a":null}"#, &[], b""), exchange(&[], "{}", &[], b""));
    let json = serde_json::to_value(Diff::new().exchanges(&a, &b)).unwrap();
    assert_eq!(json["differences"], json!([{"where": "request.body.a", "a": null, "b": null, "only": "a"}]));
}

#[test]
fn the_page_has_no_markup_of_the_recordings() {
    let (a, b) = (exchange(&[], r#"{"a":"<script>x"}"#, &[], b""), exchange(&[], "{}", &[], b""));
    let page = Diff::new().exchanges(&a, &b).to_html("<one>", "two");
    assert!(page.contains("script-src 'none'") && page.contains("&quot;&lt;script&gt;x&quot;"), "{page}");
    assert!(!page.contains("<script") && page.contains("<th>&lt;one&gt;</th>"));
    assert!(page.contains("request.body.a") && page.contains("1 difference, 0 ignored"));
}
