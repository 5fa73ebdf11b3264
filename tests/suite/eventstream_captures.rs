//! Recorded event streams: every frame equals what another decoder wrote down.

use std::collections::BTreeMap;
use std::fs;

use barerock_eventstream::Limits;
use barerock_tests::captures::{self, read};
use barerock_tests::eventstream::decode;
use serde_json::Value;

const STREAMS: usize = 123;
const FRAMES: usize = 4413;

#[test]
fn all_recorded_streams() {
    let Some(root) = captures::folder("eventstream_captures") else { return };
    let (mut streams, mut count) = (0, 0);
    for entry in fs::read_dir(root).expect("a folder") {
        let folder = entry.expect("an entry").path();
        let expected = folder.join("frames.json");
        if !expected.exists() {
            continue;
        }
        let expected: Vec<Value> = serde_json::from_slice(&read(&expected)).expect("frames.json");
        let body = read(&folder.join("response.body"));
        let name = folder.display();
        let (frames, error) = decode(body.chunks(1_400), Limits::default());
        assert_eq!(error, None, "{name}");
        assert_eq!(frames.len(), expected.len(), "{name}");
        for (frame, expected) in frames.iter().zip(&expected) {
            let frame = frame.as_frame();
            let headers: BTreeMap<&str, &str> = frame
                .headers()
                .map(|header| (header.name, header.value.as_str().expect("a string header")))
                .collect();
            assert_eq!(serde_json::to_value(headers).expect("a map"), expected["headers"], "{name}");
            let payload: Value = serde_json::from_slice(frame.payload()).expect("a JSON payload");
            assert_eq!(payload, expected["payload"], "{name}");
        }
        streams += 1;
        count += frames.len();
    }
    println!("{streams} streams of {count} frames");
    assert_eq!((streams, count), (STREAMS, FRAMES));
}
