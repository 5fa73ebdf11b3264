//! Source folders of the packages that the workspace depends on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The source folder of a dependency, as `cargo metadata` reports it.
///
/// # Panics
///
/// If cargo fails, or the workspace does not depend on the package.
pub(crate) fn folder(package: &str) -> PathBuf {
    static FOLDERS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let folders = FOLDERS.get_or_init(read);
    folders.get(package).unwrap_or_else(|| panic!("no dependency is named {package}")).clone()
}

fn read() -> BTreeMap<String, PathBuf> {
    let version = cargo(&["-vV"]);
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host =
        version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo -vV names the host");
    // Packages for other platforms need not have been downloaded.
    let arguments = ["metadata", "--format-version", "1", "--filter-platform", host];
    let mut output = cargo(&[&arguments[..], &["--offline"]].concat());
    if !output.status.success() {
        // A build of one package does not download the dependencies of the others.
        output = cargo(&arguments);
    }
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let packages = metadata["packages"].as_array().expect("a list of packages").iter();
    packages
        .map(|package| {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            (text(&package["name"]), manifest.parent().expect("a folder").to_owned())
        })
        .collect()
}

fn cargo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs")
}
