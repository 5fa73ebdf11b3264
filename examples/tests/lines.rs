//! The counts of lines in docs/from-boto3.md are those of its blocks.

const PAGE: &str = include_str!("../../docs/from-boto3.md");

/// The lines of each block of a section that are code: neither blank, nor a comment, nor hidden by rustdoc.
fn lines(section: &str, language: &str) -> usize {
    let from = section.find(&format!("```{language}")).unwrap();
    let block = section[from..].lines().skip(1).take_while(|line| *line != "```");
    block
        .filter(|line| !line.trim().is_empty() && !line.starts_with("# ") && !line.trim().starts_with("//"))
        .count()
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
