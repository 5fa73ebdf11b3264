//! HTTP archives as input.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Server, bare, fixtures, run, with_credentials};

/// An entry of the fixture's exchange, its stream as text that is base64.
fn entry(name: &str) -> Value {
    let read = |file: &str| std::fs::read(fixtures().join(name).join(file)).unwrap();
    let request: Value = serde_json::from_slice(&read("request.json")).unwrap();
    let response: Value = serde_json::from_slice(&read("response.json")).unwrap();
    let headers = |of: &Value| -> Value {
        let pairs = of["headers"].as_array().unwrap().iter();
        pairs.map(|pair| json!({"name": pair[0], "value": pair[1]})).collect()
    };
    json!({
        "startedDateTime": "2026-11-28T21:05:38.123Z",
        "request": {
            "method": request["method"], "url": request["uri"], "headers": headers(&request),
            "postData": {"mimeType": "application/json", "text": request["body"]},
        },
        "response": {
            "status": response["status"], "headers": headers(&response),
            "content": {
                "text": base64(&read("response.body")), "encoding": "base64",
                "mimeType": "application/vnd.amazon.eventstream",
            },
        },
    })
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[usize::try_from(word >> (18 - 6 * place) & 63).unwrap()];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

fn archive(folder: &Path, entries: &[Value]) -> PathBuf {
    let path = folder.join("session.har");
    std::fs::write(&path, json!({"log": {"version": "1.2", "entries": entries}}).to_string()).unwrap();
    path
}

#[test]
fn a_stream_of_an_archive_is_decoded_and_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = archive(folder.path(), &[entry("chat"), entry("chat-stream")]);
    let fixture = fixtures().join("chat-stream");
    for command in [&["frames", "--output", "json"][..], &["events"]] {
        let of_folder = run(bare(&[command, &[fixture.to_str().unwrap()]].concat()), "");
        for name in [path.to_str().unwrap().to_owned(), format!("{}#1", path.display())] {
            let of_archive = run(bare(&[command, &[&name]].concat()), "");
            assert_eq!((of_archive.code, &of_archive.out), (0, &of_folder.out), "{name}");
        }
    }
    let server = Server::over(&path, &[]);
    let question = "What are the tradeoffs between REST and GraphQL?";
    let ran = run(with_credentials(&["chat", question, "--endpoint-url", &server.url]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn an_archive_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = archive(folder.path(), &[entry("chat-stream"), entry("chat-stream")]);
    let name = path.to_str().unwrap();
    let mut without = entry("chat-stream");
    without["response"]["content"] = json!({"size": 4000});
    for (argument, says) in [
        (name.to_owned(), "several exchanges: entries 0, 1"),
        (format!("{name}#7"), "no exchange in entries[7]"),
    ] {
        let ran = run(bare(&["frames", &argument]), "");
        assert_eq!((ran.code, ran.err.contains(says)), (2, true), "{ran:?}");
    }
    let path = archive(folder.path(), &[entry("chat"), without]);
    let says = "session.har: entries[1].response.content.text: missing: saved without bodies";
    for command in [&["frames"][..], &["events"], &["replay", "--fixtures"]] {
        let ran = run(bare(&[command, &[path.to_str().unwrap()]].concat()), "");
        assert_eq!((ran.code, ran.err.contains(says)), (2, true), "{ran:?}");
    }
}
