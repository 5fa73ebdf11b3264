use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::exchange::{RecordedHead, RecordedRequest, RecordedResponse, Timing};

fn archive(entries: Value) -> Vec<u8> {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string().into_bytes()
}

/// An entry as a browser saves it.
fn entry(content: Value) -> Value {
    json!({
        "startedDateTime": "2026-11-28T22:05:38.123+01:00",
        "time": 30.5,
        "request": {
            "method": "POST",
            "url": "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse?a=b",
            "httpVersion": "h2",
            "headers": [{"name": ":authority", "value": "x"}, {"name": "Content-Type", "value": "application/json"}],
            "postData": {"mimeType": "application/json", "text": "{\"é\":1}"},
            "bodySize": 8,
        },
        "response": {
            "status": 200,
            "headers": [{"name": "content-encoding", "value": "gzip"}, {"name": "X", "value": "1"}],
            "content": content,
            "bodySize": 40,
        },
        "timings": {"blocked": 1, "dns": -1, "connect": 10, "ssl": 4, "send": 0, "wait": 20.25, "receive": 10},
    })
}

fn body_of(content: Value) -> Result<Vec<u8>, String> {
    let entries = parse(&archive(json!([entry(content)]))).map_err(|error| error.to_string())?;
    Ok(entries[0].exchange.response.body().to_vec())
}

#[test]
fn an_entry_of_another_program_is_an_exchange() {
    let aborted = json!({"request": {"method": "GET", "url": "https://a/"}, "response": {"status": 0}});
    let bytes = archive(json!([
        aborted,
        entry(json!({"size": 7, "mimeType": "application/json", "text": "{\"é\":2}"}))
    ]));
    let bytes = ["\u{feff}".as_bytes(), &bytes].concat();
    let entries = parse(&bytes).unwrap();
    let [HarEntry { index: 1, exchange }] = &*entries else { panic!("{entries:?}") };
    assert_eq!(exchange.request.target(), Some("/model/m/converse?a=b"));
    assert_eq!(exchange.request.headers(), [("Content-Type".to_owned(), "application/json".to_owned())]);
    assert_eq!(exchange.request.body(), "{\"é\":1}".as_bytes());
    assert_eq!(exchange.response.headers(), [("X".to_owned(), "1".to_owned())]);
    assert_eq!(exchange.response.body(), "{\"é\":2}".as_bytes());
    let timing = exchange.response.timing().unwrap();
    let micros = |time: Option<core::time::Duration>| time.unwrap().as_micros();
    assert_eq!((micros(timing.connect), micros(timing.tls)), (6000, 4000));
    assert_eq!((micros(timing.head), micros(timing.end)), (20_250, 30_250));
}

#[test]
fn bodies_are_text_or_base64() {
    let mut frame = Vec::new();
    barerock_eventstream::encode_frame(&[], b"\xff", &mut frame).unwrap();
    let latin1: String = frame.iter().copied().map(char::from).collect();
    let stream = "application/vnd.amazon.eventstream";
    for (content, body) in [
        (json!({"text": STANDARD.encode(&frame), "encoding": "base64", "mimeType": stream}), &*frame),
        (json!({"text": latin1, "mimeType": stream}), &frame),
        (json!({"text": "\u{80}"}), "\u{80}".as_bytes()),
        (json!({"text": "", "encoding": ""}), b""),
        (json!({"size": 0}), b""),
    ] {
        assert_eq!(body_of(content.clone()).as_deref(), Ok(body), "{content}");
    }
}

#[test]
fn errors_name_the_entry_and_the_member() {
    let changed = |pointer: &str, value: Value| {
        let mut changed = entry(json!({"text": ""}));
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let good = entry(json!({"text": ""}));
    for (bad, expected) in [
        (entry(json!({"size": 40})), "entries[1].response.content.text: missing: saved without bodies"),
        (
            entry(json!({"text": "*", "encoding": "base64"})),
            "entries[1].response.content.text: invalid base64 at byte 0",
        ),
        (
            entry(json!({"text": "", "encoding": "br"})),
            "entries[1].response.content.encoding: unknown encoding \"br\"",
        ),
        (
            changed("/response/content", Value::Null),
            "entries[1].response.content: missing: saved without response bodies",
        ),
        (changed("/response/status", json!("x")), "entries[1].response: invalid type"),
        (changed("/response/status", json!(101)), "entries[1].response: `status`: 101"),
        (changed("/request/method", json!("P ST")), "entries[1].request.method: \"P ST\" is invalid"),
        (
            changed("/request/url", json!("https://host")),
            "entries[1].request.url: \"https://host\" has no path",
        ),
        (changed("/request/postData", Value::Null), "entries[1].request.postData: missing"),
        (json!({"response": {"status": 200}}), "entries[1]: missing field `request`"),
    ] {
        let error = parse(&archive(json!([good, bad]))).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    for (text, expected) in [("{", "invalid JSON: EOF"), ("{}", "not an HTTP archive: missing field `log`")] {
        let error = parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

fn exchange(body: &'static [u8], timing: Option<Timing>) -> Exchange {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let request = RecordedRequest::new(
        http::Method::POST,
        "https://h/model/a%3A0/converse?x=%20&y",
        pairs(&[("Host", "h"), ("X", "é \"q\""), ("X", "")]),
        body,
    );
    let head = RecordedHead::new(429, pairs(&[("Set-Cookie", "a"), ("Set-Cookie", "b")])).unwrap();
    let response = RecordedResponse::new(head, body);
    Exchange { request, response: timing.map_or(response.clone(), |timing| response.with_timing(timing)) }
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.HAR");
    let timing =
        || Timing::parse(br#"{"started":"2026-11-28T21:05:38Z","head":7,"chunks":[[0,9]]}"#, 1).unwrap();
    let exchanges =
        [&b"{\"a\":\"\xc3\xa9\"}"[..], b"\xff\0", b"\0"].map(|body| exchange(body, Some(timing())));
    let mut writer = HarWriter::create(&path).unwrap();
    assert!(writer.is_empty());
    exchanges.iter().for_each(|exchange| writer.append(exchange).unwrap());
    assert_eq!((writer.len(), path.exists()), (3, false));
    writer.finish().unwrap();
    let read: Vec<Exchange> = read(&path).unwrap().into_iter().map(|entry| entry.exchange).collect();
    assert_eq!(read, exchanges);
    assert_eq!(Exchange::open(&folder.path().join("a.HAR#1")).unwrap(), exchanges[1]);
    for (name, expected) in
        [("a.HAR", "several exchanges: entries 0, 1, 2"), ("a.HAR#3", "no exchange in entries[3]")]
    {
        let error = Exchange::open(&folder.path().join(name)).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
    assert_eq!(HarWriter::create(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    drop(HarWriter::create(&folder.path().join("b.har")).unwrap());
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing partial is left");
}
