//! Bedrock API keys.

use barerock_test_data::{json, report_cases, vectors};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{TIME, example, guarded};
use crate::program::{bare, run};

const PREFIX: &str = "bedrock-api-key-";

/// A key made at [`TIME`], and its line.
fn mint(arguments: &[&str]) -> String {
    let ran = run(guarded(&[&["--api-key", "--time", TIME], arguments].concat()), "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.err.contains(PREFIX), "{}", ran.err);
    ran.out
}

#[test]
fn a_key_is_minted_and_read_back() {
    let key = mint(&["--expires", "3600", "--region", "eu-west-1"]);
    assert!(key.starts_with(PREFIX) && key.ends_with('\n') && key.lines().count() == 1, "{key}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, &key).unwrap();
    for (file, input) in [("-", &*key), (file.to_str().unwrap(), "")] {
        for (time, state, code) in [
            (TIME, "valid for another 1 h 0 min", 0),
            ("20150830T133559Z", "valid for another 1 s", 0),
            ("20150830T133600Z", "expired 0 s ago", 5),
            ("20150830T123500Z", "not valid before 1 min 0 s from now", 5),
        ] {
            // Nothing of the environment is needed.
            let ran = run(bare(&["sign", "--inspect-api-key", file, "--time", time]), input);
            let facts = "region: eu-west-1\naccess key id: AKIDEXAMPLE\nsigned at: 20150830T123600Z\n\
                         expires at: 20150830T133600Z\nstate:";
            assert_eq!((ran.code, ran.out), (code, format!("{facts} {state}\n")), "{time}");
            let words = if code == 0 { String::new() } else { format!("error: the API key is {state}\n") };
            assert_eq!(ran.err, words);
        }
    }
}

#[test]
fn a_key_is_valid_for_twelve_hours_unless_told_otherwise() {
    let ran = run(bare(&["sign", "--inspect-api-key", "-", "--time", TIME]), &mint(&[]));
    assert!(ran.out.ends_with("state: valid for another 12 h 0 min\n"), "{}", ran.out);
}

#[test]
fn what_is_no_key_is_named_and_never_shown() {
    let key = mint(&[]);
    let cut = key.trim().get(..103).unwrap();
    for (input, says) in [
        ("sk-WALRUS-of-another-service", "not a Bedrock API key: it does not begin with bedrock-api-key-"),
        ("ABSKWALRUSQmVkcm9ja0FQSUtleS0", "a long-term Bedrock API key, which does not contain its region"),
        (cut, "was copied completely"),
        ("bedrock-api-key-V0FMUlVT", "without a presigned CallWithBearerToken"),
        ("", "not a Bedrock API key"),
    ] {
        let ran = run(bare(&["sign", "--inspect-api-key", "-"]), input);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(ran.err.starts_with("error: --inspect-api-key: ") && ran.err.contains(says), "{}", ran.err);
        assert!(input.is_empty() || !ran.err.contains(input) && !ran.err.contains("WALRUS"), "{}", ran.err);
    }
    let ran = run(bare(&["sign", "--inspect-api-key", "-"]), b"\xff");
    assert_eq!((ran.code, &*ran.err), (2, "error: --inspect-api-key: not text\n"));

    // A key where the file's name should be.
    let key = key.trim();
    for arguments in [&["--inspect-api-key", key][..], &["--api-key", key], &["--inspect-api-key", "-", key]]
    {
        let ran = run(guarded(arguments), "");
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(!ran.err.contains(key), "{}", ran.err);
    }
}

#[test]
fn a_key_needs_credentials_a_region_and_an_expiry_within_twelve_hours() {
    let ran = run(bare(&["sign", "--api-key", "--region", "us-east-1"]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    let ran = run(guarded(&["--api-key", "--region", ""]), "");
    assert_eq!(ran.code, 5, "{ran:?}");
    for seconds in ["0", "43201"] {
        let ran = run(guarded(&["--api-key", "--expires", seconds]), "");
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        assert!(ran.err.contains("1 to 43200 seconds (12 hours)"), "{}", ran.err);
    }
}

/// The signatures of keys, as another implementation of the same steps computes them; and keys minted by AWS's generator.
#[test]
fn published_keys() {
    for (token, region, seconds, signature) in [
        (None, "eu-west-1", "3600", "a8f88916848650f69ec55ac80c7171c3c38dbfeaad879db63fec15d9367eb0db"),
        (
            Some("session/token+with=signs"),
            "us-east-1",
            "43200",
            "8d5b6bca207e6d3b4d0ac6be516423e53848abc841554cb08f796180bd1fa533",
        ),
    ] {
        let key = minted(token, TIME, region, seconds);
        let url = STANDARD.decode(key.strip_prefix(PREFIX).unwrap()).unwrap();
        let url = String::from_utf8(url).unwrap();
        let signed = format!("X-Amz-Signature={signature}");
        assert!(url.split('&').any(|parameter| parameter == signed), "{url}");
    }
    let Some(folder) = vectors::named("sigv4/bedrock-derived") else { return };
    let vectors = json(&folder.join("short_term_api_key.json"));
    let cases = vectors["cases"].as_array().unwrap();
    for case in cases {
        let time = case["timestamp"].as_str().unwrap().replace(['-', ':'], "");
        let (region, seconds) = (case["region"].as_str().unwrap(), case["expires"].to_string());
        let key = minted(case["session_token"].as_str(), &time, region, &seconds);
        assert_eq!(key, case["api_key"].as_str().unwrap());
    }
    assert_eq!(cases.len(), 2);
    report_cases(cases.len(), "Bedrock API keys through the program");
}

fn minted(token: Option<&str>, time: &str, region: &str, seconds: &str) -> String {
    let arguments = ["--api-key", "--time", time, "--region", region, "--expires", seconds];
    run(example(token, &arguments), "").out.trim_end().to_owned()
}
