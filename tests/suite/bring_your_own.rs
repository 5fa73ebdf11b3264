//! Tests of the bring-your-own-HTTP examples against a server.

use std::io::BufReader;
use std::net::TcpStream;

use barerock_replay::{Fixtures, MatchMode, ReplayBuilder, ReplayServer, Tls, Verify};
use barerock_sigv4::{Credentials, Timestamp};
use barerock_tests::fixtures;

#[path = "../../examples/std_net.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod std_net;
#[path = "../../crates/barerock-converse/examples/stdio.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
#[expect(
    clippy::duplicate_mod,
    reason = "each example is a program of its own, and brings what the two share"
)]
mod stdio;

const MODEL: &str = "us.anthropic.claude-sonnet-4-6";
const QUESTION: &str = "What are the tradeoffs between REST and GraphQL?";
const KEY: (&str, &str) = ("AKIDEXAMPLE", "SQUIRREL");

/// Starts a server on another thread, for blocking clients.
fn serve(set_up: impl FnOnce(ReplayBuilder) -> ReplayBuilder) -> (tokio::runtime::Runtime, ReplayServer) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let replay = ReplayServer::builder()
        .fixtures(Fixtures::load(fixtures::folder()).unwrap())
        .match_mode(MatchMode::Exact)
        .verify(Verify::for_region("us-east-1").with_credentials(Credentials::new(KEY.0, KEY.1, None)));
    let replay = runtime.block_on(set_up(replay).bind("127.0.0.1:0")).unwrap();
    (runtime, replay)
}

/// Returns the environment of a run.
fn variable<'v>(url: &'v str, more: &'v [(&str, &str)]) -> impl Fn(&'static str) -> Option<String> + 'v {
    let own = [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", KEY.0), ("AWS_SECRET_ACCESS_KEY", KEY.1)];
    move |name| {
        let mut all = own.iter().copied().chain([("AWS_ENDPOINT_URL", url)]).chain(more.iter().copied());
        all.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }
}

fn ask(url: &str, more: &[(&str, &str)]) -> (Result<(), String>, String) {
    let mut text = Vec::new();
    let result = std_net::ask(MODEL, QUESTION, &variable(url, more), &mut text);
    (result, String::from_utf8(text).unwrap())
}

#[test]
fn std_net_streams() {
    for chunk in ["frames", "whole", "1", "7"] {
        let (_runtime, replay) = serve(|replay| replay.chunking(chunk.parse().unwrap()));
        let (result, text) = ask(&replay.url(), &[]);
        assert_eq!(result, Ok(()));
        assert!(text.contains("GraphQL"), "{text}");
    }
}

#[test]
fn std_net_trusts_whom_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    let tls = Tls::generate().unwrap();
    std::fs::write(&bundle, tls.ca_pem()).unwrap();
    let (_runtime, replay) = serve(|replay| replay.tls(tls));
    let (result, text) = ask(&replay.url(), &[("AWS_CA_BUNDLE", bundle.to_str().unwrap())]);
    assert_eq!(result, Ok(()));
    assert!(text.contains("GraphQL"), "{text}");
    let (result, text) = ask(&replay.url(), &[]);
    assert!(result.unwrap_err().contains("UnknownIssuer") && text.is_empty());
}

#[test]
fn std_net_says_what_went_wrong() {
    for (fault, words, some_text) in [
        ("throttle", "ThrottlingException", false),
        ("html", "502", false),
        ("close-after=700", "closed before the response was complete", true),
        ("truncate=700", "the stream was cut off", true),
        ("reset-after=700", "reset", true),
        ("exception=modelStreamErrorException:6", "ModelStreamErrorException", true),
    ] {
        let (_runtime, replay) = serve(|replay| replay.faults([fault.parse().unwrap()]));
        let (result, text) = ask(&replay.url(), &[]);
        let error = result.unwrap_err();
        assert!(error.contains(words), "{fault}: {error}");
        assert_eq!(!text.is_empty(), some_text, "{fault}: {error}");
    }
}

/// Runs `stdio` with a socket instead of standard output and input.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test is the network")]
fn a_request_goes_out_and_an_answer_comes_in() {
    let (_runtime, replay) = serve(|replay| replay);
    let url = replay.url();
    let now = Timestamp::try_from(std::time::SystemTime::now()).unwrap();
    let mut socket = TcpStream::connect(replay.local_addr()).unwrap();
    stdio::send(MODEL, QUESTION, now, &variable(&url, &[]), &mut socket).unwrap();
    let mut text = Vec::new();
    stdio::exchange::receive(&mut BufReader::new(socket), &mut text).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("GraphQL"));
    let error = stdio::send(MODEL, QUESTION, now, &|_| None, &mut Vec::new()).unwrap_err();
    assert_eq!(error, "AWS_REGION is not set");
}
