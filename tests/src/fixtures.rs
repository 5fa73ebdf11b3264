//! Access to the fixtures of the project.

use std::path::{Path, PathBuf};

/// Directory of the exchanges.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/converse")
}

/// Reads the response body of a fixture.
///
/// # Panics
///
/// If there is no such fixture.
#[expect(clippy::disallowed_methods, reason = "tests read their fixtures")]
pub fn body(name: &str) -> Vec<u8> {
    let path = folder().join(name).join("response.body");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the complete streams of at most `longest` bytes, with their names.
///
/// # Panics
///
/// If the directory cannot be read or contains no such stream.
pub fn good_streams(longest: usize) -> Vec<(String, Vec<u8>)> {
    let entries = folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.filter(|name| !name.starts_with("error-")).collect();
    names.sort();
    let bodies = names.into_iter().map(|name| (body(&name), name));
    // An event stream begins with a length of less than 16 MiB; JSON does not.
    let streams: Vec<_> =
        bodies.filter(|(body, _)| body.starts_with(&[0]) && body.len() <= longest).collect();
    assert!(streams.len() > 5);
    streams.into_iter().map(|(body, name)| (name, body)).collect()
}
