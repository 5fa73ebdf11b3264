//! What goes wrong, with which exit code, and whether the message says what to do.

use crate::program::{Server, bare, run, with_credentials};

const CALL: [&str; 3] = ["chat", "hello", "--endpoint-url"];

#[test]
fn a_wrong_command_line_is_2() {
    for (arguments, says) in [
        (&["chta"][..], "chat"),
        (&["chat", "--offline", "--max-tokens", "0", "x"], "--max-tokens"),
        (&["chat", "--offline", "--temperature", "1.5", "x"], "0 to 1"),
        (&["chat", "--offline", "--endpoint-url", "http://x", "y"], "cannot be used with"),
        (&["converse", "--offline"], "--model-id"),
        (&["converse", "--offline", "-m", "m", "--messages", "{"], "--messages is not JSON"),
        (&["converse", "--offline", "-m", "m", "--messages", "file:///nowhere/at/all"], "/nowhere/at/all"),
        (&["converse", "--offline", "-m", "m", "--messages", "-", "--system", "-"], "only once"),
        (&["converse", "--offline", "-m", "m", "--cli-input-json", "[]"], "not a JSON object"),
        (
            &[
                "converse",
                "--offline",
                "-m",
                "m",
                "--messages",
                r#"[{"role":"user","content":[{"type":"text","text":"x"}]}]"#,
            ],
            "error: messages[0].content[0] has the member `type`",
        ),
        (&["converse-stream", "--offline", "-m", "m", "--output", "xml"], "events"),
        (&["replay", "--fixtures", "/nowhere/at/all"], "/nowhere/at/all"),
        (&["replay", "--fault", "explode"], "explode"),
        (&["replay", "--listen", "192.0.2.1:0"], "192.0.2.1"),
    ] {
        let ran = run(bare(arguments), "");
        assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn a_wrong_endpoint_is_2() {
    for (url, says) in
        [("nonsense", "scheme"), ("http://bedrock.example", "over plain HTTP"), ("ftp://x", "http")]
    {
        let ran = run(with_credentials(&[&CALL[..], &[url]].concat()), "");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(says), "{url}: {}", ran.err);
    }
}

#[test]
fn no_credentials_or_region_is_5_and_says_what_was_looked_for() {
    let ran = run(bare(&["chat", "hello"]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.err.contains("no region") && ran.err.contains("AWS_REGION"), "{}", ran.err);

    let ran = run(bare(&["chat", "hello", "--region", "us-east-1"]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.err.contains("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{}", ran.err);
    assert!(ran.err.contains("--offline"), "{}", ran.err);

    let mut half = bare(&["chat", "hello", "--region", "us-east-1"]);
    half.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    let ran = run(half, "");
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.err.contains("AWS_SECRET_ACCESS_KEY is not"), "{}", ran.err);

    let ran = run(bare(&["replay", "--verify"]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
}

#[test]
fn nobody_there_is_6_with_the_cause() {
    let closed = barerock_test_data::ClosedPort::new();
    let url = closed.url();
    let ran = run(with_credentials(&[&CALL[..], &[&url]].concat()), "");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains(&url) && ran.err.contains("refused"), "{}", ran.err);
}

#[test]
fn silence_is_6() {
    for fault in ["stall=30s", "stall-after=900"] {
        let server = Server::start(&["--fault", fault]);
        let question = "What are the tradeoffs between REST and GraphQL?";
        let arguments = ["chat", question, "--cli-read-timeout", "1", "--endpoint-url", &server.url];
        let ran = run(with_credentials(&arguments), "");
        assert_eq!(ran.code, 6, "{fault}: {ran:?}");
        assert!(ran.err.contains("timed out after 1s"), "{fault}: {}", ran.err);
    }
}

#[test]
fn what_the_service_says_is_3() {
    let server = Server::start(&["--match", "exact"]);
    let ran = run(
        with_credentials(&["chat", "hello", "-m", "no.such-model-v1:0", "--endpoint-url", &server.url]),
        "",
    );
    assert_eq!((ran.code, &*ran.out), (3, ""), "{ran:?}");
    for part in ["ResourceNotFoundException", "HTTP 404", "no.such-model-v1:0", "request "] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }

    let mut wrong = with_credentials(&["chat", "hello", "--endpoint-url", &server.url]);
    wrong.env("AWS_SECRET_ACCESS_KEY", "another");
    let ran = run(wrong, "");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("InvalidSignatureException") && ran.err.contains("HTTP 403"), "{}", ran.err);
}

#[test]
fn a_proxys_page_is_named() {
    let server = Server::start(&["--fault", "html"]);
    let ran = run(with_credentials(&["chat", "hello", "--endpoint-url", &server.url]), "");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("HTML") && ran.err.contains("502"), "{}", ran.err);
}
