//! Recordings of the real service, made by other people. They are not part of the project.

use std::path::PathBuf;

use barerock_audit::Exchange;
use http::{HeaderMap, StatusCode};

/// Number of recordings in the folder.
pub const COUNT: usize = 323;

/// Number of recordings that are event streams.
pub const STREAMS: usize = 123;

/// The folder that `BAREROCK_CAPTURES` names. If it is not set, reports that the test `name` does not run.
///
/// # Panics
///
/// If the folder is missing or empty.
#[must_use]
pub fn folder(name: &str) -> Option<PathBuf> {
    let folder = crate::named("BAREROCK_CAPTURES");
    if folder.is_none() {
        crate::not_run(name, "BAREROCK_CAPTURES");
    }
    folder
}

/// A recorded exchange.
#[derive(Debug)]
pub struct Recording {
    /// Its folder's name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The path of the request's URI.
    pub path: String,
    /// The request's body.
    pub request_body: String,
    /// The response's status.
    pub status: StatusCode,
    /// The response's headers.
    pub headers: HeaderMap,
    /// The response's body.
    pub body: Vec<u8>,
}

impl Recording {
    /// The last segment of the path, such as `converse-stream`.
    pub fn operation(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Reads the recordings in the folder that `BAREROCK_CAPTURES` names, in the order of their names.
///
/// # Panics
///
/// If one cannot be read, or there are not [`COUNT`].
#[must_use]
pub fn all(name: &str) -> Option<Vec<Recording>> {
    Some(folders(name)?.into_iter().map(recording).collect())
}

/// The folders of the recorded event streams, each with `response.body` and `frames.json`, the frames that another
/// decoder found.
///
/// # Panics
///
/// If there are not [`STREAMS`].
#[must_use]
pub fn streams(name: &str) -> Option<Vec<PathBuf>> {
    let mut folders = folders(name)?;
    folders.retain(|folder| folder.join("frames.json").is_file());
    assert_eq!(folders.len(), STREAMS);
    Some(folders)
}

fn folders(name: &str) -> Option<Vec<PathBuf>> {
    let entries = folder(name)?.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert_eq!(folders.len(), COUNT);
    Some(folders)
}

fn recording(folder: PathBuf) -> Recording {
    let Exchange { request, response } =
        Exchange::read(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    Recording {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        path: request.target().unwrap().to_owned(),
        request_body: String::from_utf8(request.body().to_vec()).unwrap(),
        status: response.status(),
        headers: response.header_lines().collect(),
        body: response.body().to_vec(),
        folder,
    }
}
