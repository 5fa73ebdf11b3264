//! Tests that each published crate has the metadata and files of a crates.io package, also in a checkout without
//! symbolic links.

use std::path::Path;

use barerock_test_data::{read, text as file_text};
use barerock_tests::workspace::{published, root, text};

#[test]
fn every_package_is_described() {
    for package in &published() {
        let name = text(package, "name");
        assert!((20..=120).contains(&text(package, "description").len()), "{name}: description");
        assert_eq!(text(package, "license"), "MIT OR Apache-2.0", "{name}");
        assert_eq!(text(package, "documentation"), format!("https://docs.rs/{name}"));
        assert!(package["repository"].is_null(), "{name}: there is no public repository yet");
        for (member, most) in [("keywords", 5), ("categories", 5)] {
            let count = package[member].as_array().unwrap().len();
            assert!((1..=most).contains(&count), "{name}: {member}");
        }
        assert_eq!(package["metadata"]["docs"]["rs"]["all-features"], true, "{name}");
        assert!(package["rust_version"].is_string(), "{name}: rust-version");
    }
}

#[test]
fn every_package_has_its_licences_and_a_readme_with_an_example() {
    for package in &published() {
        let name = text(package, "name");
        let folder = Path::new(text(package, "manifest_path")).parent().unwrap();
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(read(&folder.join(licence)) == read(&root().join(licence)), "{name}: {licence} differs");
        }
        let readme = file_text(&folder.join("README.md"));
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}: README.md");
        if name == "barerock-cli" {
            assert!(readme.contains("```sh\nbarerock "), "{name}: README.md has no example");
            continue;
        }
        assert!(readme.contains("```rust"), "{name}: README.md has no example");
        let library = file_text(&folder.join("src/lib.rs"));
        let compiled = "#[cfg(doctest)]\n#[doc = include_str!(\"../README.md\")]\n";
        assert!(library.contains(compiled), "{name}: the example of README.md is not compiled");
    }
}

/// A checkout on a system without symbolic links contains text files instead.
#[test]
fn nothing_is_a_symbolic_link() {
    let mut folders: Vec<_> =
        ["benches", "crates", "fixtures", "tests"].map(|folder| root().join(folder)).into();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            assert!(!kind.is_symlink(), "{}", entry.path().display());
            // Build output is not part of the repository.
            if kind.is_dir() && entry.file_name() != "target" {
                folders.push(entry.path());
            }
            files += usize::from(kind.is_file());
        }
    }
    assert!(files > 500, "{files}");
}
