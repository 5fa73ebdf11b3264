//! Tests of reading shared config and credentials files, including unusual ones.

use std::collections::BTreeMap;
use std::path::Path;

use barerock_config::{ConfigFile, Profile, Profiles, Section, SettingValue};
use barerock_test_data::read;
use serde_json::{Map, Value, json};

/// Reads the test cases, one directory each.
fn cases() -> Vec<(String, BTreeMap<String, String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/credentials");
    let mut cases: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|case| {
            let case = case.unwrap();
            let files = case.path().read_dir().unwrap().map(|file| {
                let file = file.unwrap();
                (file.file_name().into_string().unwrap(), String::from_utf8(read(&file.path())).unwrap())
            });
            (case.file_name().into_string().unwrap(), files.collect())
        })
        .collect();
    cases.sort();
    cases
}

fn setting(setting: &SettingValue<'_>) -> Value {
    json!([setting.value, setting.location.to_string()])
}

fn section(section: &Section) -> Map<String, Value> {
    let mut found = Map::new();
    for key in section.keys() {
        found.extend(section.setting(key).map(|value| (key.to_owned(), setting(&value))));
        for inner in section.nested_keys(key) {
            let nested = section.nested(key, inner);
            found.extend(nested.map(|value| (format!("{key}.{inner}"), setting(&value))));
        }
    }
    found
}

fn profile(profile: Profile<'_>) -> Map<String, Value> {
    let mut found = Map::new();
    // The credentials file takes precedence, so it is added last.
    for half in [profile.config(), profile.credentials()].into_iter().flatten() {
        found.extend(section(half));
    }
    for key in profile.keys() {
        assert_eq!(profile.setting(key).map(|value| setting(&value)).as_ref(), found.get(key));
    }
    found
}

/// Returns what was read in the format of `expected.json`, with the sessions and services sections it names.
fn read_as(files: &BTreeMap<String, String>, expected: &Value) -> Value {
    let file = |name: &'static str| files.get(name).map(|text| ConfigFile::new(name, text));
    let profiles = Profiles::parse(file("config"), file("credentials"));
    let names = |member: &str| -> Vec<String> {
        expected[member].as_object().into_iter().flat_map(Map::keys).cloned().collect()
    };
    let mut found = Map::new();
    let all: Map<_, _> = profiles
        .names()
        .map(|name| (name.to_owned(), Value::Object(profile(profiles.profile(name).unwrap()))))
        .collect();
    found.insert("profiles".to_owned(), Value::Object(all));
    let errors: Map<_, _> = profiles
        .names()
        .filter_map(|name| Some((name.to_owned(), profiles.require(name).err()?.to_string().into())))
        .collect();
    if !errors.is_empty() {
        found.insert("errors".to_owned(), Value::Object(errors));
    }
    let mut sections = |member: &str, find: &dyn Fn(&str) -> Map<String, Value>| {
        let sections: Map<_, _> =
            names(member).into_iter().map(|name| (name.clone(), Value::Object(find(&name)))).collect();
        if !sections.is_empty() {
            found.insert(member.to_owned(), Value::Object(sections));
        }
    };
    sections("services", &|name| section(profiles.services(name).unwrap()));
    sections("sso_sessions", &|name| section(profiles.sso_session(name).unwrap()));
    let warnings: Vec<_> = profiles.warnings().collect();
    if !warnings.is_empty() {
        found.insert("warnings".to_owned(), json!(warnings));
    }
    Value::Object(found)
}

#[test]
fn awkward_files_are_read_as_expected() {
    let cases = cases();
    assert_eq!(cases.len(), 14);
    for (name, files) in cases {
        let expected: Value = serde_json::from_str(&files["expected.json"]).unwrap();
        let found = read_as(&files, &expected);
        assert_eq!(found, expected, "{name}: {found:#}");
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    for (name, files) in cases() {
        let expected: Value = serde_json::from_str(&files["expected.json"]).unwrap();
        let windows =
            files.into_iter().map(|(file, text)| (file, format!("\u{feff}{}", text.replace('\n', "\r\n"))));
        assert_eq!(read_as(&windows.collect(), &expected), expected, "{name}");
    }
}
