//! `barerock check`.

use std::fs;

use barerock_test_data::captures;
use serde_json::Value;

use crate::program::{Ran, Server, bare, fixtures, run, with_credentials};
use crate::streams::{event, flipped};

fn report(ran: &Ran) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(finding, "rule"), text(finding, "where"))).collect()
}

fn rules(ran: &Ran) -> Vec<String> {
    report(ran).into_iter().map(|(rule, _)| rule).collect()
}

fn endpoint(options: &[&str]) -> Ran {
    let server = Server::start(options);
    run(with_credentials(&["check", &server.url, "--output", "json"]), "")
}

#[test]
fn a_body_is_checked_with_offset_and_sentence() {
    let ran = run(bare(&["check", "-", "--output", "json"]), &flipped(&event("messageStart", "{}"), 9));
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["checked"]), (1, &1.into()));
    let finding = &report["findings"][0];
    assert_eq!(
        (finding["rule"].as_str(), finding["offset"].as_u64()),
        (Some("eventstream#prelude-crc"), Some(8))
    );
    assert!(
        finding["source"]
            .as_str()
            .unwrap()
            .contains("\"Both clients and servers MUST validate these checksums.\"")
    );
    let ran = run(bare(&["check", "-"]), &event("messageStart", "{\"role\":\"assistant\"}"));
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("response.body (offset "), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 finding in 1 response\n") && ran.err.is_empty(), "{ran:?}");
}

#[test]
fn the_fixtures_do_what_they_are_named_for() {
    let ran = run(bare(&["check", fixtures().to_str().unwrap(), "--output", "json"]), "");
    assert_eq!(ran.code, 1);
    let broken: Vec<_> =
        report(&ran).into_iter().map(|(_, place)| place.split(':').next().unwrap().to_owned()).collect();
    assert!(broken.contains(&"error-stream-truncated".to_owned()), "{broken:?}");
    for entry in fixtures().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && !name.starts_with("error-") && !name.starts_with("unusual-") {
            let ran = run(bare(&["check", path.to_str().unwrap(), "--output", "json"]), "");
            assert_eq!(others(&ran), [], "{name}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(bare(&["check", folder.path().join("none").to_str().unwrap()]), "").code, 2);
    assert_eq!(run(bare(&["check", folder.path().to_str().unwrap()]), "").code, 2);
    assert_eq!(run(bare(&["check"]), "").code, 2);
    fs::write(folder.path().join("request.json"), "{").unwrap();
    let ran = run(bare(&["check", folder.path().to_str().unwrap()]), "");
    assert_eq!((ran.code, &*ran.out), (4, ""), "{ran:?}");
    let ran = run(with_credentials(&["check", "http://127.0.0.1:1", "--cli-connect-timeout", "1"]), "");
    assert_eq!((ran.code, &*ran.out), (6, ""), "{ran:?}");
}

#[test]
fn an_endpoint_is_called_and_judged() {
    let ran = endpoint(&["--match", "model"]);
    assert_eq!(others(&ran), [], "{ran:?}");
    assert!(ran.err.is_empty() && ran.out.contains("\"checked\": 3"), "{}", ran.out);
    // A server that takes any request takes the invalid one.
    let any = endpoint(&["--match", "any"]);
    let invalid = "Converse with an invalid request: response.status";
    assert_eq!(others(&any), [("bedrock#invalid-request".to_owned(), invalid.to_owned())]);
    assert_eq!(any.code, 1);
}

#[test]
fn each_fault_of_an_endpoint_is_a_finding() {
    for (fault, rule) in [
        ("corrupt=9@2", "eventstream#prelude-crc"),
        ("corrupt=100@2", "eventstream#message-crc"),
        ("truncate=400@2", "eventstream#whole-messages"),
        ("content-type=text/html@1", "restjson1#content-type"),
        ("content-type=application/json@2", "eventstream#media-type"),
        ("html@1", "bedrock#error-body"),
        ("status=500:ThrottlingException@1", "bedrock#error-status"),
        ("exception=oddException:2@2", "bedrock#unknown-event"),
    ] {
        let ran = endpoint(&["--match", "model", "--fault", fault]);
        assert_eq!(ran.code, 1, "{fault}: {ran:?}");
        assert!(rules(&ran).iter().any(|found| found == rule), "{fault}: {ran:?}");
    }
    // An error by the rules is no finding, but a success was not seen.
    let ran = endpoint(&["--match", "model", "--fault", "throttle"]);
    assert_eq!((ran.code, report(&ran)), (3, vec![]), "{ran:?}");
}

/// What the service itself was recorded to do beyond its model; everything else would be a false finding.
const KNOWN: [(&str, &str); 4] = [
    // A member of 2026 that no model has.
    ("bedrock#unknown-member", "usage.serverToolUsage"),
    ("bedrock#unknown-member", "usage.cacheReadInputTokenCount"),
    // The enum has server_tool_use alone.
    ("bedrock#unknown-value", "toolUse.type"),
    ("bedrock#unknown-member", "usage.cacheWriteInputTokenCount"),
];

/// The findings but for those.
fn others(ran: &Ran) -> Vec<(String, String)> {
    let is_known =
        |rule: &str, place: &str| KNOWN.iter().any(|(known, end)| rule == *known && place.ends_with(end));
    report(ran).into_iter().filter(|(rule, place)| !is_known(rule, place)).collect()
}

#[test]
fn recordings_of_the_service_have_no_other_findings() {
    let Some(recordings) = captures::folder("recordings_of_the_service_have_no_other_findings") else {
        return;
    };
    let ran = run(bare(&["check", recordings.to_str().unwrap(), "--output", "json"]), "");
    assert_eq!(others(&ran), []);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(
        report["checked"].as_u64() == u64::try_from(captures::COUNT).ok() && report.get("further").is_none()
    );
}
