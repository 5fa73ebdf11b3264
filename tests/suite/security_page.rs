//! The tests that docs/security.md names exist.

use barerock_test_data::text;
use barerock_tests::workspace::root;

const PAGE: &str = include_str!("../../docs/security.md");

#[test]
fn every_promise_names_tests_that_exist() {
    let promises = PAGE.split("\n## Promises").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = promises.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let mut tests = 0;
    for row in &rows {
        let held_by = row.split(" | ").nth(1).unwrap();
        for file in held_by.trim_end_matches(" |").split("; ") {
            let (path, names) = file.split_once(": ").unwrap_or_else(|| panic!("no test in {file}"));
            let source = text(&root().join(path.trim_matches('`')));
            for name in names.split(", ").map(|name| name.trim_matches('`')) {
                let is_there = ["(", "<"].iter().any(|after| source.contains(&format!("fn {name}{after}")));
                assert!(is_there, "{path} has no test {name}");
                tests += 1;
            }
        }
    }
    assert!(rows.len() > 10 && tests > rows.len(), "{} promises, {tests} tests", rows.len());
}
