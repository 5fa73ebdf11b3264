//! Programs that a signal ends while they write: nothing is left that is half written.

use core::time::Duration;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::program::{Server, bare, fixtures, signal, with_credentials};
use crate::streams::event;
use crate::terminal::is_ignored;

const MESSAGES: &str =
    r#"[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]"#;
const MODEL: &str = "us.anthropic.claude-sonnet-4-6";

fn names(folder: &Path) -> Vec<String> {
    folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Waits until something is half written in a folder.
fn wait_for_partial(folder: &Path, child: &mut Child) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !names(folder).iter().any(|name| name.ends_with(".partial")) {
        assert!(Instant::now() < limit && child.try_wait().unwrap().is_none(), "{:?}", names(folder));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Starts a program, ends it by a signal once it writes into the folder, and returns its exit code.
fn stop(command: &mut Command, folder: &Path, name: &str, input: &[u8]) -> Option<i32> {
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Standard input stays open.
    let mut stdin = child.stdin.take();
    stdin.iter_mut().for_each(|stdin| stdin.write_all(input).unwrap());
    wait_for_partial(folder, &mut child);
    signal(&child, name);
    child.wait().unwrap().code()
}

#[test]
fn nothing_is_left_of_a_recording_that_a_signal_ended() {
    let server = Server::over(&fixtures(), &["--chunk", "50", "--pace", "100ms"]);
    let question = r#"{"recordId":"1","modelInput":{"messages":[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]}}"#;
    let input = tempfile::tempdir().unwrap();
    let batch = input.path().join("in.jsonl");
    std::fs::write(&batch, question).unwrap();
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        // Ctrl-C ends it even so.
        if name != "INT" && is_ignored(code - 128) {
            continue;
        }
        for target in ["", "calls.har"] {
            for command in [
                vec!["converse-stream", "--messages", MESSAGES],
                vec!["chat", "What are the tradeoffs between REST and GraphQL?"],
                vec!["batch", batch.to_str().unwrap(), "-o"],
            ] {
                let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
                let record = folder.path().join(target);
                let out = out.path().join("out.jsonl");
                let mut program = with_credentials(&command);
                if command[0] == "batch" {
                    // Its responses are recorded when they are whole: only the archive is open before.
                    if target.is_empty() {
                        continue;
                    }
                    program.arg(&out);
                }
                program.args(["-m", MODEL, "--endpoint-url", &server.url, "--record"]).arg(&record);
                let ended = stop(&mut program, folder.path(), name, b"");
                assert_eq!(ended, Some(code), "{command:?}");
                let mut left = names(folder.path());
                if command[0] == "batch" {
                    // It lets the records that are under way end, and keeps them.
                    left.retain(|name| name != target);
                }
                assert_eq!(left, [""; 0], "{command:?} {name} {target}");
            }
        }
    }
}

/// What was whole before the signal is kept.
#[test]
fn an_archive_keeps_the_exchanges_that_had_ended() {
    let server = Server::over(&fixtures(), &["--fault", "throttle@1", "--chunk", "50", "--pace", "100ms"]);
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("calls.har");
    let mut command = with_credentials(&["converse-stream", "--messages", MESSAGES, "-m", MODEL]);
    command.args(["--endpoint-url", &server.url, "--record"]).arg(&archive);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The first event of the second attempt.
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0; 10]).unwrap();
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(names(folder.path()), ["calls.har"]);
    let archive = barerock_test_data::json(&archive);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["response"]["status"], 429);
}

#[test]
fn nothing_is_left_of_a_page_that_a_signal_ended() {
    for command in ["frames", "events"] {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.html");
        let mut program = bare(&[command, "--html", page.to_str().unwrap()]);
        let input = event("messageStart", r#"{"role":"assistant"}"#);
        assert_eq!(stop(&mut program, folder.path(), "TERM", &input), Some(143), "{command}");
        assert_eq!(names(folder.path()), [""; 0], "{command}");
    }
}

/// A proxy lets exchanges end, for some seconds; what did not end then is not half there.
#[test]
fn nothing_is_half_written_by_a_proxy_that_a_signal_ended() {
    let server = Server::over(&fixtures(), &["--chunk", "50", "--pace", "400ms"]);
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().to_str().unwrap();
    let mut proxy = crate::proxy::Proxy::start(&mut with_credentials(&[
        "proxy",
        "--endpoint-url",
        &server.url,
        "--record",
        record,
    ]));
    let mut caller = with_credentials(&["converse-stream", "--messages", MESSAGES, "-m", MODEL]);
    caller.args(["--endpoint-url", &proxy.url]);
    let mut caller = caller.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for_partial(folder.path(), &mut proxy.child);
    signal(&proxy.child, "INT");
    assert_eq!(proxy.child.wait().unwrap().code(), Some(0));
    caller.wait().unwrap();
    let partial: Vec<String> =
        names(folder.path()).into_iter().filter(|name| name.ends_with(".partial")).collect();
    assert_eq!(partial, [""; 0]);
}
