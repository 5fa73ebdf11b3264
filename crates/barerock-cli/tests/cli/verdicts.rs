//! How `barerock frames` ends: verdict, offset, words and exit code.

use serde_json::Value;

use crate::program::{Ran, bare, run};
use crate::streams::{error_frame, event, exception, flipped, frame};

/// The last line of `--output json`, and how the program ended.
fn verdict_with(stream: &[u8], arguments: &[&str]) -> (Value, Ran) {
    let mut all = vec!["frames", "--output", "json"];
    all.extend(arguments);
    let ran = run(bare(&all), stream);
    (serde_json::from_str(ran.out.lines().last().unwrap()).unwrap(), ran)
}

/// Verdict, frames, offset, exit code, the sentence, the hint.
fn verdict(stream: &[u8]) -> (String, u64, u64, i32, String, String) {
    let (line, ran) = verdict_with(stream, &[]);
    let number = |name: &str| line[name].as_u64().unwrap();
    assert_eq!(number("bytes"), u64::try_from(stream.len()).unwrap(), "{line}");
    // The same words everywhere: in JSON, as the last line of text, and on standard error.
    let text = run(bare(&["frames"]), stream);
    let words = text.out.lines().last().unwrap().to_owned();
    let hint = match line["error"].as_str() {
        Some(error) => {
            assert_eq!(error, words);
            let rest = ran.err.strip_prefix(&format!("error: {words}\n")).unwrap();
            rest.trim_end().strip_prefix("hint: ").unwrap_or(rest).to_owned()
        }
        None => {
            assert_eq!((ran.err, ran.code), (String::new(), 0));
            String::new()
        }
    };
    assert_eq!(text.code, ran.code);
    let word = line["verdict"].as_str().unwrap().to_owned();
    (word, number("frames"), number("offset"), ran.code, words, hint)
}

