//! Tests over recorded event streams: every frame equals that of another decoder.

use std::collections::BTreeMap;

use barerock_eventstream::Limits;
use barerock_test_data::captures;
use barerock_test_data::{json, read, report_cases};
use barerock_tests::eventstream::decode;
use serde_json::Value;

const FRAMES: usize = 4413;

#[test]
fn all_recorded_streams() {
    let Some(streams) = captures::streams("all_recorded_streams") else { return };
    let mut count = 0;
    for folder in &streams {
        let expected = json(&folder.join("frames.json"));
        let expected = expected.as_array().expect("a list of frames");
        let body = read(&folder.join("response.body"));
        let name = folder.display();
        let (frames, error) = decode(body.chunks(1_400), Limits::default());
        assert_eq!(error, None, "{name}");
        assert_eq!(frames.len(), expected.len(), "{name}");
        for (frame, expected) in frames.iter().zip(expected) {
            let frame = frame.as_frame();
            let headers: BTreeMap<&str, &str> = frame
                .headers()
                .map(|header| (header.name, header.value.as_str().expect("a string header")))
                .collect();
            assert_eq!(serde_json::to_value(headers).expect("a map"), expected["headers"], "{name}");
            let payload: Value = serde_json::from_slice(frame.payload()).expect("a JSON payload");
            assert_eq!(payload, expected["payload"], "{name}");
        }
        count += frames.len();
    }
    assert_eq!(count, FRAMES);
    report_cases(streams.len(), "recorded event streams");
    report_cases(count, "frames of recorded event streams");
}
