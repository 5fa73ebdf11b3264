//! `barerock proxy`: calls passed on to a replay, and recorded.

use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use barerock_test_data::json;

use crate::program::{SECRET, Server, TOKEN, bare, run, signal, with_credentials};

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
const MESSAGES: &str =
    r#"[{"role":"user","content":[{"text":"What are the tradeoffs between REST and GraphQL?"}]}]"#;
/// What callers of the proxy sign with, which the service behind it must not see.
const CALLERS_SECRET: &str = "CALLERS-secret-key";
const CALLERS_TOKEN: &str = "CALLERS-session-token-of-a-length";

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Proxy {
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url =
            first.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("{first:?}")).to_owned();
        Self { child, url }
    }

    /// In front of this endpoint, with credentials that it accepts.
    fn before(endpoint: &str, record: &Path) -> Self {
        let record = record.to_str().unwrap();
        Self::start(&mut with_credentials(&["proxy", "--endpoint-url", endpoint, "--record", record]))
    }

    /// Stops it, and returns what it printed on standard error.
    fn stop(mut self) -> String {
        signal(&self.child, "TERM");
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{err}");
        for secret in [SECRET, TOKEN, CALLERS_SECRET, CALLERS_TOKEN] {
            assert!(!err.contains(secret), "{secret} in {err}");
        }
        err
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A call by credentials that nobody knows.
fn call(command: &str, url: &str) -> Command {
    let mut command = bare(&[command, "--endpoint-url", url, "-m", MODEL, "--messages", MESSAGES]);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDCALLER")
        .env("AWS_SECRET_ACCESS_KEY", CALLERS_SECRET)
        .env("AWS_SESSION_TOKEN", CALLERS_TOKEN)
        .env("AWS_REGION", "eu-north-1");
    command
}

/// The folders of the recordings, in their order, once there are this many.
fn recordings(folder: &Path, count: usize) -> Vec<PathBuf> {
    let begun = Instant::now();
    loop {
        let mut folders: Vec<PathBuf> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        if folders.len() == count && folders.iter().all(|path| path.extension().is_none()) {
            return folders;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{folders:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn everything(folder: &Path) -> String {
    let files = ["request.json", "response.json", "response.body", "response.chunks.json"];
    files
        .map(|file| String::from_utf8_lossy(&std::fs::read(folder.join(file)).unwrap()).into_owned())
        .concat()
}

#[test]
fn calls_are_signed_anew_passed_on_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    // It checks signatures.
    let server = Server::start(&["--match", "exact"]);
    assert_eq!(
        run(call("converse", &server.url), "").code,
        3,
        "the caller's key is refused without the proxy"
    );
    let proxy = Proxy::before(&server.url, folder.path());
    for command in ["converse", "converse-stream"] {
        let direct =
            with_credentials(&[command, "--endpoint-url", &server.url, "-m", MODEL, "--messages", MESSAGES]);
        let (direct, ran) = (run(direct, ""), run(call(command, &proxy.url), ""));
        assert_eq!((ran.code, &ran.out), (0, &direct.out), "{ran:?}");
    }
    let folders = recordings(folder.path(), 2);
    for (folder, command) in folders.iter().zip(["converse", "converse-stream"]) {
        assert!(folder.to_str().unwrap().ends_with(&format!("-proxy-{command}")), "{folder:?}");
        let text = everything(folder);
        for secret in [SECRET, TOKEN, CALLERS_SECRET, CALLERS_TOKEN, "Signature="] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let uri = json(&folder.join("request.json"))["uri"].as_str().unwrap().to_owned();
        assert!(uri.starts_with(&server.url) && uri.ends_with(&format!("/{command}")), "{uri}");
        let timing = json(&folder.join("response.chunks.json"));
        assert!(
            timing["end"].is_u64() && timing["connect"].is_u64() || command == "converse-stream",
            "{timing}"
        );
    }
    let again = Server::over(folder.path(), &["--match", "exact"]);
    let replayed =
        with_credentials(&["converse", "--endpoint-url", &again.url, "-m", MODEL, "--messages", MESSAGES]);
    assert_eq!(run(replayed, "").code, 0);
    let err = proxy.stop();
    for words in
        ["AKIDEXAMPLE", "credentials of callers are dropped; none is stored or recorded", "converse -> 200"]
    {
        assert!(err.contains(words), "{words}: {err}");
    }
}

#[test]
fn the_first_byte_is_through_before_the_last_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "any", "--pace", "40ms"]);
    let proxy = Proxy::before(&server.url, folder.path());
    let mut child =
        call("converse-stream", &proxy.url).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("messageStart"));
    let first = Instant::now();
    let others = lines.count();
    assert!(child.wait().unwrap().success() && others > 20);
    // The rest is not there yet when the first event is: 20 events are 800 ms.
    assert!(first.elapsed() > Duration::from_millis(400), "{:?} for {others}", first.elapsed());
    let timing = json(&recordings(folder.path(), 1)[0].join("response.chunks.json"));
    assert!(timing["chunks"].as_array().unwrap().len() > 20, "{timing}");
}

