//! Test vectors that other people published: they stay where they are, and the tests look for them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder `under` in the one that `BAREROCK_VECTORS` names. Says that the test `name` skips where it names none.
#[expect(clippy::disallowed_methods, reason = "where the vectors are is known to the environment only")]
pub fn folder(name: &str, under: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BAREROCK_VECTORS").map(|folder| PathBuf::from(folder).join(under));
    if folder.is_none() {
        println!("{name}: skipped, BAREROCK_VECTORS names no folder");
    }
    folder
}

/// A file's text.
///
/// # Panics
///
/// Where it is no text, or cannot be read.
pub fn text(path: &Path) -> String {
    String::from_utf8(crate::captures::read(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's JSON.
///
/// # Panics
///
/// Where it is no JSON, or cannot be read.
pub fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All folders below `folder` that hold a file that `is_case` picks, with that file, in the order of their paths.
///
/// # Panics
///
/// Where a folder cannot be read.
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
