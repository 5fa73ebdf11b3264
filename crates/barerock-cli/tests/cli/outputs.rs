//! Standard output that cannot be written, for every command; files and threads that cannot be had.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{bare, fixtures, with_credentials};

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
const MESSAGES: &str = r#"[{"role":"user","content":[{"text":"hi"}]}]"#;

/// Every command with something to print, by its arguments.
fn commands(folder: &Path) -> Vec<Vec<String>> {
    let stream = fixtures().join("chat-stream");
    let stream = stream.to_str().unwrap();
    let other = fixtures().join("chat");
    let request = folder.join("request.txt");
    fs::write(&request, "GET / HTTP/1.1\nHost: example.amazonaws.com\n\n").unwrap();
    let records = folder.join("in.jsonl");
    fs::write(&records, "").unwrap();
    let calls: &[&[&str]] = &[
        &["converse", "--messages", MESSAGES],
        &["converse-stream", "--messages", MESSAGES],
        &["converse-stream", "--messages", MESSAGES, "--output", "text"],
        &["converse-stream", "--messages", MESSAGES, "--output", "message"],
        &["converse-stream", "--messages", MESSAGES, "--output", "frames"],
        &[
            "count-tokens",
            "--input",
            r#"{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}"#,
        ],
    ];
    let calls = calls.iter().map(|call| [call, &["--offline", "-m", MODEL][..]].concat());
    let others: &[&[&str]] = &[
        &["--help"],
        &["--version"],
        &["help", "frames"],
        &["chat", "--help"],
        &["chat", "--offline", "hi"],
        &["converse", "--generate-cli-skeleton"],
        &["frames", stream],
        &["frames", "--output", "hex", stream],
        &["frames", "--output", "json", stream],
        &["events", stream],
        &["events", "--output", "text", stream],
        &["diff", stream, other.to_str().unwrap()],
        &["diff", "--output", "json", stream, stream],
        &["sign", "--request", request.to_str().unwrap(), "--service", "service"],
        &["models"],
        &["models", "--output", "json"],
        &["doctor"],
        &["completions", "bash"],
        &["replay"],
        &["proxy", "--offline"],
    ];
    let others = others.iter().map(|arguments| arguments.to_vec());
    calls.chain(others).map(|arguments| arguments.into_iter().map(str::to_owned).collect()).collect()
}

fn command(arguments: &[String]) -> Command {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = with_credentials(&arguments);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error_of_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands(folder.path()) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(&arguments).stdout(full).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {err}");
        assert!(err.contains("standard output") && !err.contains("panicked"), "{arguments:?}: {err}");
    }
}

/// The reader has gone. A standard output that was closed before the program began cannot be told from `/dev/null`, which
/// the standard library opens in its place.
#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_an_error_of_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands(folder.path()) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(&arguments).stdout(writer).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {err}");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    }
}

/// Runs a command where a shell has set limits.
fn limited(limit: &str, arguments: &[String], wrapper: &[&str]) -> (Option<i32>, String) {
    let script = format!(r#"{limit}; exec "$@""#);
    let words = [wrapper, &["sh", "-c", &script, "sh"]].concat();
    let mut limited = Command::new(words[0]);
    limited
        .args(&words[1..])
        .arg(env!("CARGO_BIN_EXE_barerock"))
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    let credentials = with_credentials(&[]);
    limited.envs(credentials.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The servers would go on for ever where they can be started.
fn ends(arguments: &[String]) -> bool {
    !["replay", "proxy"].contains(&&*arguments[0])
}

#[cfg(target_os = "linux")]
#[test]
fn six_files_are_enough_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands(folder.path()).iter().filter(|arguments| ends(arguments)) {
        for limit in ["ulimit -n 6", "ulimit -n 10"] {
            let (code, err) = limited(limit, arguments, &[]);
            assert!(code.is_some_and(|code| code < 7), "{limit} {arguments:?}: {code:?} {err}");
            assert!(!err.contains("panicked"), "{limit} {arguments:?}: {err}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_thread_is_an_error_and_no_panic() {
    // The limit counts the processes of a user, and does not hold for root.
    let wrapper = ["setpriv", "--reuid=65533", "--clear-groups"];
    let can_lower = Command::new(wrapper[0]).args(&wrapper[1..]).arg("true").stderr(Stdio::null()).status();
    let folder = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), open).unwrap();
    let program = folder.path().join("barerock");
    fs::copy(env!("CARGO_BIN_EXE_barerock"), &program).unwrap();
    let runs = can_lower.is_ok_and(|status| status.success())
        && Command::new(wrapper[0])
            .args(&wrapper[1..])
            .arg(&program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !runs {
        println!("no_thread_is_an_error_and_no_panic: not run: no other user to be");
        return;
    }
    for arguments in commands(folder.path()).iter().filter(|arguments| ends(arguments)) {
        let script = r#"ulimit -u 1; exec "$@""#;
        let mut limited = Command::new(wrapper[0]);
        limited.args(&wrapper[1..]).args(["sh", "-c", script, "sh"]).arg(&program).args(arguments);
        let credentials = with_credentials(&[]);
        limited.env_clear().env("PATH", "/usr/bin:/bin");
        limited.envs(credentials.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = limited.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code().is_some_and(|code| code < 7),
            "{arguments:?}: {:?} {err}",
            output.status
        );
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_fifo_without_a_writer_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let path = fifo.to_str().unwrap();
    let value = format!("file://{path}");
    let arguments: [&[&str]; 3] = [
        &["frames", path],
        &["converse", "--offline", "-m", MODEL, "--messages", &value],
        &["chat", "--offline", "hi", "--image", path],
    ];
    let children: Vec<_> = arguments
        .iter()
        .map(|arguments| {
            let mut command = bare(arguments);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (child, arguments) in children.into_iter().zip(arguments) {
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(
            err.contains("a FIFO without a writer for 10s") && err.contains(path),
            "{arguments:?}: {err}"
        );
    }
    // With a writer it is a file like any other.
    let child = bare(&["frames", path]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    fs::write(&fifo, fs::read(fixtures().join("chat-stream/response.body")).unwrap()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

/// A live stream that breaks and then says nothing.
#[cfg(unix)]
#[test]
fn a_silent_pipe_after_a_fault_is_not_waited_for() {
    use std::io::Write as _;
    let mut child = bare(&["frames"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"this is no event stream, but long enough for a prelude").unwrap();
    // The pipe stays open.
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("not-an-event-stream"), "{output:?}");
}
