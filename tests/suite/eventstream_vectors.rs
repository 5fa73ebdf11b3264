//! Tests with the frame vectors published by other implementations.

use std::path::{Path, PathBuf};

use aws_smithy_eventstream::frame::read_message_from;
use barerock_eventstream::{DecodeErrorKind, HeaderPart, HeaderValue, Limits};
use barerock_test_data::vectors::{FRAMES, frames, named};
use barerock_test_data::{json, read, report_cases, text};
use barerock_tests::eventstream::{decode, describe, reseal, to_message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Number of vectors in `BAREROCK_VECTORS`.
const NAMED: usize = 52;

/// A published vector.
struct Vector {
    source: String,
    /// True if the frame is valid.
    is_valid: bool,
    name: String,
    bytes: Vec<u8>,
    /// Path of the expected result; if `None`, `aws-smithy-eventstream` determines it.
    json: Option<PathBuf>,
}

/// Returns the vectors in the package of `aws-smithy-eventstream`.
fn packaged() -> Vec<Vector> {
    let entries = frames().read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    let vectors: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let is_valid = name.starts_with("valid_");
            Vector { source: "smithy-rs".into(), is_valid, name, bytes: read(&path), json: None }
        })
        .collect();
    assert_eq!(vectors.len(), FRAMES);
    vectors
}

/// Returns the paths of the bytes and of the expected result of a vector.
fn paths(root: &Path, source: &str, polarity: &str, name: &str) -> (PathBuf, PathBuf) {
    match source {
        "smithy-rs" => (
            root.join("smithy-rs/rust-runtime/aws-smithy-eventstream/test_data").join(name),
            root.join("smithy-rs/expected.json"),
        ),
        "aws-sdk-go" => {
            let folder = root.join("aws-sdk-go/private/protocol/eventstream/testdata");
            (
                folder.join("encoded").join(polarity).join(name),
                folder.join("decoded").join(polarity).join(name),
            )
        }
        _ => {
            let folder = root.join(source).join(polarity);
            (folder.join(format!("{name}.bin")), folder.join(format!("{name}.json")))
        }
    }
}

/// Returns the vectors in the directory `BAREROCK_VECTORS`.
fn more() -> Vec<Vector> {
    let Some(root) = named("eventstream") else { return Vec::new() };
    let index = text(&root.join("INDEX.tsv"));
    let vectors: Vec<_> = index
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let (source, polarity, name) = (columns[0], columns[1], columns[2]);
            let (bytes, json) = paths(&root, source, polarity, name);
            let bytes = match name {
                // Generated instead of stored: its payload is 24 MiB and 1 byte.
                "invalid_payload_length" => {
                    let mut bytes = vec![0x01, 0x80, 0x00, 0x21, 0, 0, 0, 0, 0xdd, 0x3f, 0x33, 0xb1];
                    bytes.resize(columns[3].parse().expect("a length"), b'0');
                    bytes
                }
                _ => read(&bytes),
            };
            let is_valid = match polarity {
                "positive" => true,
                "negative" => false,
                _ => !name.ends_with("fails__test_data") && !name.contains("too_short"),
            };
            Vector { source: source.to_owned(), is_valid, name: name.to_owned(), bytes, json: Some(json) }
        })
        .collect();
    assert_eq!(vectors.len(), NAMED);
    vectors
}

/// True if the error is the one the vector tests, or a message CRC error if the message CRC is wrong too.
fn is_expected(source: &str, name: &str, kind: &DecodeErrorKind) -> bool {
    use DecodeErrorKind::*;
    match name {
        "corrupted_length"
        | "corrupted_header_length"
        | "corrupted_header_len"
        | "invalid_prelude_checksum" => {
            matches!(kind, PreludeCrc { .. })
        }
        "duplicate_header" => matches!(kind, DuplicateHeader { first: 12 }),
        "invalid_headers_length" if source == "botocore" => matches!(kind, HeadersTooLong { .. }),
        "invalid_headers_length" => *kind == HeadersOverrun { length: 77, available: 73 },
        "invalid_payload_length" => matches!(kind, MessageTooLong { .. }),
        "streaming_decoder_incoming_message_too_short__test_data" => {
            matches!(kind, MessageTooShort { length: 12, minimum: 16 })
        }
        "streaming_decoder_incoming_illegal_header_length_relationship_fails__test_data" => {
            matches!(kind, HeadersOverrun { .. })
        }
        _ => matches!(kind, MessageCrc { .. }),
    }
}

