//! The packages that the workspace depends on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The source folder of a dependency, as `cargo metadata` reports it.
///
/// # Panics
///
/// If cargo fails, or the workspace does not depend on the package.
pub(crate) fn folder(package: &str) -> PathBuf {
    let packages = metadata()["packages"].as_array().expect("a list of packages");
    let found = packages.iter().find(|found| found["name"] == package);
    let found = found.unwrap_or_else(|| panic!("no dependency is named {package}"));
    let manifest = Path::new(found["manifest_path"].as_str().expect("a path"));
    manifest.parent().expect("a folder").to_owned()
}

/// `cargo metadata` of the workspace and its dependencies on this platform, read once per process.
///
/// # Panics
///
/// If cargo fails.
pub fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(read)
}

fn read() -> Value {
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
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

fn cargo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs")
}
