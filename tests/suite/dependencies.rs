//! Tests of licences, sources and direct users of all dependencies, by the rules of `deny.toml`. cargo-deny checks them more
//! precisely, but is not installed on every machine.

use std::collections::BTreeMap;

use barerock_test_data::sources::metadata;
use barerock_test_data::{report_cases, text};
use barerock_tests::workspace::root;
use serde_json::Value;

fn rules() -> Value {
    let rules: toml::Table = text(&root().join("deny.toml")).parse().unwrap();
    serde_json::to_value(rules).unwrap()
}

fn packages() -> impl Iterator<Item = &'static Value> {
    metadata()["packages"].as_array().unwrap().iter()
}

/// Returns true if the licences of a list satisfy an SPDX expression.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    // "/" is how older manifests write OR.
    let expression = expression.replace('/', " OR ");
    let words = expression.replace('(', " ( ").replace(')', " ) ");
    let mut words = words.split_whitespace().peekable();
    let result = any_of(&mut words, allowed);
    result && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut result = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        // Not `||`: the right side must be parsed too.
        result |= all_of(words, allowed);
    }
    result
}

fn all_of(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut result = one_of(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        result &= one_of(words, allowed);
    }
    result
}

fn one_of(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let result = any_of(words, allowed);
        return words.next() == Some(")") && result;
    }
    let licence = words.next().unwrap_or_default();
    let is_listed = allowed.contains(&licence);
    // A licence with an exception counts as another licence.
    words.next_if_eq(&"WITH").is_none_or(|_| words.next().is_none()) && is_listed
}

#[test]
fn every_licence_is_allowed() {
    let rules = rules();
    let allowed: Vec<&str> = rules["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|licence| licence.as_str().unwrap())
        .collect();
    let mut count = 0;
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_allowed(licence, &allowed), "{}: {licence:?}", package["name"]);
        count += 1;
    }
    assert!(count > 150, "{count}");
    report_cases(count, "licences of dependencies");
}

#[test]
fn expressions_of_licences() {
    for (expression, expected) in [
        ("MIT", true),
        ("", false),
        ("GPL-3.0-only", false),
        ("GPL-3.0-only OR MIT", true),
        ("MIT/GPL-3.0-only", true),
        ("MIT AND GPL-3.0-only", false),
        ("(GPL-3.0-only OR MIT) AND ISC", true),
        ("(GPL-3.0-only OR MIT) AND BSL-1.0", false),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
        ("MIT OR", true),
        ("MIT)", false),
    ] {
        assert_eq!(is_allowed(expression, &["ISC", "MIT"]), expected, "{expression:?}");
    }
}

#[test]
fn every_source_is_the_registry_or_this_workspace() {
    for package in packages() {
        let is_known = package["source"].is_null()
            || package["source"] == "registry+https://github.com/rust-lang/crates.io-index";
        assert!(is_known, "{}: {}", package["name"], package["source"]);
    }
}

#[test]
fn banned_crates_are_used_by_tests_and_benches_alone() {
    let names: BTreeMap<&str, &str> = packages()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let rules = rules();
    let banned = rules["bans"]["deny"].as_array().unwrap();
    assert!(banned.len() > 5);
    for node in metadata()["resolve"]["nodes"].as_array().unwrap() {
        let user = names[node["id"].as_str().unwrap()];
        for dependency in node["deps"].as_array().unwrap() {
            let name = names[dependency["pkg"].as_str().unwrap()];
            let Some(ban) = banned.iter().find(|ban| ban["name"] == name) else { continue };
            let is_wrapper =
                ban["wrappers"].as_array().is_some_and(|users| users.iter().any(|one| one == user));
            assert!(is_wrapper, "{user} must not use {name}");
        }
    }
}
