//! Batches that are stopped: by a kill, a signal, a full disk, an output nobody reads, an error of all records.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
#[cfg(unix)]
use std::net::TcpListener;

use super::*;
#[cfg(unix)]
use crate::program::signal;
use crate::terminal::{shown_until, terminal};

/// Killed with no time to clean up, at several moments; the last run completes what is left.
#[test]
#[cfg(unix)]
fn a_killed_batch_goes_on() {
    const COUNT: usize = 300;
    let batch = Batch::of(COUNT);
    let server = server(&["--fault", "slow=1ms"]);
    let length = || fs::metadata(batch.output()).map_or(0, |file| file.len());
    let mut lines = 0;
    for round in 0..6 {
        let mut command = batch.command(&server, &["--concurrency", "7"]);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let enough = length() + 1 + round * 9_973;
        while length() < enough && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if round % 2 == 1 {
            // What a kill in the middle of a write leaves.
            let text = fs::read(batch.output()).unwrap();
            fs::write(batch.output(), &text[..text.len() - 5]).unwrap();
        }
        let text = fs::read_to_string(batch.output()).unwrap();
        let whole = text.matches('\n').count();
        assert!(whole > 0 && whole + 1 >= lines, "{whole} of {lines}");
        lines = whole;
    }
    let ran = batch.run(&server, &["--concurrency", "50"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains("the last record is incomplete; it was cut off and is sent again"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains(" in ") && !ran.err.contains(&format!("{COUNT} answered")), "{}", ran.err);
    let records = batch.records();
    assert_eq!(records.len(), COUNT);
    assert!(records.values().all(|record| record["modelOutput"].is_object()));
}

#[test]
fn what_all_records_would_share_stops_the_batch() {
    let batch = Batch::of(3);
    let server = server(&["--fault", "status=403:ExpiredTokenException"]);
    let ran = batch.run(&server, &[]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("error: ExpiredTokenException"), "{}", ran.err);
    assert!(ran.err.contains("note: the same command continues the batch"), "{}", ran.err);
    let url = server.url.clone();
    drop(server);
    let (input, output) = (batch.input(), batch.output());
    let arguments = ["batch", input.to_str().unwrap(), "-o", output.to_str().unwrap()];
    for (more, code, words) in [
        (&["-m", MODEL, "--endpoint-url", &url][..], 6, "error: "),
        (&["--offline"], 2, "error: line 1: no model: name one with --model-id"),
    ] {
        let all = [&arguments, more].concat();
        let mut command = if code == 2 { bare(&all) } else { with_credentials(&all) };
        command.env("AWS_MAX_ATTEMPTS", "1");
        let ran = run(command, "");
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    let ran = run(bare(&[&arguments, &["-m", MODEL, "--region", "us-east-1"][..]].concat()), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(batch.records().is_empty(), "no record has an error that is not its own");
}

/// A disk that is full leaves whole lines, and the batch goes on once there is room.
#[test]
#[cfg(unix)]
fn a_full_disk_leaves_whole_lines() {
    let batch = Batch::of(40);
    let server = server(&[]);
    let limited = |blocks: u32| {
        let command = batch.command(&server, &[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -f {blocks}; exec \"$@\""), "sh"]);
        shell.arg(command.get_program()).args(command.get_args()).env_clear();
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        run(shell, "")
    };
    let ran = limited(16);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("out.jsonl cannot be written") && ran.err.contains("too large"), "{}", ran.err);
    let before = batch.records().len();
    assert!(before > 0 && before < 40, "{before}");
    assert_eq!(batch.run(&server, &[]).code, 0);
    assert_eq!(batch.records().len(), 40);
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_nobody_reads_ends_the_batch() {
    let batch = Batch::of(40);
    let server = server(&[]);
    let to = |output: &str| {
        let input = batch.input();
        with_credentials(&[
            "batch",
            input.to_str().unwrap(),
            "-o",
            output,
            "-m",
            MODEL,
            "--endpoint-url",
            &server.url,
        ])
    };
    let mut command = to("-");
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("error: "), "{output:?}");
    let ran = run(to("/dev/full"), "");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("/dev/full cannot be written"), "{}", ran.err);
}

/// Ctrl-C waits for the open requests and keeps them; a second one does not wait.
#[test]
#[cfg(unix)]
fn ctrl_c_keeps_what_is_whole() {
    const OPEN: usize = 4;
    const BODY: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn",
        "usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":1}}"#;
    for answers in [true, false] {
        let batch = Batch::of(40);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (input, output) = (batch.input(), batch.output());
        let mut command = with_credentials(&[
            "batch",
            input.to_str().unwrap(),
            "-o",
            output.to_str().unwrap(),
            "-m",
            MODEL,
            "--endpoint-url",
            &url,
            "--concurrency",
            &OPEN.to_string(),
        ]);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let connections: Vec<_> = (0..OPEN).map(|_| listener.accept().unwrap().0).collect();
        signal(&child, "INT");
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "waiting for 4 open requests; Ctrl-C again abandons them\n");
        if answers {
            for mut connection in connections {
                // The whole request is in one buffer.
                assert!(connection.read(&mut [0; 16384]).unwrap() > 0);
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close", BODY.len());
                write!(connection, "{head}\r\n\r\n{BODY}").unwrap();
            }
        } else {
            signal(&child, "INT");
        }
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("the same command continues the batch"), "{rest}");
        assert_eq!(batch.records().len(), if answers { OPEN } else { 0 }, "{rest}");
    }
}

/// A bar on a terminal, which is gone at the end; none where it could not be drawn.
#[test]
#[cfg(unix)]
fn a_terminal_shows_the_progress() {
    for (term, has_bar) in [(Some("xterm"), true), (Some("dumb"), false), (None, false)] {
        let batch = Batch::of(8);
        let server = server(&["--fault", "stall=100ms"]);
        let (mut person, program) = terminal();
        let mut command = batch.command(&server, &["--concurrency", "1"]);
        command.envs(term.map(|term| ("TERM", term)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(program);
        let child = command.spawn().unwrap();
        drop(command);
        let output = child.wait_with_output().unwrap();
        let shown = shown_until(&mut person, "the end");
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b""[..]), "{shown}");
        assert_eq!(shown.contains("[###"), has_bar, "{shown:?}");
        assert_eq!(shown.contains('\u{1b}'), has_bar, "{shown:?}");
        assert!(shown.contains("8 answered, 0 errors · tokens: "), "{shown:?}");
        if has_bar {
            assert!(shown.contains("1 open · ") && shown.contains(" left"), "{shown:?}");
            assert!(shown.contains("\r\u{1b}[K8 answered"), "{shown:?}");
        }
    }
}
