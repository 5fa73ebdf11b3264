//! AWS's own suite, every stage of both forms through the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{bare, run};

/// How many cases the suite has.
const CASES: usize = 38;

/// The folders of the cases, in the folder that `BAREROCK_VECTORS` names.
fn cases() -> Option<Vec<PathBuf>> {
    let Some(vectors) = std::env::var_os("BAREROCK_VECTORS") else {
        println!("the official suite: skipped, BAREROCK_VECTORS names no folder");
        return None;
    };
    let suite = Path::new(&vectors).join("sigv4/aws-c-auth/tests/aws-signing-test-suite/v4");
    Some(suite.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect())
}

fn text(case: &Path, name: &str) -> String {
    std::fs::read_to_string(case.join(name)).unwrap()
}

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
    ] {
        if is_on {
            command.arg(option);
        }
    }
    command
}

#[test]
fn every_stage_of_the_official_suite() {
    let Some(cases) = cases() else { return };
    let mut stages = 0;
    for case in &cases {
        let context: Value = serde_json::from_str(&text(case, "context.json")).unwrap();
        let seconds = context["expiration_in_seconds"].to_string();
        for (form, options) in [("header", &[][..]), ("query", &["--query", "--expires", &seconds])] {
            let shown = |stage: &str| {
                let ran = run(command(case, &context, &[options, &["--show", stage]].concat()), "");
                assert_eq!((ran.code, &*ran.err), (0, ""), "{}", case.display());
                ran.out
            };
            for stage in ["canonical-request", "string-to-sign", "signature"] {
                let expected = text(case, &format!("{form}-{stage}.txt"));
                assert_eq!(shown(stage), expected, "{form}: {}", case.display());
                stages += 1;
            }
            let expected = text(case, &format!("{form}-signed-request.txt"));
            assert_eq!(shown("request"), expected, "{form}: {}", case.display());
            stages += 1;
            if form == "header" {
                let (_, value) = expected.split_once("\nAuthorization:").unwrap();
                assert_eq!(Some(&*shown("authorization")), value.lines().next(), "{}", case.display());
                stages += 1;
            }
        }
    }
    println!("the official suite: {} cases, {stages} stages", cases.len());
    assert_eq!((cases.len(), stages), (CASES, CASES * 9));
}
