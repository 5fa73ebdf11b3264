//! Recorded event streams: every frame equals what another decoder wrote down.

use std::collections::BTreeMap;
use std::fs;

use barerock_eventstream::Limits;
use barerock_tests::eventstream::{decode, folder};
use serde_json::Value;

const STREAMS: usize = 123;
const FRAMES: usize = 4413;

#[test]
fn all_recorded_streams() {
    let Some(root) = folder("BAREROCK_CAPTURES") else { return };
    let (mut streams, mut count) = (0, 0);
    for entry in fs::read_dir(root).expect("a folder") {
        let folder = entry.expect("an entry").path();
        let Ok(expected) = fs::read(folder.join("frames.json")) else { continue };
        let expected: Vec<Value> = serde_json::from_slice(&expected).expect("frames.json");
        let body = fs::read(folder.join("response.body")).expect("a body");
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
