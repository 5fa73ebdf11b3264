//! Frame fixtures: each decodes to, or fails with, the result in its JSON file.

use std::path::{Path, PathBuf};

use barerock_audit::Fields;
use barerock_eventstream::{Frames, Limits};
use barerock_test_data::{json, read, vectors};
use barerock_tests::eventstream::{decode, describe};
use serde_json::Value;

/// Reads the streams of a directory of `fixtures/eventstream`, each with its JSON.
fn streams(folder: &str) -> Vec<(PathBuf, Vec<u8>, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/eventstream").join(folder);
    let cases = vectors::cases(&folder, |path| path.extension().is_none());
    cases
        .into_iter()
        .map(|path| {
            let (bytes, json) = (read(&path), json(&path.with_extension("json")));
            (path, bytes, json)
        })
        .collect()
}

#[test]
fn valid_streams() {
    let streams = streams("valid");
    for (path, bytes, expected) in &streams {
        let name = path.display();
        let (frames, error) = decode(bytes.chunks(5), Limits::default());
        assert_eq!(error, None, "{name}");
        let expected = expected.as_array().expect("an array of frames");
        assert_eq!(frames.len(), expected.len(), "{name}");
        for (frame, expected) in frames.iter().zip(expected) {
            let frame = frame.as_frame();
            let found = describe(&frame);
            for member in ["total_length", "headers_length"] {
                assert_eq!(found[member], expected[member], "{name}: {member}");
            }
            assert_eq!(expected["prelude_crc"], format!("{:08x}", frame.prelude().crc()), "{name}");
            assert_eq!(expected["message_crc"], format!("{:08x}", frame.message_crc()), "{name}");
            match expected["payload"].get("json") {
                Some(json) => {
                    assert_eq!(serde_json::from_slice::<Value>(frame.payload()).ok().as_ref(), Some(json))
                }
                None => assert_eq!(found["payload_base64"], expected["payload"]["base64"], "{name}"),
            }
            let headers = expected["headers"].as_array().expect("headers");
            assert_eq!(frame.headers().count(), headers.len(), "{name}");
            let described = found["headers"].as_array().expect("headers");
            for ((header, described), expected) in frame.headers().zip(described).zip(headers) {
                assert_eq!(expected["name"], header.name, "{name}");
                assert_eq!(expected["type"], header.value.type_name(), "{name}");
                let digits = |value: &Value| value.as_str().map(|text| text.replace('-', ""));
                match header.value.type_name() {
                    "uuid" => assert_eq!(digits(&described["value"]), digits(&expected["value"]), "{name}"),
                    _ => assert_eq!(described["value"], expected["value"], "{name}"),
                }
            }
        }
    }
    assert_eq!(streams.len(), 13);
}

#[test]
fn invalid_streams() {
    let streams = streams("invalid");
    for (path, bytes, expected) in &streams {
        let name = path.display();
        for chunk in [1, 7, bytes.len()] {
            let (_, error) = decode(bytes.chunks(chunk), Limits::default());
            let error = error.unwrap_or_else(|| panic!("{name} was accepted"));
            let kind = format!("{:?}", error.kind());
            let variant = kind.split([' ', '{']).next();
            assert_eq!(variant, expected["error"].as_str(), "{name}: {error}");
            assert_eq!(expected["stream_offset"], error.stream_offset(), "{name}: {error}");
            assert_eq!(expected["frame_offset"], error.frame_offset(), "{name}: {error}");
        }
        let fields: usize = Fields::new(bytes, Limits::default()).map(|field| field.range.len()).sum();
        assert_eq!(fields, bytes.len(), "{name}: every byte has a field");
    }
    assert_eq!(streams.len(), 30);
}

#[test]
fn every_flipped_bit_of_a_fixture_stream_is_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/converse/chat-stream/response.body");
    let stream = read(&path);
    let mut flipped = 0;
    for frame in Frames::new(&stream, Limits::default()) {
        let good = frame.expect("a good fixture").as_bytes();
        let mut changed = good.to_vec();
        for bit in 0..good.len() * 8 {
            changed[bit / 8] ^= 1 << (bit % 8);
            let decoded = Frames::new(&changed, Limits::default()).next();
            let is_refused = decoded.is_some_and(|frame| frame.is_err());
            assert!(is_refused, "bit {bit} of the frame was not missed");
            changed[bit / 8] = good[bit / 8];
        }
        flipped += good.len() * 8;
    }
    assert_eq!(flipped, stream.len() * 8);
}