#[test]
fn every_verdict() {
    let ping = event("ping", r#"{"n":1}"#);
    let length = u64::try_from(ping.len()).unwrap();
    let slow = exception("throttlingException", r#"{"message":"slow down"}"#);
    let cases = [
        (ping.repeat(2), "complete", 2, 2 * length, 0, "complete: 2 frames, 194 bytes".to_owned(), ""),
        (vec![], "complete", 0, 0, 0, "complete: 0 frames, 0 bytes (the input is empty)".to_owned(), ""),
        (
            ping.repeat(2)[..150].to_vec(),
            "truncated",
            1,
            150,
            4,
            "truncated at offset 150 inside frame 2's header block: 53 of 97 bytes are there".to_owned(),
            "Send the request again: the connection closed early.",
        ),
        (
            [&ping[..], &slow, &ping].concat(),
            "exception",
            3,
            length,
            3,
            format!("exception in frame 2 at offset {length}: throttlingException: slow down; 3 frames, 297 bytes"),
            "",
        ),
        (
            [ping.clone(), error_frame("InternalError", "try later")].concat(),
            "error",
            2,
            length,
            3,
            format!("error in frame 2 at offset {length}: InternalError: try later; 2 frames, 190 bytes"),
            "",
        ),
        (
            flipped(&ping.repeat(2), 193),
            "corrupt",
            1,
            190,
            4,
            "corrupt at offset 190 in frame 2: message CRC mismatch: found c4799c03, computed c4799c02".to_owned(),
            "Send the request again: the bytes were changed in transit.",
        ),
        (
            b"{\"message\":\"Forbidden\"}".to_vec(),
            "not-an-event-stream",
            0,
            0,
            4,
            "not-an-event-stream at offset 0: looks like JSON".to_owned(),
            "Read it as an error: check the response's status and content type before decoding.",
        ),
        (
            [ping.clone(), b"<html><body>Bad Gateway</body></html>".to_vec()].concat(),
            "corrupt",
            1,
            length + 8,
            4,
            "corrupt at offset 105 in frame 2: prelude CRC mismatch: found 6f64793e, computed 71429e58: looks like HTML"
                .to_owned(),
            "Read it as an error: check the response's status and content type before decoding.",
        ),
        (
            [&ping[..], &slow, &ping[..20]].concat(),
            "truncated",
            2,
            220,
            4,
            "truncated at offset 220 inside frame 3's header block: 20 of 97 bytes are there; before that, exception in \
             frame 2 at offset 97: throttlingException: slow down"
                .to_owned(),
            "Send the request again: the connection closed early.",
        ),
    ];
    for (stream, word, frames, offset, code, words, hint) in cases {
        assert_eq!(verdict(&stream), (word.to_owned(), frames, offset, code, words, hint.to_owned()));
    }
}

#[test]
fn every_cut_is_truncated_where_it_was_cut() {
    let ping = event("ping", r#"{"n":1}"#);
    let stream = ping.repeat(2);
    for length in (1..stream.len()).step_by(5) {
        let (line, ran) = verdict_with(&stream[..length], &[]);
        if length == ping.len() {
            continue;
        }
        assert_eq!((ran.code, &line["verdict"], &line["offset"]), (4, &"truncated".into(), &length.into()));
        assert_eq!(line["frames"], length / ping.len());
    }
}

#[test]
fn what_it_looks_like() {
    for (input, looks_like, hint) in [
        (&b"{\"message\":\"x\"}"[..], "JSON", "Read it as an error"),
        (b"{}", "JSON", "Read it as an error"),
        (b"<!doctype html><title>Sign in</title>", "HTML", "status and content type"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03rest", "gzip data", "Decompress"),
        (b"data: {\"a\":1}\n\n", "server-sent events", "path"),
        (b"HTTP/1.1 200 OK\r\ncontent-type: x\r\n\r\n", "an HTTP message", "body alone"),
        (b"1a3\r\n\0\0\x01\x8f rest of it", "an HTTP body in chunked transfer coding", "transfer coding"),
    ] {
        let (line, ran) = verdict_with(input, &[]);
        assert_eq!((ran.code, line["verdict"].as_str()), (4, Some("not-an-event-stream")), "{line}");
        assert_eq!(line["looks_like"], looks_like);
        assert!(ran.err.contains("\nhint: ") && ran.err.contains(hint), "{}", ran.err);
    }
    // Bytes that look like nothing known are no less wrong.
    let (line, _) = verdict_with(&[0xff; 40], &[]);
    assert_eq!((line["verdict"].as_str(), line.get("looks_like")), (Some("corrupt"), None));
}

#[test]
fn limits_are_options_and_their_errors_name_them() {
    let long = frame(&[], &[7; 1000]);
    let (line, ran) = verdict_with(&long, &["--max-message-bytes", "1015"]);
    assert_eq!((ran.code, line["verdict"].as_str(), line["offset"].as_u64()), (4, Some("corrupt"), Some(0)));
    assert!(
        ran.err.ends_with("hint: Raise --max-message-bytes if such messages are expected.\n"),
        "{}",
        ran.err
    );
    assert_eq!(verdict_with(&long, &["--max-message-bytes", "1016"]).1.code, 0);

    // Two headers of one name cannot be encoded: the second name is changed, and the CRC with it.
    let mut twice = frame(&["a", "b"].map(|name| barerock_eventstream::Header::new(name, true)), b"");
    twice[16] = b'a';
    let end = twice.len() - 4;
    let crc = crc32(&twice[..end]).to_be_bytes();
    twice[end..].copy_from_slice(&crc);
    let (line, ran) = verdict_with(&twice, &[]);
    assert_eq!((ran.code, line["offset"].as_u64()), (4, Some(15)), "{line}");
    assert!(ran.err.contains("--allow-duplicate-headers"), "{}", ran.err);
    assert_eq!(verdict_with(&twice, &["--allow-duplicate-headers"]).1.code, 0);
}

/// The CRC of the specification, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[test]
fn a_wrong_input_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    for (arguments, says) in [
        (&["frames", "/nowhere/at/all"][..], "/nowhere/at/all cannot be read"),
        (&["events", "/nowhere/at/all"], "/nowhere/at/all cannot be read"),
        (&["frames", folder], "response.body cannot be read"),
        (&["frames", "--max-message-bytes", "15"], "15"),
        (&["frames", "--output", "xml"], "xml"),
        (&["frames", "--html", "-"], "--html needs a file"),
        (&["frames", "--html", "/nowhere/at/all"], "/nowhere/at/all cannot be written"),
    ] {
        let ran = run(bare(arguments), "");
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(ran.err.contains(says), "{ran:?}");
    }
}

/// The most memory a process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Whole frames, and what follows a fault, pass through memory without staying there.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_stream() {
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;

    const MIB: usize = 1 << 20;
    for (piece, is_whole) in [(frame(&[], &vec![0; 64 * 1024]), true), (vec![0x41; 64 * 1024], false)] {
        let mut child = bare(&["frames"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let mut out = String::new();
            output.read_to_string(&mut out).map(|_| out).unwrap()
        });
        for _ in 0..48 * MIB / piece.len() {
            input.write_all(&piece).unwrap();
        }
        let peak = peak_memory(child.id());
        assert!(peak < 24 * 1024, "{peak} KiB");
        drop(input);
        assert_eq!(child.wait().unwrap().code(), Some(if is_whole { 0 } else { 4 }));
        let last = reader.join().unwrap().lines().last().unwrap().to_owned();
        assert!(last.starts_with(if is_whole { "complete" } else { "not-an-event-stream" }), "{last}");
    }
}

/// A device never ends; the verdict comes all the same.
#[cfg(target_os = "linux")]
#[test]
fn an_endless_stream_has_a_verdict() {
    let ran = run(bare(&["frames", "/dev/zero"]), "");
    assert_eq!(ran.code, 4, "{ran:?}");
    let last = ran.out.lines().last().unwrap();
    assert!(
        last.starts_with("corrupt at offset 8 in frame 1: prelude CRC mismatch: found 00000000"),
        "{last}"
    );
}
