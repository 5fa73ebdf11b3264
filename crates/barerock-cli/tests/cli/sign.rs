//! `barerock sign`.

mod curl;
mod explain;
mod keys;
#[cfg(unix)]
mod page;
mod profile;
mod refusals;
mod suite;

use std::process::Command;

use crate::program::{Ran, TOKEN, bare, run, run_with_token, with_credentials};

/// The secret key of AWS's examples, which the golden signatures are made with.
const EXAMPLE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TIME: &str = "20150830T123600Z";
const BODY: &str = r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#;
const PATH: &str = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";

/// `barerock sign` with the key of AWS's examples.
fn example(token: Option<&str>, arguments: &[&str]) -> Command {
    let mut command = bare(&[&["sign"], arguments].concat());
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET)
        .env("AWS_REGION", "us-east-1");
    if let Some(token) = token {
        command.env("AWS_SESSION_TOKEN", token);
    }
    command
}

/// `barerock sign` with a key whose secret must not be seen.
fn guarded(arguments: &[&str]) -> Command {
    with_credentials(&[&["sign"], arguments].concat())
}

/// A Converse request to this path, as it is before it is signed.
fn request(path: &str) -> String {
    let head = "Host: bedrock-runtime.us-east-1.amazonaws.com\nContent-Type: application/json";
    format!("POST {path} HTTP/1.1\n{head}\n\n{BODY}")
}

fn stage(stage: &str, input: &str) -> Ran {
    run_with_token(guarded(&["--request", "-", "--time", TIME, "--show", stage]), input)
}

/// bedrock-mantle drops headers in snake_case before it verifies: they are sent, and not signed, nor left to curl to sign.
#[test]
fn bedrock_mantle_is_signed_for() {
    let raw = "POST /openai/v1/responses HTTP/1.1\nHost: bedrock-mantle.us-west-2.api.aws\nContent-Type: \
               application/json\nsession_id: 1\nx-amz-meta_x: 2\n\n{}";
    for (form, service, signed) in [
        (None, "bedrock-mantle", "content-type;host;x-amz-date"),
        (None, "bedrock", "content-type;host;session_id;x-amz-date;x-amz-meta_x"),
        (Some("--query"), "bedrock-mantle", "content-type;host"),
    ] {
        let of = |stage: &str| {
            let arguments = ["--request", "-", "--time", TIME, "--region", "us-west-2", "--service", service];
            let arguments = [&arguments[..], &["--show", stage], form.as_slice()].concat();
            let ran = run(example(None, &arguments), raw);
            assert_eq!(ran.code, 0, "{ran:?}");
            ran.out
        };
        let canonical = of("canonical-request");
        assert!(canonical.lines().any(|line| line == signed), "{canonical}");
        assert!(of("string-to-sign").contains(&format!("20150830/us-west-2/{service}/aws4_request")));
        let request = of("request");
        assert!(request.contains("session_id: 1") && request.contains("x-amz-meta_x: 2"), "{request}");
        if form.is_none() {
            let curl = of("curl");
            assert_eq!(curl.contains("--aws-sigv4"), service == "bedrock", "{curl}");
            assert!(curl.contains("session_id: 1"), "{curl}");
        }
    }
}

/// As botocore signs them.
#[test]
fn golden_signatures() {
    const ARN: &str = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2F\
                       a1b2c3d4e5f6/converse";
    for (path, token, signature) in [
        (
            "/model/us.anthropic.claude-sonnet-4-6/converse",
            None,
            "635b06ff05e880f81fa2d895e4f78e388d585a2c446283ff7a193c0c09640bc0",
        ),
        (PATH, None, "b2d89376425920647b8197be6560da5f53c4d9cc5ac66b56efafa43ba66c9022"),
        (
            "/model/anthropic.claude-3-haiku-20240307-v1:0/converse",
            None,
            "81a602e88508442c4cef48bb53081990c53fb0e804f67717db07fe09990b3b9e",
        ),
        (
            "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream",
            Some("TOKEN/+=="),
            "632a029d89df1750236a33cfd364d9ab2575192509e677398a8b8e3c0839c9a3",
        ),
        (ARN, Some("TOKEN/+=="), "7aeda1eae4c3a00a09e4cee208dc046f74457110974c780ac38c57e595f84e2d"),
    ] {
        let arguments = ["--request", "-", "--time", TIME, "--show", "signature"];
        let ran = run(example(token, &arguments), &request(path));
        assert_eq!((ran.code, &*ran.out, &*ran.err), (0, signature, ""), "{path}");
    }
}

#[test]
fn stages_are_byte_for_byte_and_hold_the_token_that_was_asked_for() {
    let text = request(PATH);
    let canonical = stage("canonical-request", &text);
    let hash = canonical.out.lines().last().unwrap();
    assert_eq!(
        canonical.out,
        format!(
            "POST\n{}\n\ncontent-type:application/json\nhost:bedrock-runtime.us-east-1.amazonaws.com\n\
             x-amz-date:{TIME}\nx-amz-security-token:{TOKEN}\n\n\
             content-type;host;x-amz-date;x-amz-security-token\n{hash}",
            PATH.replace("%3A", "%253A")
        )
    );
    assert!(hash.starts_with("c3335e07d6e89650") && hash.len() == 64, "{hash}");

    let string_to_sign = stage("string-to-sign", &text).out;
    let scope = "20150830/us-east-1/bedrock/aws4_request";
    assert!(string_to_sign.starts_with(&format!("AWS4-HMAC-SHA256\n{TIME}\n{scope}\n")), "{string_to_sign}");

    let (signature, authorization) = (stage("signature", &text).out, stage("authorization", &text).out);
    assert_eq!(
        authorization,
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature={signature}"
        )
    );
    let signed = stage("request", &text);
    let head = text.strip_suffix(&format!("\n\n{BODY}")).unwrap();
    assert_eq!(
        signed.out,
        format!(
            "{head}\nX-Amz-Security-Token:{TOKEN}\nX-Amz-Date:{TIME}\nAuthorization:{authorization}\n\n{BODY}"
        )
    );
    for ran in [canonical, signed] {
        assert_eq!((ran.code, &*ran.err), (0, ""));
    }
}

