//! `barerock diff`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Ran, bare, fixtures, run};

/// A copy of a fixture whose files are changed.
fn copy(fixture: &str, folder: &Path, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> PathBuf {
    let copy = folder.join(fixture);
    fs::create_dir_all(&copy).unwrap();
    for entry in fixtures().join(fixture).read_dir().unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        fs::write(copy.join(&name), change(&name, fs::read(entry.path()).unwrap())).unwrap();
    }
    copy
}

fn diff(a: &Path, b: &Path, options: &[&str]) -> Ran {
    let mut arguments = vec!["diff", a.to_str().unwrap(), b.to_str().unwrap()];
    arguments.extend(options);
    run(bare(&arguments), "")
}

fn replaced(file: &'static str, from: &'static str, to: &'static str) -> impl Fn(&str, Vec<u8>) -> Vec<u8> {
    move |name, bytes| match name == file {
        true => String::from_utf8(bytes).unwrap().replace(from, to).into_bytes(),
        false => bytes,
    }
}

const FIXTURE: &str = "unusual-tool-without-arguments";

#[test]
fn equal_recordings_are_equal_and_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let original = fixtures().join(FIXTURE);
    let ran = diff(&original, &original, &["--strict"]);
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, "equal\n", ""));

    let changed =
        copy(FIXTURE, folder.path(), replaced("request.json", "What time is it?", "What day is it?"));
    let ran = diff(&original, &changed, &["--output", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &*ran.err), (1, ""));
    assert_eq!(report["equal"], false);
    assert_eq!(
        report["differences"],
        json!([{
            "where": "request.body.messages[0].content[0].text",
            "a": "What time is it?",
            "b": "What day is it?",
        }])
    );
    let ran = diff(&original, &changed, &[]);
    assert_eq!(
        ran.out,
        "request.body.messages[0].content[0].text\n  a  \"What time is it?\"\n  b  \"What day is it?\"\n1 difference\n"
    );
    let page = folder.path().join("page.html");
    assert_eq!(diff(&original, &changed, &["--html", page.to_str().unwrap()]).code, 1);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("What day is it?") && page.contains("request.body.messages[0].content[0].text"));
    let (_, swapped) = (diff(&original, &changed, &[]), diff(&changed, &original, &[]));
    assert!(swapped.out.contains("a  \"What day is it?\""));
}

#[test]
fn folders_are_compared_recording_by_recording() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |_: &str, bytes| bytes;
    copy(FIXTURE, folder.path(), replaced("response.json", "200", "500"));
    copy("error-stream-truncated", folder.path(), keep);
    let ran = diff(&fixtures(), folder.path(), &["--output", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let differences = report["differences"].as_array().unwrap();
    let status = format!("{FIXTURE}/response.status");
    assert!(differences.contains(&json!({"where": status, "a": 200, "b": 500})), "{report}");
    assert!(
        !differences
            .iter()
            .any(|difference| difference["where"].as_str().unwrap().starts_with("error-stream-truncated"))
    );
    let alone = differences.iter().filter(|difference| difference["only"] == "a").count();
    assert_eq!(
        alone,
        fixtures().read_dir().unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count() - 2
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let original = fixtures().join(FIXTURE);
    let ran = diff(&original, &folder.path().join("none"), &[]);
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("none: "), "{}", ran.err);
    let ran = diff(&original, folder.path(), &[]);
    assert!(ran.code == 2 && ran.err.contains("no recording in it"), "{ran:?}");
    let broken = copy(FIXTURE, folder.path(), replaced("response.json", "200", "\"no\""));
    let ran = diff(&original, &broken, &[]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("response.json: invalid type"), "{}", ran.err);
    fs::remove_file(broken.join("response.body")).unwrap();
    let ran = diff(&original, &broken, &[]);
    assert!(ran.code == 4 && ran.err.contains("response.body: "), "{ran:?}");
    assert_eq!(run(bare(&["diff", "one"]), "").code, 2);
}
