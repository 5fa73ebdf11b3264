//! `--record`: what was kept is served again.

use std::path::Path;

use crate::program::{Ran, SECRET, Server, TOKEN, run, with_credentials};

const MESSAGES: &str =
    r#"[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]"#;

fn call(url: &str, command: &str, folder: Option<&Path>) -> Ran {
    let mut arguments = vec![command, "--endpoint-url", url, "--messages", MESSAGES];
    arguments.extend(["-m", "us.anthropic.claude-sonnet-4-6"]);
    if let Some(folder) = folder {
        arguments.extend(["--record", folder.to_str().unwrap()]);
    }
    run(with_credentials(&arguments), "")
}

/// Everything in the files of the exchanges, by folder.
fn kept(folder: &Path) -> Vec<(String, String)> {
    let mut exchanges: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let files = ["request.json", "response.json", "response.body", "response.chunks.json"];
            let text = files.map(|file| {
                String::from_utf8_lossy(&std::fs::read(path.join(file)).unwrap_or_default()).into_owned()
            });
            (path.file_name().unwrap().to_str().unwrap().to_owned(), text.concat())
        })
        .collect();
    exchanges.sort();
    exchanges
}

/// What got no answer is no fixture, and does not keep the others from being served.
#[test]
fn what_was_not_answered_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "exact"]);
    assert_eq!(call(&server.url, "converse", Some(folder.path())).code, 0);
    assert_eq!(call("http://127.0.0.1:9", "converse", Some(folder.path())).code, 6);
    assert_eq!(kept(folder.path()).len(), 1);
    let again = Server::over(folder.path(), &["--match", "exact"]);
    assert_eq!(call(&again.url, "converse", None).code, 0);
}

/// Attempts and all.
#[test]
fn what_was_recorded_is_served_again() {
    for command in ["converse", "converse-stream"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&["--match", "exact", "--fault", "throttle@1"]);
        let first = call(&server.url, command, Some(folder.path()));
        assert_eq!((first.code, &*first.err), (0, ""), "{first:?}");

        let exchanges = kept(folder.path());
        let [throttled, answered] = &*exchanges else { panic!("{exchanges:?}") };
        assert!(throttled.0.ends_with(&format!("-1-{command}")), "{exchanges:?}");
        assert!(answered.0.ends_with(&format!("-2-{command}")), "{exchanges:?}");
        for (_, text) in &exchanges {
            for secret in [SECRET, TOKEN, "Signature="] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
            assert!(text.contains("**redacted**"), "{text}");
        }

        let again = Server::over(folder.path(), &["--match", "exact"]);
        let second = call(&again.url, command, None);
        assert_eq!((second.code, &second.out), (0, &first.out), "{second:?}");
    }
}

#[test]
fn a_stream_that_breaks_off_is_kept_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "exact", "--fault", "truncate=700"]);
    let first = call(&server.url, "converse-stream", Some(folder.path()));
    assert_eq!(first.code, 4, "{first:?}");
    let again = Server::over(folder.path(), &["--match", "exact"]);
    let second = call(&again.url, "converse-stream", None);
    assert_eq!((second.code, second.out, second.err), (4, first.out, first.err));
}

/// AWS echoes the session token where a signature is wrong.
#[test]
fn an_echoed_token_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "any"]);
    let arguments =
        ["converse", "--endpoint-url", &server.url, "--messages", MESSAGES, "-m", "m", "--record"];
    let mut command = with_credentials(&arguments);
    command.arg(folder.path()).env("AWS_SECRET_ACCESS_KEY", "another-secret");
    assert_eq!(run(command, "").code, 3);
    let exchanges = kept(folder.path());
    let [(_, text)] = &*exchanges else { panic!("{exchanges:?}") };
    assert!(text.contains("The Canonical String") && !text.contains(TOKEN), "{text}");
}

#[test]
fn a_folder_that_cannot_be_made_is_said_before_anything_is_asked() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let server = Server::start(&[]);
    let ran = call(&server.url, "converse", Some(&file.path().join("below")));
    assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: --record: "), "{ran:?}");
}

/// Of what a redaction blanks, only the meaning is gone: the recording is whole.
#[test]
fn prompts_and_accounts_are_not_kept_where_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "any"]);
    let messages = r#"[{"role":"user","content":[{"text":"What does account 210987654321 cost?"}]}]"#;
    let mut command = with_credentials(&["converse-stream", "--endpoint-url", &server.url, "-m", "m"]);
    command.args(["--messages", messages, "--redact", "accounts,text", "--record"]).arg(folder.path());
    assert_eq!(run(command, "").code, 0);
    let exchanges = kept(folder.path());
    let [(name, text)] = &*exchanges else { panic!("{exchanges:?}") };
    assert!(!text.contains("210987654321") && !text.contains("account"), "{text}");
    assert!(text.contains("\"redacted\": true"), "{text}");
    let body = folder.path().join(name);
    let ran = run(crate::program::bare(&["frames", body.to_str().unwrap()]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = run(crate::program::bare(&["converse", "--redact", "text"]), "");
    assert_eq!((ran.code, ran.err.contains("--record")), (2, true), "{ran:?}");
}

#[test]
fn an_archive_holds_every_attempt_and_replaces_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.har");
    let server = Server::start(&["--match", "exact", "--fault", "throttle@1"]);
    let first = call(&server.url, "converse-stream", Some(&path));
    assert_eq!((first.code, &*first.err), (0, ""), "{first:?}");
    let text = std::fs::read_to_string(&path).unwrap();
    for secret in [SECRET, TOKEN, "Signature="] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let archive: serde_json::Value = serde_json::from_str(&text).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    let statuses: Vec<_> =
        entries.iter().map(|entry| entry["response"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [429, 200]);
    assert!(
        entries[1]["_barerock"]["waited"].is_u64() && entries[1]["_barerock"]["attempt"] == 2,
        "{entries:?}"
    );
    let again = Server::over(&path, &["--match", "exact"]);
    let second = call(&again.url, "converse-stream", None);
    assert_eq!((second.code, &second.out), (0, &first.out), "after the attempt that was throttled");

    let second = call(&server.url, "converse-stream", Some(&path));
    assert_eq!((second.code, &*second.out), (2, ""), "{second:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A full disk, by the longest file that a process may write.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_leaves_no_half_recording() {
    let server = Server::start(&["--match", "exact"]);
    for name in ["folder", "calls.har"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let whole = call(&server.url, "converse-stream", None);
        // 8 blocks of 512 or 1,024 bytes hold the heads, and less than the body.
        let mut shell = std::process::Command::new("sh");
        let script = r#"ulimit -f 8; exec "$@""#;
        shell.args(["-c", script, "sh", env!("CARGO_BIN_EXE_barerock"), "converse-stream"]);
        shell.args([
            "--endpoint-url",
            &server.url,
            "--messages",
            MESSAGES,
            "-m",
            "us.anthropic.claude-sonnet-4-6",
        ]);
        shell.arg("--record").arg(&path).env_clear().env("PATH", "/usr/bin:/bin");
        let credentials = with_credentials(&[]);
        shell.envs(credentials.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = run(shell, "");
        assert_eq!((ran.code, &ran.out), (1, &whole.out), "the answer is printed: {ran:?}");
        assert!(ran.err.contains("--record: ") && ran.err.contains("File too large"), "{ran:?}");
        let left: Vec<_> = match path.is_dir() {
            true => std::fs::read_dir(&path).unwrap().collect(),
            false => std::fs::read_dir(folder.path()).unwrap().collect(),
        };
        assert!(left.is_empty(), "{left:?}");
    }
}
