//! `barerock frames` and `barerock events` over the project's fixtures, and over recordings of the real service, which
//! other people made.

use std::path::{Path, PathBuf};

use barerock_test_data::{captures, json, report_cases};
use serde_json::{Map, Value};

use crate::program::{bare, fixtures, run};

/// How many of the recorded streams are Converse's.
const CONVERSE_STREAMS: usize = 68;

/// The event streams of the project's fixtures that are `kind`, and what is said of each beside it.
fn described(kind: &str) -> Vec<(PathBuf, Value)> {
    let entries = fixtures().join("../eventstream").join(kind).read_dir().unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let streams: Vec<_> = paths.filter(|path| path.extension().is_none()).collect();
    assert!(streams.len() > 10, "{streams:?}");
    streams.into_iter().map(|path| (path.clone(), json(&path.with_extension("json")))).collect()
}

/// The lines of `--output json`, the verdict's apart.
fn frames(path: &Path) -> (Vec<Value>, Value) {
    let ran = run(bare(&["frames", "--output", "json", path.to_str().unwrap()]), "");
    let mut lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdict = lines.pop().unwrap();
    let code = match verdict["verdict"].as_str().unwrap() {
        "complete" => 0,
        "exception" | "error" => 3,
        _ => 4,
    };
    assert_eq!(ran.code, code, "{}: {verdict}", path.display());
    (lines, verdict)
}

#[test]
fn valid_fixtures_are_what_is_said_of_them() {
    for (path, expected) in described("valid") {
        assert_eq!(Value::Array(frames(&path).0), expected, "{}", path.display());
    }
}

#[test]
fn invalid_fixtures_are_wrong_where_it_is_said() {
    for (path, expected) in described("invalid") {
        let verdict = frames(&path).1;
        let (word, offset) = (verdict["verdict"].as_str().unwrap(), &verdict["offset"]);
        match word {
            "not-an-event-stream" => assert_eq!(offset, 0),
            _ => assert_eq!(offset, &expected["stream_offset"], "{}: {verdict}", path.display()),
        }
        let is_truncated = expected["error"].as_str().unwrap().starts_with("Truncated");
        assert_eq!(word == "truncated", is_truncated, "{}: {verdict}", path.display());
    }
}

#[test]
fn frames_are_those_an_independent_decoder_found() {
    let Some(streams) = captures::streams("frames_are_those_an_independent_decoder_found") else { return };
    for folder in &streams {
        let (lines, verdict) = frames(folder);
        let expected = json(&folder.join("frames.json"));
        let expected = expected.as_array().unwrap();
        assert_eq!(lines.len(), expected.len(), "{}", folder.display());
        let mut has_exception = false;
        for (line, expected) in lines.iter().zip(expected) {
            let headers = line["headers"].as_array().unwrap().iter();
            let headers: Map<String, Value> = headers
                .map(|header| (header["name"].as_str().unwrap().to_owned(), header["value"].clone()))
                .collect();
            assert_eq!(Value::Object(headers), expected["headers"], "{}", folder.display());
            assert_eq!(line["payload"]["json"], expected["payload"], "{}", folder.display());
            has_exception |= expected["headers"][":message-type"] == "exception";
        }
        let length = std::fs::metadata(folder.join("response.body")).unwrap().len();
        assert_eq!((&verdict["bytes"], &verdict["frames"]), (&length.into(), &lines.len().into()));
        let word = if has_exception { "exception" } else { "complete" };
        assert_eq!(verdict["verdict"], word, "{}: {verdict}", folder.display());
    }
    report_cases(streams.len(), "recorded streams through the program");
}

#[test]
fn events_of_every_recorded_converse_stream() {
    let mut count = 0;
    let Some(streams) = captures::streams("events_of_every_recorded_converse_stream") else { return };
    for folder in &streams {
        let uri = json(&folder.join("request.json"))["uri"].as_str().unwrap().to_owned();
        if !uri.ends_with("/converse-stream") {
            continue;
        }
        count += 1;
        let ran = run(bare(&["events", folder.to_str().unwrap()]), "");
        let mut lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let expected = json(&folder.join("frames.json"));
        let exceptions = expected.as_array().unwrap().iter();
        let exceptions = exceptions.filter(|frame| frame["headers"][":message-type"] == "exception").count();
        let message = lines.pop().unwrap();
        assert_eq!(ran.code, if exceptions > 0 { 3 } else { 0 }, "{}: {}", folder.display(), ran.err);
        assert!(message["output"]["message"]["content"].is_array(), "{}: {message}", folder.display());
        assert_eq!(lines.len() + exceptions, expected.as_array().unwrap().len(), "{}", folder.display());
    }
    assert_eq!(count, CONVERSE_STREAMS);
    report_cases(count, "recorded Converse streams through the program");
}
