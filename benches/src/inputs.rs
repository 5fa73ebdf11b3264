//! Streams to decode, generated deterministically or read from the user's recordings.

use std::path::{Path, PathBuf};
use std::{env, fs};

use barerock_eventstream::{Frames, Header, Limits, encode_frame};

use crate::deltas::deltas;

/// Environment variable that names a recorded stream, or a folder of them, to benchmark in addition to the generated ones.
pub const BENCH_INPUT: &str = "BENCH_INPUT";

/// Length of a chunk in bytes: the most that hyper reads at once from a new connection.
pub const CHUNK: usize = 16 * 1024;

/// Appends an event in the service's format.
fn event(event_type: &str, payload: &str, stream: &mut Vec<u8>) {
    let headers =
        [(":event-type", event_type), (":content-type", "application/json"), (":message-type", "event")]
            .map(|(name, value)| Header::new(name, value));
    encode_frame(&headers, payload.as_bytes(), stream).expect("a frame within all limits");
}

/// Builds a stream of `frames` frames with one message of a single text block. The longest recorded stream has 382 frames.
///
/// # Panics
/// If `frames` is less than 4.
#[must_use]
pub fn message(frames: usize) -> Vec<u8> {
    let mut stream = Vec::new();
    let deltas = frames.checked_sub(4).expect("four frames are no deltas");
    event("messageStart", r#"{"p":"abcdef","role":"assistant"}"#, &mut stream);
    for delta in 0..deltas {
        let text = if delta % 10 == 0 { r"line\n" } else { " token" };
        let payload = format!(
            r#"{{"contentBlockIndex":0,"delta":{{"text":"{text}"}},"p":"abcdefghijklmnopqrstuvwxyz"}}"#
        );
        event("contentBlockDelta", &payload, &mut stream);
    }
    event("contentBlockStop", r#"{"contentBlockIndex":0,"p":"abc"}"#, &mut stream);
    event("messageStop", r#"{"p":"abc","stopReason":"end_turn"}"#, &mut stream);
    let metadata = format!(
        r#"{{"metrics":{{"latencyMs":9000}},"p":"abc","usage":{{"inputTokens":17,"outputTokens":{deltas},"totalTokens":{}}}}}"#,
        deltas + 17
    );
    event("metadata", &metadata, &mut stream);
    stream
}

/// Builds a stream whose event type changes every frame: messages of reasoning, text and a tool use in blocks of one delta
/// each, with non-ASCII text and escapes.
#[must_use]
pub fn mixed(frames: usize) -> Vec<u8> {
    const EVENTS: [(&str, &str); 11] = [
        ("messageStart", r#"{"p":"abcdefghijkl","role":"assistant"}"#),
        (
            "contentBlockDelta",
            r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"The user wants \"two\" things,"}},"p":"abcdefghijklmnop"}"#,
        ),
        ("contentBlockStop", r#"{"contentBlockIndex":0,"p":"abcdefghijklmnopqrstuvwxyzABC"}"#),
        (
            "contentBlockDelta",
            r#"{"contentBlockIndex":1,"delta":{"text":" Größe — naïve 🌍"},"p":"abcdefghijklmnopqrstuvw"}"#,
        ),
        ("contentBlockStop", r#"{"contentBlockIndex":1,"p":"abcdef"}"#),
        (
            "contentBlockStart",
            r#"{"contentBlockIndex":2,"p":"abcdefghijklmnopqr","start":{"toolUse":{"name":"get_weather","toolUseId":"tooluse_2Dxhbs0kQmOKnRpmKIxXzg"}}}"#,
        ),
        (
            "contentBlockDelta",
            r#"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"city\": \"Par"}},"p":"abcdefghijklmnopqrstuvwxyzABCDEFGH"}"#,
        ),
        (
            "contentBlockDelta",
            r#"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"is\"}"}},"p":"abcdefghij"}"#,
        ),
        (
            "contentBlockStop",
            r#"{"contentBlockIndex":2,"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"}"#,
        ),
        ("messageStop", r#"{"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ","stopReason":"tool_use"}"#),
        (
            "metadata",
            r#"{"metrics":{"latencyMs":1201},"p":"abcdefghijklmno","usage":{"cacheReadInputTokens":0,"cacheWriteInputTokens":0,"inputTokens":418,"outputTokens":73,"totalTokens":491}}"#,
        ),
    ];
    let mut stream = Vec::new();
    EVENTS
        .iter()
        .cycle()
        .take(frames)
        .for_each(|(event_type, payload)| event(event_type, payload, &mut stream));
    stream
}

/// Builds the stream of [`deltas`] with an additional header whose value differs in every frame.
#[must_use]
pub fn changing(frames: usize) -> Vec<u8> {
    let (plain, _) = deltas(frames);
    let mut stream = Vec::new();
    for (number, frame) in Frames::new(&plain, Limits::default()).enumerate() {
        let frame = frame.expect("a frame");
        let number = format!("{number:08}");
        let headers: Vec<_> =
            frame.headers().chain([Header::new(":sequence-number", number.as_str())]).collect();
        encode_frame(&headers, frame.payload(), &mut stream).expect("a frame within all limits");
    }
    stream
}

/// Reads the user's recordings that [`BENCH_INPUT`] names. Returns a name, and one stream of all complete event streams found.
#[must_use]
pub fn recorded() -> Option<(String, Vec<u8>)> {
    let path = PathBuf::from(env::var_os(BENCH_INPUT)?);
    let stream = recorded_in(&path);
    assert!(!stream.is_empty(), "{BENCH_INPUT}: no whole event stream in {}", path.display());
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Some((name.into_owned(), stream))
}

fn recorded_in(path: &Path) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut paths = vec![path.to_owned()];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let mut entries: Vec<_> =
                fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
            entries.sort_unstable_by(|one, other| other.cmp(one));
            paths.append(&mut entries);
        } else {
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let is_whole = Frames::new(&bytes, Limits::default()).all(|frame| frame.is_ok());
            if is_whole {
                stream.extend(bytes);
            }
        }
    }
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_frame_has_the_header_block_of_the_one_before() {
        for stream in [mixed(100), changing(100)] {
            let frames = Frames::new(&stream, Limits::default()).map(|frame| frame.expect("a frame"));
            let blocks: Vec<String> = frames.map(|frame| format!("{:?}", frame.headers())).collect();
            assert_eq!(blocks.len(), 100);
            let same = blocks.windows(2).filter(|pair| pair[0] == pair[1]).count();
            // Two deltas of tool input follow each other.
            assert!(same <= 100 / 11, "{same}");
        }
    }
}
