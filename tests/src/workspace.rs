//! Packages of the workspace, from `cargo metadata`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Root directory of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Adds the Rust sources in a folder and below it, in order.
///
/// # Panics
///
/// If a folder cannot be read.
pub fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Returns the published packages of the workspace, in the form of `cargo metadata`.
///
/// # Panics
///
/// If cargo fails.
#[must_use]
pub fn published() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let mut packages = metadata["packages"].as_array().expect("a list of packages").clone();
    // `publish = false` is an empty list of registries.
    packages.retain(|package| package["publish"] != Value::Array(Vec::new()));
    packages
}

/// Returns a string member of a package description.
///
/// # Panics
///
/// If it is not a string.
#[must_use]
pub fn text<'v>(package: &'v Value, member: &str) -> &'v str {
    package[member].as_str().unwrap_or_else(|| panic!("{}: no {member}", package["name"]))
}
