//! A stream has one verdict: in every output of `converse-stream`, in `events` and in the library.

use barerock::converse::EventDecoder;
use barerock::converse::stream::Verdict;
use serde_json::Value;

use crate::program::{Server, bare, run, with_credentials};
use crate::sitting::exchange;
use crate::streams::{error_frame, event, exception, flipped, frame};

const EVENT_STREAM: &str = "application/vnd.amazon.eventstream";

fn message() -> Vec<u8> {
    [
        event("messageStart", r#"{"role":"assistant"}"#),
        event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hello"}}"#),
        event("contentBlockStop", r#"{"contentBlockIndex":0}"#),
        event("messageStop", r#"{"stopReason":"end_turn"}"#),
    ]
    .concat()
}

/// Streams of every kind, each with its verdict by the rules of the command line.
fn streams() -> Vec<(&'static str, Vec<u8>, Verdict)> {
    let (whole, ping) = (message(), event("ping", "{}"));
    let start = event("messageStart", r#"{"role":"assistant"}"#);
    let delta = event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"!"}}"#);
    let metadata = event("metadata", r#"{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"#);
    let slow = exception("throttlingException", r#"{"message":"slow down"}"#);
    let error = error_frame("InternalError", "try later");
    let headless = frame(&[], b"{}");
    let broken = flipped(&ping, 9);
    let not_json = event("messageStop", "[]");
    let join = |parts: &[&[u8]]| parts.concat();
    vec![
        ("whole", whole.clone(), Verdict::Complete),
        ("whole with metadata", join(&[&whole, &metadata, &ping]), Verdict::Complete),
        ("cut", whole[..whole.len() - 3].to_vec(), Verdict::Truncated),
        ("cut behind messageStop", join(&[&whole, &metadata[..20]]), Verdict::Truncated),
        ("nothing", Vec::new(), Verdict::EndedEarly),
        ("ended early", join(&[&start, &delta]), Verdict::EndedEarly),
        ("exception", join(&[&start, &delta, &slow]), Verdict::Exception),
        ("exception behind messageStop", join(&[&whole, &slow]), Verdict::Exception),
        ("exception, then a broken frame", join(&[&start, &slow, &broken]), Verdict::Exception),
        ("exception, then half a frame", join(&[&start, &slow, &ping[..9]]), Verdict::Exception),
        ("error", join(&[&start, &error]), Verdict::Error),
        ("error, then a broken frame", join(&[&start, &error, &broken]), Verdict::Error),
        ("broken", join(&[&start, &broken]), Verdict::Corrupt),
        ("broken, then an exception", join(&[&start, &broken, &slow]), Verdict::Corrupt),
        ("broken behind messageStop", join(&[&whole, &metadata, &broken]), Verdict::Corrupt),
        ("no message type", join(&[&start, &headless, &whole]), Verdict::Corrupt),
        ("no JSON object", join(&[&start, &delta, &not_json]), Verdict::Corrupt),
        ("a delta behind messageStop", join(&[&whole, &delta]), Verdict::Corrupt),
        ("a delta behind messageStop, then metadata", join(&[&whole, &delta, &metadata]), Verdict::Corrupt),
        ("two messageStarts", join(&[&start, &whole]), Verdict::Corrupt),
        ("two messages", join(&[&whole, &whole]), Verdict::Corrupt),
        ("two messages, then an exception", join(&[&whole, &whole, &slow]), Verdict::Exception),
        ("two messages, cut", join(&[&whole, &whole[..whole.len() - 1]]), Verdict::Truncated),
        ("no stream", b"<html><body>Sign in</body></html>".to_vec(), Verdict::NotAnEventStream),
    ]
}

/// The exit code of a verdict.
fn code(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Complete => 0,
        Verdict::Exception | Verdict::Error => 3,
        _ => 4,
    }
}

fn decoded(stream: &[u8]) -> Verdict {
    let mut events = EventDecoder::new();
    let mut rest = stream;
    loop {
        match events.next_event(&mut rest) {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => return error.verdict(),
        }
    }
    events.finish().err().map_or(Verdict::Complete, |error| error.verdict())
}

#[test]
fn every_output_agrees() {
    for (name, stream, verdict) in streams() {
        assert_eq!(decoded(&stream), verdict, "{name}: the library");
        let word = verdict.as_str();
        let folder = tempfile::tempdir().unwrap();
        exchange(folder.path(), "converse-stream", 200, EVENT_STREAM, &stream);
        let server = Server::over(&folder.path().join("fixtures"), &["--match", "model"]);
        for output in ["events", "text", "message", "frames"] {
            let arguments = [
                "converse-stream",
                "--endpoint-url",
                &server.url,
                "--model-id",
                "us.anthropic.claude-sonnet-4-6",
                "--messages",
                r#"[{"role":"user","content":[{"text":"hi"}]}]"#,
                "--output",
                output,
            ];
            let mut command = with_credentials(&arguments);
            command.env("AWS_MAX_ATTEMPTS", "1");
            let ran = run(command, "");
            assert_eq!(ran.code, code(verdict), "{name}: --output {output}: {ran:?}");
            if output == "frames" {
                let line: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
                assert_eq!(line["verdict"], word, "{name}: {ran:?}");
                assert_eq!(line.get("error").is_some(), verdict != Verdict::Complete, "{name}: {line}");
                assert!(line["error"].as_str().is_none_or(|error| error.starts_with(word)), "{name}: {line}");
                assert_eq!(line["bytes"], stream.len(), "{name}: {line}");
                assert!(
                    line["offset"].as_u64().unwrap() <= line["bytes"].as_u64().unwrap(),
                    "{name}: {line}"
                );
            }
        }
        for output in ["events", "text", "message"] {
            let ran = run(bare(&["events", "--output", output]), &*stream);
            assert_eq!(ran.code, code(verdict), "{name}: events --output {output}: {ran:?}");
            let says =
                |line: &str| line.strip_prefix("error: ").unwrap_or(line).starts_with(&format!("{word}: "));
            assert!(ran.err.lines().any(says), "{name}: events --output {output}: {ran:?}");
        }
    }
}
