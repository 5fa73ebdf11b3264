//! Tests that validation applies all rules of the service model and no others.

use std::collections::BTreeSet;

use barerock_converse::{
    ApplyGuardrailRequest, AwsModelId, ConverseRequest, CountTokensRequest, InvokeGuardrailChecksRequest,
    ValidationError,
};
use barerock_test_data::{captures, report_cases};
use barerock_tests::model::{Kind, Model, Need, Type};
use http::StatusCode;
use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::Value;

/// Number of recorded successful requests that can be read; the others lack blobs that the recorder omitted.
const REQUESTS_THAT_READ: usize = 235;

/// Result of validating a request; `None` if it cannot be read.
type Verdict = Option<Result<(), ValidationError>>;

type Validate = fn(&str) -> Verdict;

const REQUESTS: [(&str, Validate); 5] = [
    ("ConverseRequest", converse),
    ("ConverseStreamRequest", converse),
    ("CountTokensRequest", |json| Some(serde_json::from_str::<CountTokensRequest>(json).ok()?.validate())),
    ("ApplyGuardrailRequest", |json| {
        Some(serde_json::from_str::<ApplyGuardrailRequest>(json).ok()?.validate())
    }),
    ("InvokeGuardrailChecksRequest", |json| {
        Some(serde_json::from_str::<InvokeGuardrailChecksRequest>(json).ok()?.validate())
    }),
];

fn converse(json: &str) -> Verdict {
    Some(serde_json::from_str::<ConverseRequest>(json).ok()?.validate())
}

/// True for violations that the types cannot represent, so that reading fails.
fn is_refused_by_its_type(path: &str) -> bool {
    ["documentIndex", "searchResultIndex", "start", "end"].iter().any(|name| path.ends_with(name))
}

#[test]
fn every_rule_is_kept() {
    let model = Model::load();
    let (mut ran, mut rules, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (name, verdict) in REQUESTS {
        for violation in model.violations(name) {
            // The pattern of Converse's model IDs does not cover all current IDs; invalid IDs are tested below.
            let is_lenient = violation.path == "modelId" && name.starts_with("Converse");
            if is_lenient && violation.given["modelId"] != "" {
                continue;
            }
            let found = verdict(&violation.given.to_string());
            let is_right = match &found {
                None => is_refused_by_its_type(&violation.path),
                Some(Err(error)) => error.path() == violation.path,
                Some(Ok(())) => false,
            };
            if !is_right {
                let given = violation.given.to_string();
                let given: String = given.chars().take(200).collect();
                wrong.push(format!("{name}: {}: {given}: {found:?}", violation.path));
            }
            rules.insert((name, violation.path));
            ran += 1;
        }
    }
    report_cases(ran, "violations of rules of the model");
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_the_model_takes_passes() {
    let model = Model::load();
    let mut ran = 0;
    for (name, verdict) in REQUESTS {
        for sample in model.samples(name, &Type::Named(name.to_owned())) {
            // Unknown members and values pass as well.
            let kept = sample.kept.to_string();
            assert_eq!(verdict(&kept), Some(Ok(())), "{}: {kept}", sample.path);
            ran += 1;
        }
    }
    report_cases(ran, "values within rules of the model");
}

#[test]
fn what_is_required_is_missed() {
    let model = Model::load();
    let mut ran = 0;
    for (name, verdict) in REQUESTS {
        for member in &model.shape(name).members {
            if member.need == Need::Optional {
                continue;
            }
            let mut request = model.least(&Type::Named(name.to_owned()));
            request.as_object_mut().unwrap().remove(&member.name);
            match verdict(&request.to_string()) {
                None => assert_eq!(member.need, Need::Required, "{name}.{}", member.name),
                Some(found) => assert_eq!(found.unwrap_err().path(), member.name, "{name}"),
            }
            ran += 1;
        }
    }
    assert_eq!(ran, 10);
}

/// Placeholder for a blob that the recorder omitted.
const ELIDED: &str = "elided";

#[test]
fn recorded_requests_pass() {
    let Some(recordings) = captures::all("recorded_requests_pass") else { return };
    let mut ran = 0;
    for recording in recordings.iter().filter(|recording| recording.status == StatusCode::OK) {
        let Ok(mut request) = serde_json::from_str::<Value>(&recording.request_body) else { continue };
        if !["converse", "converse-stream"].contains(&recording.operation()) {
            continue;
        }
        let id = recording.path.split('/').nth(2).unwrap();
        request["modelId"] = id.replace("%3A", ":").replace("%2F", "/").into();
        let Some(found) = converse(&request.to_string()) else { continue };
        if recording.request_body.contains(ELIDED) {
            assert!(found.unwrap_err().path().ends_with(".source.bytes"), "{}", recording.name);
            continue;
        }
        assert_eq!(found, Ok(()), "{}", recording.name);
        ran += 1;
    }
    report_cases(ran, "recorded requests that pass validation");
    assert_eq!(ran, REQUESTS_THAT_READ);
}

/// Returns the pattern of model IDs without anchors, which the generator does not support.
fn model_id_pattern() -> String {
    let model = Model::load();
    let Kind::Scalar(Type::Text(_, Some(pattern))) = &model.shape("ConversationalModelId").kind else {
        panic!()
    };
    pattern.replace(['^', '$'], "")
}

proptest! {
    #[test]
    fn every_id_the_model_takes_is_one(id in string_regex(&model_id_pattern()).unwrap()) {
        prop_assert!(AwsModelId::parse(&id).is_ok(), "{id}: {:?}", AwsModelId::parse(&id));
    }

    #[test]
    fn no_text_makes_an_id_panic(id in ".*") {
        if let Ok(parsed) = AwsModelId::parse(&id) {
            prop_assert!(id.ends_with(parsed.name));
        }
    }
}
