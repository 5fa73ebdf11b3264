//! Published test vectors.

use std::path::{Path, PathBuf};

use crate::sources;

/// Number of cases of [`signing_suite`] with all stages; two more have fewer.
pub const SIGNING_CASES: usize = 38;

/// Number of frames of [`frames`].
pub const FRAMES: usize = 11;

/// AWS's SigV4 test suite, from the package of `aws-sigv4`: a folder for each case.
#[must_use]
pub fn signing_suite() -> PathBuf {
    sources::folder("aws-sigv4").join("aws-signing-test-suite/v4")
}

/// Valid and invalid frames, from the package of `aws-smithy-eventstream`: a file for each.
#[must_use]
pub fn frames() -> PathBuf {
    sources::folder("aws-smithy-eventstream").join("test_data")
}

/// The folder `under` in the one that `BAREROCK_VECTORS` names, with vectors that the packages do not contain.
///
/// # Panics
///
/// If the variable is set and there is no such folder.
#[must_use]
pub fn named(under: &str) -> Option<PathBuf> {
    let folder = crate::named("BAREROCK_VECTORS")?.join(under);
    assert!(folder.is_dir(), "BAREROCK_VECTORS: {} is missing", folder.display());
    Some(folder)
}

/// The files below `folder` for which `is_case` returns true, in the order of their paths.
///
/// # Panics
///
/// If a folder cannot be read.
pub fn cases(folder: &Path, is_case: fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder's entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if is_case(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
