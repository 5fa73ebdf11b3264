//! The counts of lines in docs/from-boto3.md are those of its blocks, and of the programs that it compares.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../docs/from-boto3.md");

/// Returns true if a line is neither blank nor a comment.
fn is_code(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim().starts_with("//")
}

/// The lines of code of a section's first block in a language, without those that rustdoc hides.
fn lines(section: &str, language: &str) -> usize {
    let from = section.find(&format!("```{language}")).unwrap();
    let block = section[from..].lines().skip(1).take_while(|line| *line != "```");
    block.filter(|line| is_code(line) && !line.starts_with("# ")).count()
}

#[test]
fn the_counts_are_those_of_the_blocks() {
    let mut sections = 0;
    for section in PAGE.split("\n## ").filter(|section| section.contains("```python")) {
        let name = section.lines().next().unwrap();
        let row = format!("| {name} | {} | {} |", lines(section, "python"), lines(section, "rust"));
        assert!(PAGE.contains(&row), "wants the row {row}");
        sections += 1;
    }
    assert_eq!(
        sections,
        PAGE.lines().filter(|line| line.contains("`cargo run -p barerock-examples")).count()
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The path that a cell links to, and the lines of code of that file.
fn program(cell: &str) -> (String, usize) {
    let path = cell.split_once("](../").and_then(|(_, rest)| rest.strip_suffix(')')).unwrap();
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    (path.to_owned(), text.lines().filter(|line| is_code(line)).count())
}

#[test]
fn every_program_is_shorter_than_the_sdk_s() {
    let section = PAGE.split("\n## ").find(|section| section.starts_with("Against the AWS SDK")).unwrap();
    let mut compared = BTreeSet::new();
    for row in section.lines().filter(|line| line.contains("](../") && line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, ours, our_lines, sdk, sdk_lines] = cells[..] else { panic!("not a row: {row}") };
        let ((_, ours), (path, sdk)) = (program(ours), program(sdk));
        assert_eq!((our_lines, sdk_lines), (&*ours.to_string(), &*sdk.to_string()), "{row}");
        assert!(ours < sdk, "not shorter: {row}");
        compared.insert(path);
    }
    let folder = "examples/sdk/src/bin";
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(compared.remove(&format!("{folder}/{name}")), "not in the table: {name}");
    }
    assert_eq!(compared, BTreeSet::from(["benches/size/sdk-lean/src/main.rs".to_owned()]));
}