#[test]
fn all_is_the_default_and_blanks_the_token() {
    for form in [&[][..], &["--query"]] {
        let arguments = [&["--request", "-", "--time", TIME], form].concat();
        let ran = run(guarded(&arguments), &request(PATH));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(run(guarded(&[&arguments[..], &["--show", "all"]].concat()), &request(PATH)).out, ran.out);
        let titles: Vec<_> = ran.out.lines().filter(|line| line.starts_with("== ")).collect();
        let in_header = form.is_empty().then_some("== authorization ==");
        let mut expected = vec!["== canonical request ==", "== string to sign ==", "== signature =="];
        expected.extend(in_header);
        expected.extend(["== request ==", "== curl =="]);
        assert_eq!(titles, expected);
        assert!(ran.out.contains("**redacted**"), "{}", ran.out);
        assert_eq!(ran.err, "note: the session token is blanked here; --show request has it\n");
    }
}

#[test]
fn what_is_shown_steers_no_terminal_and_is_no_longer_than_is_read() {
    let body = format!("\u{1b}[31m{}\n", "x".repeat(9000));
    let text = format!(
        "POST / HTTP/1.1\r\nHost:a\r\nContent-Type:a\r\nX-Amz-Security-Token: {TOKEN}\r\n {TOKEN}\r\n\r\n{body}"
    );
    let arguments = ["--request", "-", "--time", TIME];
    let mut command = guarded(&arguments);
    command.env_remove("AWS_SESSION_TOKEN");
    let ran = run(command, &text);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains(r"\u{1b}[31mxxx") && !ran.out.contains(['\u{1b}', '\r']), "{}", ran.out);
    assert!(ran.out.contains("bytes more; --show request has all)") && ran.out.len() < 12_000, "{}", ran.out);
    assert_eq!(ran.err, "note: the body ends in a line break, which is signed with it\n");

    let ran = run(guarded(&arguments), b"POST / HTTP/1.1\nHost:a\n\n\xff\xfe");
    assert!(ran.out.contains("\n\n(2 bytes that are no text)\n"), "{}", ran.out);
}

/// Options of their own, else as the environment says; a request in a file.
#[test]
fn settings_come_from_where_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.txt");
    std::fs::write(&file, request(PATH)).unwrap();
    let shown = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = guarded(&["--request", file.to_str().unwrap(), "--show", "string-to-sign"]);
        command.args(arguments).envs(variables.iter().copied());
        let ran = run(command, "");
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.lines().nth(2).unwrap().split_once('/').unwrap().1.to_owned()
    };
    assert_eq!(shown(&[], &[]), "us-east-1/bedrock/aws4_request");
    assert_eq!(
        shown(&[], &[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-west-1")]),
        "eu-west-1/bedrock/aws4_request"
    );
    assert_eq!(shown(&["--region", "eu-central-1", "--service", "s3"], &[]), "eu-central-1/s3/aws4_request");

    // Keys must hold at the time of signing.
    let then = shown(&["--time", TIME], &[("AWS_CREDENTIAL_EXPIRATION", "2015-08-30T12:36:01Z")]);
    assert_eq!(then, "us-east-1/bedrock/aws4_request");

    // The time is now, unless it is given.
    let clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let before = clock();
    let ran = run(guarded(&["--request", file.to_str().unwrap(), "--show", "string-to-sign"]), "");
    let date = barerock_sigv4::Timestamp::parse(ran.out.lines().nth(1).unwrap()).unwrap();
    let seconds = u64::try_from(date.unix_secs()).unwrap();
    assert!((before..=clock()).contains(&seconds), "{date}");
}

#[test]
fn rules_change_what_they_name() {
    let canonical = |target: &str, rules: &[&str]| {
        let arguments = [&["--request", "-", "--time", TIME, "--show", "canonical-request"], rules].concat();
        let ran = run_with_token(guarded(&arguments), &format!("GET {target} HTTP/1.1\nHost:a\n\nx"));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let path = |target: &str, rules: &[&str]| canonical(target, rules).lines().nth(1).unwrap().to_owned();
    assert_eq!(path("/a//./b%3A", &[]), "/a/b%253A");
    assert_eq!(path("/a//./b%3A", &["--no-normalize-path"]), "/a//./b%253A");
    assert_eq!(path("/a//./b%3A", &["--single-encode"]), "/a/b%3A");
    assert!(canonical("/", &["--unsigned-payload"]).ends_with("\nUNSIGNED-PAYLOAD"));
    assert!(canonical("/", &["--sign-body"]).contains("\nx-amz-content-sha256:2d711642b726"));
    assert!(
        canonical("/", &[]).contains(TOKEN) && !canonical("/", &["--omit-session-token"]).contains(TOKEN)
    );
    let query = canonical("/?b=1", &["--query", "--expires", "60"]);
    assert!(query.contains("&X-Amz-Expires=60&"), "{query}");
    // Presigning again keeps what was said before.
    assert!(canonical("/?X-Amz-Expires=77", &["--query"]).contains("&X-Amz-Expires=77&"));
    assert!(canonical("/", &["--query"]).contains("&X-Amz-Expires=3600&"));
}
