//! `barerock frames` and `barerock events` over recordings of the real service, which other people made.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::program::{bare, run};

/// How many of the recordings are event streams, and how many of those are Converse's.
const STREAMS: usize = 123;
const CONVERSE_STREAMS: usize = 68;

/// The folders of recorded event streams in the folder that `BAREROCK_CAPTURES` names.
fn streams(test: &str) -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("BAREROCK_CAPTURES") else {
        println!("{test}: skipped, BAREROCK_CAPTURES names no folder");
        return Vec::new();
    };
    let folders = Path::new(&folder).read_dir().unwrap().map(|entry| entry.unwrap().path());
    let streams: Vec<_> = folders.filter(|folder| folder.join("frames.json").is_file()).collect();
    assert_eq!(streams.len(), STREAMS);
    streams
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn frames_are_those_an_independent_decoder_found() {
    for folder in streams("frames of the recordings") {
        let ran = run(bare(&["frames", "--output", "json", folder.to_str().unwrap()]), "");
        let mut lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let verdict = lines.pop().unwrap();
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
        let (word, code) = if has_exception { ("exception", 3) } else { ("complete", 0) };
        assert_eq!((&verdict["verdict"], ran.code), (&word.into(), code), "{}: {verdict}", folder.display());
    }
}

#[test]
fn events_of_every_recorded_converse_stream() {
    let mut count = 0;
    for folder in streams("events of the recordings") {
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
    assert!(count == CONVERSE_STREAMS || count == 0, "{count}");
    println!("events of the recordings: {count} streams");
}
