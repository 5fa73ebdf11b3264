//! What the exit codes and the last words promise, where it is easily missed.

use serde_json::Value;

use crate::program::{Ran, Server, bare, run, with_credentials};

const MESSAGES: &str = r#"[{"role":"user","content":[{"text":"hi"}]}]"#;

fn call(server: &Server, command: &str, more: &[&str]) -> Ran {
    let mut arguments = vec![command, "--endpoint-url", &server.url, "-m", "m.x", "--messages", MESSAGES];
    arguments.extend(more);
    let mut command = with_credentials(&arguments);
    command.env("AWS_MAX_ATTEMPTS", "1");
    run(command, "")
}

/// Frames that are all whole make no whole message.
#[test]
fn frames_without_an_end_are_not_complete() {
    for (fault, words) in [
        ("truncate=353", "ended-early at offset 353: 2 frames, 353 bytes, but no messageStop"),
        ("truncate=0", "ended-early at offset 0: 0 frames"),
        ("close-after=353", "response cut off at offset 353"),
        ("reset-after=353", "response cut off at offset 353"),
    ] {
        let server = Server::start(&["--match", "any", "--fault", fault]);
        let ran = call(&server, "converse-stream", &["--output", "frames"]);
        assert_eq!(ran.code, 4, "{fault}: {ran:?}");
        assert!(ran.err.contains(words), "{fault}: {}", ran.err);
        let last: Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
        assert_eq!(last["verdict"], "ended-early", "{fault}: {last}");
    }
    let server = Server::start(&["--match", "any"]);
    let ran = call(&server, "converse-stream", &["--output", "frames"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.lines().last().unwrap().starts_with(r#"{"verdict":"complete""#));
}

#[test]
fn a_whole_answer_that_breaks_off_is_truncated() {
    for fault in ["close-after=20", "reset-after=20"] {
        let server = Server::start(&["--match", "any", "--fault", fault]);
        let ran = call(&server, "converse", &[]);
        assert_eq!((ran.code, &*ran.out), (4, ""), "{fault}: {ran:?}");
        assert!(ran.err.contains("response cut off at offset 20"), "{fault}: {}", ran.err);
    }
}

#[test]
fn nothing_can_be_signed_with_a_broken_key_or_for_no_region() {
    for (variable, value) in
        [("AWS_SESSION_TOKEN", "a\nb"), ("AWS_ACCESS_KEY_ID", "bad/key"), ("AWS_REGION", "bad region")]
    {
        for arguments in [&["doctor"][..], &["chat", "hi"]] {
            let mut command = with_credentials(arguments);
            command.env(variable, value);
            let ran = run(command, "");
            assert_eq!(ran.code, 5, "{variable} {arguments:?}: {ran:?}");
        }
    }
}

#[test]
fn what_is_no_text_is_a_wrong_input() {
    for arguments in [&["converse", "--offline", "-m", "m.x", "--messages", "-"][..], &["chat", "--offline"]]
    {
        let ran = run(bare(arguments), b"\xff");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("standard input cannot be read"), "{}", ran.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_endless_input_is_refused() {
    use std::process::Stdio;
    let zero = || Stdio::from(std::fs::File::open("/dev/zero").unwrap());
    for (value, name) in [("file:///dev/zero", "--messages: /dev/zero"), ("-", "standard input")] {
        let mut command = bare(&["converse", "--offline", "-m", "m.x", "--messages", value]);
        let output = command.stdin(zero()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), err.contains(&format!("error: {name} is longer than "))),
            (Some(2), true),
            "{err}"
        );
    }
    for directory in ["--messages=file:///", "--cli-input-json=file:///"] {
        let ran = run(bare(&["converse", "--offline", "-m", "m.x", directory]), "");
        assert_eq!((ran.code, ran.err.contains(": / cannot be read: ")), (2, true), "{ran:?}");
    }
}

#[test]
fn an_error_in_a_request_is_shown_where_it_stands() {
    let request = "{\"modelId\": \"m.x\",\n \"messages\": [{\"role\": \"user\",\n  \"content\": [{\"image\":\n   {\"format\": \"png\"}}]}]}";
    let ran = run(bare(&["converse", "--offline", "--cli-input-json", "-"]), request);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("messages[0].content[0].image.source is missing"), "{}", ran.err);
}

/// Hints are about what the command line has.
#[test]
fn hints_name_no_code() {
    let twice = crate::program::fixtures().join("../eventstream/invalid/duplicate-header");
    let ran = run(bare(&["events", twice.to_str().unwrap()]), "");
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.err.contains("\nhint: `barerock frames` has options") && !ran.err.contains("Limits::"),
        "{}",
        ran.err
    );
}

/// Standard error that nobody reads, or that cannot be written, changes nothing.
#[test]
#[cfg(target_os = "linux")]
fn whoever_cannot_be_told_is_not() {
    use std::process::Stdio;
    let full = || Stdio::from(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let broken = crate::program::fixtures().join("error-stream-truncated");
    let broken = broken.to_str().unwrap();
    for (arguments, code) in
        [(&["chat", "--offline", "hi"][..], 0), (&["events", broken], 4), (&["frames", broken], 4)]
    {
        let output = bare(arguments).stdin(Stdio::null()).stderr(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
}
