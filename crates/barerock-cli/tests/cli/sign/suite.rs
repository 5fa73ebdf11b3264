//! AWS's own suite, every stage of both forms through the program.

use std::path::Path;
use std::process::Command;

use barerock_test_data::vectors::{SIGNING_CASES, cases, named, signing_suite};
use barerock_test_data::{json, report_cases, text};
use serde_json::Value;

use super::{bare, run};

/// `barerock sign` as the case's context says.
fn command(case: &Path, context: &Value, arguments: &[&str]) -> Command {
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let credentials = &context["credentials"];
    let mut command = bare(&["sign", "--request"]);
    command
        .arg(case.join("request.txt"))
        .args(["--time", &string(&context["timestamp"]).replace(['-', ':'], "")])
        .args(["--region", &string(&context["region"]), "--service", &string(&context["service"])])
        .args(arguments)
        .env("AWS_ACCESS_KEY_ID", string(&credentials["access_key_id"]))
        .env("AWS_SECRET_ACCESS_KEY", string(&credentials["secret_access_key"]));
    if let Some(token) = credentials["token"].as_str() {
        command.env("AWS_SESSION_TOKEN", token);
    }
    for (is_on, option) in [
        (!context["normalize"].as_bool().unwrap(), "--no-normalize-path"),
        (context["sign_body"].as_bool().unwrap(), "--sign-body"),
        (context["omit_session_token"].as_bool().unwrap_or_default(), "--omit-session-token"),
        // smithy-rs has encoded this request's space, so that it must not be encoded again.
        (text(&case.join("request.txt")).contains("example%20space"), "--single-encode"),
    ] {
        if is_on {
            command.arg(option);
        }
    }
    command
}

#[test]
fn every_stage_of_the_official_suite() {
    check_suite(&signing_suite());
    if let Some(folder) = named("sigv4/aws-c-auth/tests/aws-signing-test-suite/v4") {
        check_suite(&folder);
    }
}

fn check_suite(folder: &Path) {
    let cases = cases(folder, |path| path.ends_with("context.json"));
    let mut stages = 0;
    for context_file in &cases {
        let case = context_file.parent().unwrap();
        let read = |name: &str| text(&case.join(name));
        let context = json(context_file);
        let seconds = context["expiration_in_seconds"].to_string();
        for (form, options) in [("header", &[][..]), ("query", &["--query", "--expires", &seconds])] {
            let shown = |stage: &str| {
                let ran = run(command(case, &context, &[options, &["--show", stage]].concat()), "");
                assert_eq!((ran.code, &*ran.err), (0, ""), "{}", case.display());
                ran.out
            };
            for stage in ["canonical-request", "string-to-sign", "signature"] {
                let expected = read(&format!("{form}-{stage}.txt"));
                assert_eq!(shown(stage), expected, "{form}: {}", case.display());
                stages += 1;
            }
            let expected = read(&format!("{form}-signed-request.txt"));
            let raw = |request: &str| request.replace("example%20space", "example space");
            assert_eq!(raw(&shown("request")), raw(&expected), "{form}: {}", case.display());
            stages += 1;
            if form == "header" {
                let (_, value) = expected.split_once("\nAuthorization:").unwrap();
                assert_eq!(Some(&*shown("authorization")), value.lines().next(), "{}", case.display());
                stages += 1;
            }
        }
    }
    assert_eq!((cases.len(), stages), (SIGNING_CASES, SIGNING_CASES * 9));
    report_cases(stages, "stages of the SigV4 suite through the program");
}
