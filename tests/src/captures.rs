//! Recordings of the real service, which other people made: they stay where they are, and the tests look for them.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
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

/// Every recording in the folder that `BAREROCK_CAPTURES` names, in the order of their names.
///
/// # Panics
///
/// Where one cannot be read, or there are not [`COUNT`].
pub fn all(name: &str) -> Option<Vec<Recording>> {
    let mut folders: Vec<_> = folder(name)?
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert_eq!(folders.len(), COUNT);
    Some(folders.into_iter().map(recording).collect())
}

fn recording(folder: PathBuf) -> Recording {
    let response: Value = serde_json::from_slice(&read(&folder.join("response.json"))).unwrap();
    let (_, path, request_body) = request(&folder);
    let headers = response["headers"].as_array().unwrap().iter();
    Recording {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        path,
        request_body,
        status: u16::try_from(response["status"].as_u64().unwrap()).unwrap().try_into().unwrap(),
        headers: headers
            .map(|header| {
                (header[0].as_str().unwrap().parse().unwrap(), header[1].as_str().unwrap().parse().unwrap())
            })
            .collect::<Vec<(HeaderName, HeaderValue)>>()
            .into_iter()
            .collect(),
        body: read(&folder.join("response.body")),
        folder,
    }
}
