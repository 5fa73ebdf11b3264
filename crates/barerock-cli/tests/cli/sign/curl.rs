//! The curl lines, run.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::guarded;
use crate::program::{SECRET, Server, TOKEN, fixtures, run, run_with_token};

/// A shell with a search path and the credentials in its environment, and nothing else.
fn shell(line: &str, secret: &str) -> Command {
    let mut command = Command::new("sh");
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args(["-c", line]).env_clear().env("PATH", path);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_SESSION_TOKEN", TOKEN);
    command
}

fn is_installed() -> bool {
    let status = shell("curl --version", SECRET).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_installed = status.is_ok_and(|status| status.success());
    if !is_installed {
        println!("curl lines: skipped, curl is not installed");
    }
    is_installed
}

/// The path and the body of a fixture's request.
fn fixture(name: &str) -> (String, String) {
    let file = std::fs::File::open(fixtures().join(name).join("request.json")).unwrap();
    let request: Value = serde_json::from_reader(file).unwrap();
    let (_, path) = request["uri"].as_str().unwrap().split_once("amazonaws.com").unwrap();
    (path.to_owned(), request["body"].as_str().unwrap().to_owned())
}

/// Status and body of what curl gets.
fn send(line: &str, secret: &str) -> (String, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body");
    let quiet = format!("curl -s -w '%{{http_code}}' -o '{}' ", body.display());
    let ran = run_with_token(shell(&line.replacen("curl ", &quiet, 1), secret), "");
    assert_eq!((ran.code, &*ran.err), (0, ""), "{line}: {ran:?}");
    (ran.out, std::fs::read(body).unwrap())
}

#[test]
fn curl_sends_what_was_signed() {
    if !is_installed() {
        return;
    }
    let server = Server::start(&["--match", "exact"]);
    let host = server.url.strip_prefix("http://").unwrap();
    for (name, form, curl_signs) in [
        ("tutorial-converse", &[][..], true),
        ("tutorial-converse-llama", &[], false),
        ("tutorial-converse-llama", &["--query"], false),
        ("unusual-unicode", &["--sign-body"], false),
    ] {
        let (path, body) = fixture(name);
        let raw = format!("POST {path} HTTP/1.1\nHost: {host}\nContent-Type: application/json\n\n{body}");
        let arguments = [&["--request", "-", "--show", "curl"], form].concat();
        let ran = run_with_token(guarded(&arguments), &raw);
        assert_eq!(ran.code, 0, "{ran:?}");
        let warns = path.contains("%3A") && form != ["--query"];
        assert_eq!(ran.err.contains("before 8.9.0 signs a path with `:` wrongly"), warns, "{}", ran.err);
        assert!(warns || ran.err.is_empty(), "{}", ran.err);
        assert_eq!(ran.out.contains("--aws-sigv4"), curl_signs, "{}", ran.out);
        // The token is where it must be, and nowhere else.
        assert_eq!(ran.out.contains(TOKEN), form == ["--query"], "{}", ran.out);

        let (status, answer) = send(&ran.out, SECRET);
        let recorded = std::fs::read(fixtures().join(name).join("response.body")).unwrap();
        assert_eq!(status, "200", "{name} {form:?}: {}", String::from_utf8_lossy(&answer));
        assert!(answer == recorded, "{name} {form:?}");
        if curl_signs {
            assert_eq!(send(&ran.out, "another").0, "403", "the server checks signatures");
        }
    }
}

#[test]
fn the_scheme_is_the_targets_or_fits_the_host() {
    for (target, host, url) in [
        (
            "/a",
            "bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com/a",
        ),
        ("/a", "localhost:8080", "http://localhost:8080/a"),
        ("/a", "[::1]:80", "'http://[::1]:80/a'"),
        ("https://127.0.0.1/a", "127.0.0.1", "https://127.0.0.1/a"),
        ("http://example.com/a", "example.com", "http://example.com/a"),
    ] {
        let raw = format!("GET {target} HTTP/1.1\nHost: {host}\n\n");
        let ran = run(guarded(&["--request", "-", "--show", "curl"]), &raw);
        assert!(ran.out.ends_with(&format!(" {url}")), "{target} {host}: {}", ran.out);
    }
}