#[test]
fn a_caller_that_leaves_ends_the_call_and_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "any", "--fault", "stall-after=900"]);
    let proxy = Proxy::before(&server.url, folder.path());
    let mut child =
        call("converse-stream", &proxy.url).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let recording = recordings(folder.path(), 1).remove(0);
    // As far as it came when the caller left: its first event, and at most what was sent.
    let length = std::fs::metadata(recording.join("response.body")).unwrap().len();
    assert!((100..=900).contains(&length), "{length}");
    assert!(json(&recording.join("response.chunks.json"))["end"].is_null());
}

#[test]
fn offline_it_answers_from_fixtures() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("calls.har");
    let proxy = Proxy::start(&mut bare(&["proxy", "--offline", "--record", archive.to_str().unwrap()]));
    let ran = run(call("converse-stream", &proxy.url), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let err = proxy.stop();
    assert!(err.contains("no model is called"), "{err}");
    let text = std::fs::read_to_string(&archive).unwrap();
    assert!(
        text.contains("_barerock") && !text.contains(CALLERS_TOKEN) && !text.contains("Signature="),
        "{text}"
    );
    let ran = run(bare(&["frames", archive.to_str().unwrap()]), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn what_cannot_be_passed_on_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = Proxy::before(&format!("http://{address}"), folder.path());
    let mut command = call("converse", &proxy.url);
    command.env("AWS_MAX_ATTEMPTS", "1");
    let ran = run(command, "");
    assert_eq!((ran.code, ran.err.contains("barerock proxy: ")), (3, true), "{ran:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let address = proxy.url.strip_prefix("http://").unwrap();
    for headers in
        ["host: rebound.example".to_owned(), format!("host: {address}\r\norigin: https://evil.example")]
    {
        let mut connection = TcpStream::connect(address).unwrap();
        write!(connection, "GET / HTTP/1.1\r\n{headers}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    for (arguments, code, says) in [
        (&["proxy", "--listen", "0.0.0.0:0", "--offline"][..], 2, "not a loopback address"),
        (&["proxy", "--endpoint-url", "http://bedrock.example"], 2, "over plain HTTP"),
        (&["proxy", "--offline", "--region", "eu-north-1"], 2, "cannot be used with"),
        (&["proxy", "--fixtures", "x"], 2, "--offline"),
    ] {
        let ran = run(with_credentials(arguments), "");
        assert_eq!((ran.code, ran.err.contains(says)), (code, true), "{arguments:?}: {ran:?}");
    }
    let ran = run(bare(&["proxy", "--region", "us-east-1"]), "");
    assert_eq!((ran.code, &*ran.out), (5, ""), "{ran:?}");
}

/// boto3 as its users call it, with the proxy as its endpoint.
const BOTO3: &str = r#"
import boto3, sys
client = boto3.client("bedrock-runtime", region_name="eu-north-1", endpoint_url=sys.argv[1])
messages = [{"role": "user", "content": [{"text": "What are the tradeoffs between REST and GraphQL?"}]}]
whole = client.converse(modelId="us.anthropic.claude-sonnet-4-6", messages=messages)
text = whole["output"]["message"]["content"][0]["text"]
stream = client.converse_stream(modelId="us.anthropic.claude-sonnet-4-6", messages=messages)
events = [event for event in stream["stream"]]
print(len(text), len(events), "".join(e["contentBlockDelta"]["delta"].get("text", "") for e in events if "contentBlockDelta" in e) != "")
"#;

#[test]
fn boto3_through_the_proxy_to_the_replay() {
    let has_boto3 = Command::new("python3").args(["-c", "import boto3"]).stderr(Stdio::null()).status();
    if !has_boto3.is_ok_and(|status| status.success()) {
        println!("boto3_through_the_proxy_to_the_replay: not run: there is no python3 with boto3");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--match", "exact"]);
    let proxy = Proxy::before(&server.url, folder.path());
    let output = Command::new("python3")
        .args(["-c", BOTO3, &proxy.url])
        .env("AWS_ACCESS_KEY_ID", "AKIDCALLER")
        .env("AWS_SECRET_ACCESS_KEY", CALLERS_SECRET)
        .env("AWS_SESSION_TOKEN", CALLERS_TOKEN)
        .env_remove("AWS_BEARER_TOKEN_BEDROCK")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.trim_end().ends_with("True"), "{out}{err}");
    for folder in recordings(folder.path(), 2) {
        let text = everything(&folder);
        assert!(text.contains("Boto3/") || text.contains("Botocore/"), "{text}");
        for secret in [SECRET, TOKEN, CALLERS_SECRET, CALLERS_TOKEN, "Signature="] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    proxy.stop();
    println!("boto3: {}", out.trim_end());
}
