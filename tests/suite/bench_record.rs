//! Tests that README's tables and plots are those of the record that it names.

use std::path::{Path, PathBuf};

use barerock_test_data::text as file_text;
use barerock_tests::workspace::root;
use serde_json::Value;

/// The text of README between `<!-- bench: NAME -->` and `<!-- end -->`, by name.
fn blocks(readme: &str) -> Vec<(&str, &str)> {
    let begins = readme.split("<!-- bench: ").skip(1);
    begins
        .map(|rest| {
            let (name, rest) = rest.split_once(" -->\n").expect("the end of a marker");
            let (block, _) = rest.split_once("<!-- end -->").unwrap_or_else(|| panic!("{name} has no end"));
            (name, block.trim_end())
        })
        .collect()
}

/// The path of the record that README names; `None` if README shows no record.
fn record_path(blocks: &[(&str, &str)]) -> Option<PathBuf> {
    if blocks.is_empty() {
        println!("README shows no record of benches/run");
        return None;
    }
    let (_, line) = blocks.iter().find(|(name, _)| *name == "record").expect("README names its record");
    let (_, path) = line.split_once('`').expect("a path");
    let (path, _) = path.split_once('`').expect("a path");
    Some(root().join(path))
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|cell| cell.as_str().expect("a string")).collect()
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split(" | ").map(str::trim).collect()
}

fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).is_file()
}

#[test]
fn readme_shows_the_record() {
    let readme = file_text(&root().join("README.md"));
    let blocks = blocks(&readme);
    let Some(path) = record_path(&blocks) else { return };
    let record: Value = serde_json::from_str(&file_text(&path)).unwrap();
    let tables = record["tables"].as_object().unwrap();
    let mut compared = 0;
    for (name, block) in &blocks {
        match *name {
            "record" => {
                assert!(block.contains(record["machine"]["processor"].as_str().unwrap()), "{block}");
                assert!(block.contains(record["versions"]["rustc"].as_str().unwrap()), "{block}");
            }
            "plots" => {
                let plots = record["plots"].as_object().unwrap();
                assert_eq!(block.lines().count(), plots.len(), "{block}");
                for (file, title) in plots {
                    assert!(exists(path.parent().unwrap(), file), "{file}");
                    assert!(block.contains(&**file) && block.contains(title.as_str().unwrap()), "{file}");
                }
            }
            // A run of fewer groups has no tables of the others.
            _ if block.is_empty() => assert!(!tables.contains_key(*name), "{name}"),
            _ => {
                let table = tables.get(*name).unwrap_or_else(|| panic!("the record has no table {name}"));
                let lines: Vec<&str> = block.lines().collect();
                assert_eq!(cells(lines[0]), strings(&table["columns"]), "{name}");
                let rows = table["rows"].as_array().unwrap();
                assert_eq!(lines.len(), rows.len() + 2, "{name}");
                for (line, row) in lines[2..].iter().zip(rows) {
                    assert_eq!(cells(line), strings(row), "{name}");
                }
                compared += 1;
            }
        }
    }
    assert!(compared >= 4, "{compared} tables");
}

/// The record must name the checks that a contender omits with its number, and each contender must have been compared.
#[test]
fn every_row_says_how_it_was_verified() {
    let readme = file_text(&root().join("README.md"));
    let Some(path) = record_path(&blocks(&readme)) else { return };
    let record: Value = serde_json::from_str(&file_text(&path)).unwrap();
    let rows = record["rows"].as_array().unwrap();
    assert!(rows.len() > 40, "{}", rows.len());
    for row in rows {
        assert!(row["verified"].is_string() && row["median_ns"].as_f64().unwrap() > 0.0, "{row}");
        let ours = row["contender"].as_str().unwrap().starts_with("barerock");
        let decodes = ["frames", "frame-size"].contains(&row["group"].as_str().unwrap());
        assert!(ours || !decodes || row["unchecked"].is_string(), "{row}");
    }
}
