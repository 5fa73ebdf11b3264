//! Tests that crates depend on each other only in layer order, and that reference implementations are only development
//! dependencies.

use std::collections::BTreeMap;

use barerock_tests::workspace::{published, text};
use serde_json::Value;

/// Published crates, and the workspace crates each may depend on.
const MAY_KNOW: [(&str, &[&str]); 13] = [
    ("barerock-eventstream", &[]),
    ("barerock-sigv4", &[]),
    ("barerock-converse", &["barerock-eventstream"]),
    ("barerock", &["barerock-converse", "barerock-sigv4"]),
    ("barerock-tls", &[]),
    ("barerock-config", &["barerock"]),
    ("barerock-fetch", &["barerock"]),
    ("barerock-hyper", &["barerock", "barerock-config", "barerock-tls"]),
    ("barerock-reqwest", &["barerock", "barerock-config", "barerock-tls"]),
    ("barerock-ureq", &["barerock", "barerock-config", "barerock-tls"]),
    ("barerock-audit", &["barerock-converse", "barerock-eventstream", "barerock-sigv4"]),
    ("barerock-replay", &["barerock-audit", "barerock-converse", "barerock-eventstream", "barerock-sigv4"]),
    (
        "barerock-cli",
        &[
            "barerock",
            "barerock-audit",
            "barerock-config",
            "barerock-hyper",
            "barerock-replay",
            "barerock-eventstream",
            "barerock-sigv4",
        ],
    ),
];

/// Returns the normal dependencies of each published crate.
fn normal_dependencies() -> BTreeMap<String, Vec<String>> {
    let dependencies = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        normal.map(|dependency| text(dependency, "name").to_owned()).collect()
    };
    published().iter().map(|package| (text(package, "name").to_owned(), dependencies(package))).collect()
}

#[test]
fn nothing_points_back_up() {
    let dependencies = normal_dependencies();
    for (name, may_know) in MAY_KNOW {
        let ours = dependencies[name].iter().filter(|dependency| dependency.starts_with("barerock"));
        for dependency in ours {
            assert!(may_know.contains(&&**dependency), "{name} must not know {dependency}");
        }
    }
    for name in dependencies.keys() {
        assert!(MAY_KNOW.iter().any(|(known, _)| known == name), "{name} has no place in the architecture");
    }
}

#[test]
fn judges_and_rivals_stay_outside() {
    for (name, _) in MAY_KNOW {
        for dependency in &normal_dependencies()[name] {
            // A bridge to the SDK, and a library of cryptography, each by a feature.
            let allowed = [
                ("barerock", "aws-credential-types"),
                ("barerock", "aws-types"),
                ("barerock-sigv4", "aws-lc-rs"),
            ];
            let is_allowed = allowed.contains(&(name, &**dependency));
            assert!(!dependency.starts_with("aws-") || is_allowed, "{name} must not use {dependency}");
        }
    }
}

#[test]
fn below_the_transports_there_is_no_runtime_and_no_tls() {
    for name in ["barerock-eventstream", "barerock-sigv4", "barerock-converse", "barerock", "barerock-config"]
    {
        for dependency in &normal_dependencies()[name] {
            let edge = ["tokio", "hyper", "rustls", "reqwest", "ureq"]
                .iter()
                .any(|edge| dependency.starts_with(edge));
            assert!(!edge, "{name} must not use {dependency}");
        }
    }
}

#[test]
fn the_client_parses_no_xml_and_hashes_no_sha1() {
    for dependency in &normal_dependencies()["barerock"] {
        let belongs_to_config =
            ["roxmltree", "sha1", "percent-encoding", "serde_json"].contains(&&**dependency);
        assert!(!belongs_to_config, "barerock must not use {dependency}");
    }
}