#[test]
fn all_published_vectors() {
    let (packaged, more) = (packaged(), more());
    let (mut accepted, mut refused) = (0, 0);
    for Vector { source, is_valid, name, bytes, json: described } in packaged.iter().chain(&more) {
        let (frames, error) = decode([&bytes[..]], Limits::default());
        if !is_valid {
            let error = error.unwrap_or_else(|| panic!("{source}/{name} was accepted"));
            assert!(is_expected(source, name, error.kind()), "{source}/{name}: {error}");
            assert!(frames.is_empty());
            refused += 1;
            continue;
        }
        assert_eq!(error, None, "{source}/{name}");
        accepted += 1;
        let Some(described) = described else {
            let theirs = read_message_from(&bytes[..]).expect("they accept it too");
            assert_eq!(
                frames.iter().map(|frame| to_message(&frame.as_frame())).collect::<Vec<_>>(),
                [theirs]
            );
            continue;
        };
        let found: Vec<Value> = frames.iter().map(|frame| describe(&frame.as_frame())).collect();
        let json = json(described);
        match source.as_str() {
            "aws-sdk-go" => same_as_go(&found[0], &json),
            "smithy-rs" => same(&found[0], &json[name]["independent_decode"], name),
            "botocore" => same(&found[0], &json, name),
            _ => {
                let messages = json["messages"].as_array().expect("messages");
                assert_eq!(found.len(), messages.len(), "{name}");
                found.iter().zip(messages).for_each(|(found, expected)| same(found, expected, name));
            }
        }
    }
    assert_eq!((accepted, refused), if more.is_empty() { (3, 8) } else { (34, 29) });
    report_cases(accepted, "published event stream vectors accepted");
    report_cases(refused, "published event stream vectors refused");
}

/// Asserts that every member of `found` is as expected.
fn same(found: &Value, expected: &Value, name: &str) {
    for (member, value) in found.as_object().expect("an object") {
        assert_eq!(*value, expected[member], "{name}: {member}");
    }
}

/// The Go vectors name types by number, hold text and UUIDs as base64, and CRCs as signed numbers.
fn same_as_go(found: &Value, expected: &Value) {
    let crc = |value: &Value| value.as_i64().map(|crc| u32::try_from(crc & 0xffff_ffff).expect("32 bits"));
    for member in ["total_length", "headers_length"] {
        assert_eq!(found[member], expected[member]);
    }
    for member in ["prelude_crc", "message_crc"] {
        assert_eq!(crc(&found[member]), crc(&expected[member]));
    }
    assert_eq!(found["payload_base64"].as_str(), expected["payload"].as_str().or(Some("")));
    let (none, types) = (
        vec![],
        [
            "bool_true",
            "bool_false",
            "byte",
            "int16",
            "int32",
            "int64",
            "bytes",
            "string",
            "timestamp_ms",
            "uuid",
        ],
    );
    let (found, expected) =
        (found["headers"].as_array().unwrap_or(&none), expected["headers"].as_array().unwrap_or(&none));
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found["name"], expected["name"]);
        let value_type = usize::try_from(expected["type"].as_u64().expect("a type")).expect("a small number");
        assert_eq!(found["type"], types[value_type]);
        let value = match types[value_type] {
            "string" => STANDARD.encode(found["value"].as_str().expect("text")).into(),
            "uuid" => {
                let digits = found["value"].as_str().expect("digits");
                let uuid = u128::from_str_radix(digits, 16).expect("hexadecimal");
                STANDARD.encode(uuid.to_be_bytes()).into()
            }
            _ => found["value"].clone(),
        };
        assert_eq!(value, expected["value"]);
    }
}

/// The invalid vectors of smithy-rs also have a wrong message CRC. With a correct one, each fails with the error it
/// tests.
#[test]
fn resealed_vectors_reach_the_header_code() {
    use DecodeErrorKind::*;
    let mut count = 0;
    for Vector { name, mut bytes, .. } in packaged().into_iter().filter(|vector| !vector.is_valid) {
        reseal(&mut bytes);
        let (frames, error) = decode([&bytes[..]], Limits::default());
        let kind = error.map(|error| *error.kind());
        let expected = match name.as_str() {
            "invalid_header_name_length" => {
                Some(HeaderOverrun { part: HeaderPart::Name, needed: 255, available: 108 })
            }
            "invalid_header_name_length_too_long" => {
                Some(HeaderOverrun { part: HeaderPart::Name, needed: 102, available: 70 })
            }
            "invalid_header_string_length_cut_off" => {
                Some(HeaderOverrun { part: HeaderPart::ValueLength, needed: 2, available: 1 })
            }
            "invalid_header_string_value_length" => {
                Some(HeaderValueTooLong { length: 65_535, limit: 32_767 })
            }
            "invalid_header_value_type" => Some(HeaderType { found: 0x60 }),
            "invalid_headers_length" => Some(HeadersOverrun { length: 77, available: 73 }),
            // With correct CRCs the other two are valid.
            _ => None,
        };
        assert_eq!(kind, expected, "{name}");
        if kind.is_none() {
            let value = frames[0].as_frame().header("time");
            assert_eq!(value, Some(HeaderValue::Timestamp(5_000_000_000)));
        }
        count += 1;
    }
    assert_eq!(count, 8);
    report_cases(count, "published event stream vectors with right checksums");
}
