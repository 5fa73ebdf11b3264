//! Compares `docs/conformance.md` with the sentences of the specifications that are cited in the code.
//!
//! Code that obeys a rule has a comment `// spec: ID "sentence"`, a test of it `// spec-test: ID, ID` before `#[test]`.
//! With `BAREROCK_WRITE_CONFORMANCE=1` the list is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use barerock_test_data::text;
use barerock_tests::workspace::{root, sources};

const HEAD: &str = "# Conformance

Rules of the specifications that the code obeys, each with the line that obeys it (`// spec:` in the source) and its tests
(`// spec-test:`). `tests/suite/citations.rs` compares this list with the source. `eventstream` is the Amazon Event Stream
Specification (smithy.io, AWS, Amazon Event Stream Specification), `sigv4` is \"Create a signed AWS API request\" of the IAM
user guide. `bedrock` is the service model and API reference of Bedrock Runtime 2023-09-30 and, where the sentence says so,
what the service was recorded to do; `restjson1` is the AWS restJson1 protocol, `smithy` the Smithy specification, `rfc8259`
JSON. `barerock check` names the rules of `eventstream`, and those of `bedrock` and `restjson1` that it checks, by the same ids.

| rule | sentence | code | tests |
|---|---|---|---|
";

#[derive(Default)]
struct Rule {
    sentence: String,
    code: Vec<String>,
    tests: Vec<String>,
}

fn rules() -> BTreeMap<String, Rule> {
    let (root, mut files) = (root(), Vec::new());
    sources(&root.join("crates"), &mut files);
    sources(&root.join("tests/suite"), &mut files);
    sources(&root.join("tests/signing/tests"), &mut files);
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    for path in files.iter().filter(|path| !path.ends_with("citations.rs")) {
        let name = path.strip_prefix(&root).unwrap().display().to_string().replace('\\', "/");
        let source = text(path);
        let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
        for (at, line) in lines.iter().enumerate() {
            if let Some(citation) = line.strip_prefix("// spec: ") {
                let (id, sentence) = citation.split_once(' ').unwrap();
                let rule = rules.entry(id.to_owned()).or_default();
                rule.sentence = sentence.to_owned();
                rule.code.push(format!("`{name}`"));
            }
            if let Some(ids) = line.strip_prefix("// spec-test: ") {
                let test = lines[at..].iter().find_map(|line| line.strip_prefix("fn ")).unwrap();
                let test = test.split('(').next().unwrap();
                for id in ids.split(", ") {
                    rules.entry(id.to_owned()).or_default().tests.push(format!("`{name}`: `{test}`"));
                }
            }
        }
    }
    rules
}

#[expect(clippy::disallowed_methods, reason = "the environment says whether to write the list")]
#[test]
fn the_list_is_that_of_the_source() {
    let rules = rules();
    let mut list = HEAD.to_owned();
    for (id, Rule { sentence, code, tests }) in &rules {
        assert!(!code.is_empty(), "{id} is tested, but cited nowhere");
        assert!(!tests.is_empty(), "{id} has no test");
        let (code, tests) = (code.join(", "), tests.join(", "));
        writeln!(list, "| `{id}` | {sentence} | {code} | {tests} |").unwrap();
    }
    let path = root().join("docs/conformance.md");
    if std::env::var_os("BAREROCK_WRITE_CONFORMANCE").is_some() {
        std::fs::write(&path, &list).unwrap();
    }
    assert!(text(&path) == list, "docs/conformance.md differs from the source");
}

#[test]
fn check_names_the_rules_by_the_same_ids() {
    let checked = text(&root().join("crates/barerock-audit/src/check/rule.rs"));
    for id in rules().keys().filter(|id| id.starts_with("eventstream#")) {
        assert!(checked.contains(&format!("\"{id}\"")), "{id} is no rule of check");
    }
}
