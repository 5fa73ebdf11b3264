//! `--debug`, and the hints behind errors.

use crate::program::{Ran, Server, bare, run, with_credentials};

const HI: &str = r#"[{"role":"user","content":[{"text":"hi"}]}]"#;

fn call(command: &str, server: &Server, options: &[&str]) -> Ran {
    let mut arguments = vec![command, "--endpoint-url", &server.url, "--messages", HI, "--model-id"];
    arguments.push("anthropic.claude-3-haiku-20240307-v1:0");
    arguments.extend(options);
    run(with_credentials(&arguments), "")
}

/// The lines after the one that begins with `start`, as far as they are indented.
fn block<'a>(err: &'a str, start: &str) -> Vec<&'a str> {
    let lines = err.lines().skip_while(|line| !line.starts_with(start)).skip(1);
    lines.map_while(|line| line.strip_prefix("  ")).collect()
}

/// `run` looks for the secrets of the environment in all that was written.
#[test]
fn every_stage_is_shown() {
    let server = Server::start(&["--match", "any", "--fault", "throttle=100ms@1"]);
    let ran = call("converse", &server, &["--debug"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for words in [
        "* credentials: environment, AKIDEXAMPLE, never expire",
        ", attempt 1 of 3",
        "> POST http://127.0.0.1:",
        "> x-amz-security-token: **redacted**",
        "> authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/",
        r#"> {"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#,
        "< HTTP/1.1 429 Too Many Requests, after ",
        "< x-amz-retry-after: 100",
        r#"< {"message":"#,
        "* failed: ThrottlingException: ",
        "* next attempt in ",
        ", attempt 2 of 3",
        "< HTTP/1.1 200 OK",
        " ended: complete, 2 attempts, ",
        ", request id ",
    ] {
        assert!(ran.err.contains(words), "{words:?} is not in {}", ran.err);
    }
    let canonical = block(&ran.err, "* canonical request:");
    assert_eq!(canonical[..2], ["POST", "/model/anthropic.claude-3-haiku-20240307-v1%253A0/converse"]);
    assert!(canonical.contains(&"x-amz-security-token:**redacted**"), "{canonical:?}");
    // Signed headers, and the hash of the body.
    let [.., names, hash] = &*canonical else { panic!("{canonical:?}") };
    assert!(names.contains("host;x-amz-date;x-amz-security-token") && hash.len() == 64, "{canonical:?}");
    let to_sign = block(&ran.err, "* string to sign:");
    assert_eq!((to_sign.len(), to_sign[0]), (4, "AWS4-HMAC-SHA256"));
}

#[test]
fn a_stream_is_shown_piece_by_piece() {
    let server = Server::start(&["--match", "any", "--chunk", "100"]);
    let ran = call("converse-stream", &server, &["--debug", "--output", "text"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("< 100 bytes at offset 0\n< 100 bytes at offset 100\n"), "{}", ran.err);
    assert_eq!(ran.err.matches(" ended: ").count(), 1, "{}", ran.err);
    assert!(ran.err.contains(" ended: complete, 1 attempt, ") && ran.err.contains(" ms, first event after "));
    assert!(ran.err.contains(", tokens: "), "{}", ran.err);
}

#[test]
fn the_end_of_a_failed_call_is_shown() {
    let server = Server::start(&["--match", "any", "--fault", "status=400"]);
    let ran = call("converse-stream", &server, &["--debug"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains(" ended: failed, 1 attempt, "), "{}", ran.err);
}

/// AWS answers a wrong signature with what it made of the request, session token and all.
#[test]
fn what_the_service_echoes_is_blanked() {
    let server = Server::start(&["--match", "any"]);
    for options in [&["--debug"][..], &[]] {
        let mut arguments =
            vec!["converse", "--endpoint-url", &server.url, "--messages", HI, "--model-id", "m"];
        arguments.extend(options);
        let mut command = with_credentials(&arguments);
        command.env("AWS_SECRET_ACCESS_KEY", "another-secret");
        let ran = run(command, "");
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("The Canonical String for this request should have been"), "{ran:?}");
        assert!(ran.err.contains("x-amz-security-token:**redacted**"), "{ran:?}");
        assert!(!ran.err.contains("another-secret"), "{ran:?}");
    }
}

#[test]
fn a_bearer_key_is_never_shown() {
    let server = Server::start(&["--match", "any"]);
    let arguments = [
        "converse",
        "--endpoint-url",
        &server.url,
        "--messages",
        HI,
        "--model-id",
        "m",
        "--region",
        "us-east-1",
        "--debug",
    ];
    let mut command = bare(&arguments);
    command.env("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-PANDA");
    let ran = run(command, "");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        !ran.err.contains("PANDA") && ran.err.contains("> authorization: Bearer **redacted**"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: The API key is invalid or expired"), "{}", ran.err);
}

/// Code, message, request id, hint.
#[test]
fn errors_say_what_to_do() {
    let server = Server::start(&["--fault", "status=403"]);
    for (command, options) in [("converse", &[][..]), ("converse-stream", &["--output", "text"])] {
        let ran = call(command, &server, options);
        assert_eq!((ran.code, &*ran.out), (3, ""), "{ran:?}");
        let lines: Vec<_> = ran.err.lines().collect();
        let [error, hint] = &*lines else { panic!("{ran:?}") };
        assert!(
            error.starts_with("error: AccessDeniedException: ") && error.contains("[HTTP 403, request "),
            "{error}"
        );
        assert!(hint.starts_with("hint: Check, in this order: IAM allows bedrock:InvokeModel"), "{hint}");
    }
}

/// A page may hold what steers a terminal.
#[test]
fn a_login_page_is_named_and_harmless() {
    let server = Server::start(&["--fault", "html=200"]);
    for (command, options) in [("converse", &[][..]), ("converse-stream", &["--output", "text"])] {
        let ran = call(command, &server, options);
        assert_eq!((ran.code, &*ran.out), (4, ""), "{ran:?}");
        assert!(ran.err.contains("hint: The response is not Bedrock's"), "{}", ran.err);
        assert!(!ran.err.contains('\u{1b}'));
    }
}

#[test]
fn plain_http_is_for_this_machine_and_for_those_named() {
    let call = |options: &[&str]| {
        let mut arguments = vec!["converse", "--endpoint-url", "http://bedrock.invalid:9", "--messages", HI];
        arguments.extend(["--model-id", "m", "--cli-connect-timeout", "5"]);
        arguments.extend(options);
        let mut command = with_credentials(&arguments);
        command.env("AWS_MAX_ATTEMPTS", "1");
        run(command, "")
    };
    let refused = call(&[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("over plain HTTP"), "{refused:?}");
    assert!(refused.err.contains("allow the host with --allow-plaintext-to"), "{refused:?}");
    let other = call(&["--allow-plaintext-to", "other.invalid"]);
    assert_eq!(other.code, 2, "{other:?}");
    // Allowed, and then not found: the name is nobody's (RFC 6761).
    let allowed = call(&["--allow-plaintext-to", "bedrock.invalid"]);
    assert_eq!(allowed.code, 6, "{allowed:?}");
    assert!(allowed.err.contains("hint: Check the region's name"), "{allowed:?}");
}
