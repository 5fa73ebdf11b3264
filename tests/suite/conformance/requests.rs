//! Tests that transports send and return messages unchanged: no changed headers, no redirects followed, no
//! decompression.

use ::reqwest::redirect::Policy;
use barerock::{ConverseRequest, types::Message};
use barerock::{ErrorKind, RetryPolicy};
use barerock_replay::MatchMode;
use barerock_reqwest::ReqwestTransport;

use super::answers::chain;
use super::over_every_stack;
use super::server::{Bedrock, question};
use super::stacks::{Reqwest, Stack, client};
use super::tap::{Tap, always};

over_every_stack![
    nothing_is_added,
    the_path_stays_as_it_was_signed,
    no_redirect_is_followed,
    nothing_is_unpacked,
    informational_answers_are_skipped,
    an_answer_may_end_with_its_connection,
];

/// A complete response with the text "hi".
pub(super) const JSON: &str = r#"{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}"#;

fn nothing_is_added<S: Stack>() {
    let bedrock = Bedrock::start(&[]);
    let tap = Tap::before(&bedrock.url());
    S::run(async { client(S::transport(), &tap.url()).build().unwrap().converse(&question()).await })
        .unwrap();
    let sent = String::from_utf8(tap.seen()[0].sent.clone()).unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let mut names: Vec<_> =
        head.lines().skip(1).map(|line| line.split(':').next().unwrap().to_ascii_lowercase()).collect();
    names.sort();
    // reqwest always sends `accept: */*`, which Bedrock accepts.
    names.retain(|name| name != "accept");
    let own: Vec<_> =
        names.iter().filter(|name| !name.starts_with("x-amz-") && !name.starts_with("amz-sdk-")).collect();
    assert_eq!(own, ["authorization", "content-length", "content-type", "host", "user-agent"], "{head}");
    assert!(body.starts_with('{') && body.ends_with('}'), "no chunks of HTTP's");
}

fn the_path_stays_as_it_was_signed<S: Stack>() {
    let bedrock = Bedrock::start_with(&[], |replay| replay.match_mode(MatchMode::Any));
    for model in [
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
        "meta.llama3-1-70b-instruct-v1:0",
    ] {
        let request = ConverseRequest::new(model, [Message::user("hi")]);
        S::run(async { S::client(&bedrock).converse(&request).await }).unwrap();
    }
    let paths: Vec<_> = bedrock.requests().into_iter().map(|request| request.path).collect();
    assert!(paths[0].contains("arn%3Aaws%3A") && paths[0].contains("profile%2Fus."), "{paths:?}");
    assert!(paths[1].contains("v1%3A0"), "{paths:?}");
}

fn no_redirect_is_followed<S: Stack>() {
    let elsewhere = always("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: {}/there?x=y\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            elsewhere.url()
        );
        let server = always(answer);
        let errors = S::run(async {
            // A new client each time: the server closes its connections, and a retry would hide an error.
            let client =
                || client(S::transport(), &server.url()).retry(RetryPolicy::standard()).build().unwrap();
            let streamed = client().converse_stream(&question()).await.map(drop);
            [client().converse(&question()).await.unwrap_err(), streamed.unwrap_err()]
        });
        for error in errors {
            let (chain, expected) = (chain(&error), format!("status {} points to", &status[..3]));
            assert_eq!(
                (error.kind(), error.is_retryable(), error.attempts()),
                (ErrorKind::Transport, false, 1)
            );
            assert!(
                chain.contains(&expected) && chain.contains(&format!("{}/there,", elsewhere.url())),
                "{chain}"
            );
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

fn nothing_is_unpacked<S: Stack>() {
    // Claims to be gzip but is JSON: decompression would fail.
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip";
    let server = always(format!("{head}\r\ncontent-length: {}\r\n\r\n{JSON}", JSON.len()));
    let response =
        S::run(async { client(S::transport(), &server.url()).build().unwrap().converse(&question()).await });
    assert_eq!(response.unwrap().text(), "hi");
}

fn informational_answers_are_skipped<S: Stack>() {
    let head = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json";
    let server = always(format!("{head}\r\ncontent-length: {}\r\n\r\n{JSON}", JSON.len()));
    let response =
        S::run(async { client(S::transport(), &server.url()).build().unwrap().converse(&question()).await });
    assert_eq!(response.unwrap().text(), "hi");
}

fn an_answer_may_end_with_its_connection<S: Stack>() {
    let server = always(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{JSON}"));
    let response =
        S::run(async { client(S::transport(), &server.url()).build().unwrap().converse(&question()).await });
    assert_eq!(response.unwrap().text(), "hi");
    let server = always(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}", &JSON[..50]));
    let error =
        S::run(async { client(S::transport(), &server.url()).build().unwrap().converse(&question()).await });
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Wire);
}

#[test]
fn a_reqwest_client_that_follows_redirects_is_found_out() {
    let elsewhere = always(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{JSON}", JSON.len()));
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/there\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url()
    );
    let server = always(answer);
    let refuses = Policy::custom(|attempt| attempt.error("not one step"));
    for (policy, words, followed) in
        [(refuses, "not one step", 0), (Policy::limited(2), "must be built with redirect(Policy::none())", 1)]
    {
        let http = ReqwestTransport::client_builder().redirect(policy).build().unwrap();
        let error = Reqwest::run(async {
            let client = client(ReqwestTransport::from(http), &server.url()).retry(RetryPolicy::standard());
            client.build().unwrap().converse(&question()).await.unwrap_err()
        });
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, false));
        assert!(chain(&error).contains(words), "{}", chain(&error));
        assert_eq!((server.connections(), elsewhere.connections()), (1 + followed, followed));
    }
}
