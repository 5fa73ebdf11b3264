//! Recordings of the real service, which other people made: they stay where they are, and the tests look for them.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// How many recordings the folder is expected to hold.
pub const COUNT: usize = 323;

/// The folder that `BAREROCK_CAPTURES` names. Says that the test `name` skips where it names none.
#[expect(clippy::disallowed_methods, reason = "where the recordings are is known to the environment only")]
pub fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BAREROCK_CAPTURES").map(PathBuf::from);
    if folder.is_none() {
        println!("{name}: skipped, BAREROCK_CAPTURES names no folder");
    }
    folder
}

/// The request of a recording: its method, the path of its URI and its body.
///
/// # Panics
///
/// Where the recording has no such file, or another form.
pub fn request(recording: &Path) -> (String, String, String) {
    let request: Value = serde_json::from_slice(&read(&recording.join("request.json"))).unwrap();
    let member = |name: &str| request[name].as_str().unwrap().to_owned();
    let uri = member("uri");
    // Hosts were scrubbed by those who recorded: what is left is not always a URI.
    let path = uri.split_once(".com/").map_or(uri.as_str(), |(host, _)| &uri[host.len() + ".com".len()..]);
    (member("method"), path.to_owned(), member("body"))
}

/// The bytes of a file.
///
/// # Panics
///
/// Where it cannot be read.
#[expect(clippy::disallowed_methods, reason = "a test reads the files that the environment named")]
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
