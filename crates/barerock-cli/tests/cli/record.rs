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
            let files = ["request.json", "response.json", "response.body"];
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
