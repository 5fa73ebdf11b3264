//! Recordings to compare or check: a folder of one exchange, a folder of folders, or an HTTP archive.

use core::fmt;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exchange::{Exchange, ExchangeError, archive_of};
use crate::har;

/// Recordings by name, in the order of their names. They are read when they are compared.
#[derive(Debug)]
pub struct Recordings(Vec<Recording>);

/// A recorded exchange.
#[derive(Debug, Clone)]
pub struct Recording {
    name: String,
    kept: Kept,
}

/// Where an exchange is kept.
#[derive(Debug, Clone)]
enum Kept {
    /// In a folder, which is read when it is needed.
    Folder(PathBuf),
    /// In an archive, which is read as a whole.
    Archive(Box<Exchange>),
}

impl Recording {
    /// Name of the recording: that of its folder, or `entries[N]` of an archive.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads the exchange.
    ///
    /// # Errors
    /// [`RecordingsError`] if it cannot be read.
    pub fn read(&self) -> Result<Exchange, RecordingsError> {
        match &self.kept {
            Kept::Archive(exchange) => Ok((**exchange).clone()),
            Kept::Folder(path) => Exchange::read(path)
                .map_err(|source| RecordingsError::Exchange { path: path.clone(), source }),
        }
    }
}

impl Recordings {
    /// Finds the recordings that a path names: a folder with an exchange, a folder with such folders, the exchanges of
    /// `FILE.har`, or one of them as `FILE.har#N`.
    ///
    /// # Errors
    /// [`RecordingsError`] if there is no such folder or archive, the archive is invalid, or no recording is in it.
    pub fn find(path: &Path) -> Result<Self, RecordingsError> {
        match archive_of(path) {
            Some(archive) => Self::in_archive(path, &archive),
            None => Self::in_folder(path),
        }
    }

    fn in_archive(path: &Path, archive: &Path) -> Result<Self, RecordingsError> {
        let at = |source| match source {
            ExchangeError::Io { path, source } => RecordingsError::Io { path, source },
            source => RecordingsError::Exchange { path: path.to_owned(), source },
        };
        let recording = |name, exchange| Recording { name, kept: Kept::Archive(Box::new(exchange)) };
        let found: Vec<Recording> = if archive == path {
            let entries = har::read(archive).map_err(at)?.into_iter();
            entries.map(|entry| recording(format!("entries[{}]", entry.index), entry.exchange)).collect()
        } else {
            vec![recording(String::new(), Exchange::open(path).map_err(at)?)]
        };
        if found.is_empty() { Err(RecordingsError::Empty { path: path.to_owned() }) } else { Ok(Self(found)) }
    }

    fn in_folder(folder: &Path) -> Result<Self, RecordingsError> {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let one = |path: &Path| Recording { name: name(path), kept: Kept::Folder(path.to_owned()) };
        let at = |source| RecordingsError::Io { path: folder.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(at)?;
        if Exchange::is_in(folder) {
            return Ok(Self(vec![one(folder)]));
        }
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(at)?.path();
            if path.is_dir() && Exchange::is_in(&path) {
                found.push(one(&path));
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        if found.is_empty() {
            Err(RecordingsError::Empty { path: folder.to_owned() })
        } else {
            Ok(Self(found))
        }
    }

    /// The recordings.
    #[must_use]
    pub fn as_slice(&self) -> &[Recording] {
        &self.0
    }
}

/// Two recordings that belong together, and what their places begin with.
pub(super) type Pair<'r> = (Option<&'r Recording>, Option<&'r Recording>, String);

/// Pairs recordings: the only one of each side, those of the same name, and of those that `--record` named the nth of each
/// operation.
pub(super) fn pairs<'r>(a: &'r Recordings, b: &'r Recordings) -> Vec<Pair<'r>> {
    if let ([a], [b]) = (a.as_slice(), b.as_slice()) {
        return vec![(Some(a), Some(b), String::new())];
    }
    let (a, mut b) = (keyed(a), keyed(b));
    let mut pairs: Vec<Pair<'r>> = Vec::new();
    for (key, recording) in a {
        let other = b.remove(&key);
        pairs.push((Some(recording), other, format!("{}/", recording.name)));
    }
    pairs.extend(b.into_values().map(|recording| (None, Some(recording), String::new())));
    pairs
}

fn keyed(recordings: &Recordings) -> BTreeMap<(String, usize), &Recording> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut keyed = BTreeMap::new();
    for recording in recordings.as_slice() {
        let name = operation_of_recorder(&recording.name).unwrap_or(&recording.name).to_owned();
        let count = counts.entry(name.clone()).or_default();
        keyed.insert((name, *count), recording);
        *count += 1;
    }
    keyed
}

/// The operation in a name such as `20261128T120000Z-0001-1a2b3c4d-1-converse-stream`, which `--record` gives: the time and
/// the id are another for every recording.
fn operation_of_recorder(name: &str) -> Option<&str> {
    let mut parts = name.splitn(5, '-');
    let (time, number, id, attempt) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = time.len() == 16 && time.get(8..9) == Some("T") && time.ends_with('Z');
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.next().filter(|_| is_time && is_id && are_digits(number) && are_digits(attempt))
}

/// Recordings that cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordingsError {
    /// The folder or archive cannot be read.
    #[non_exhaustive]
    Io {
        /// The folder or archive.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The folder or archive has no recording in it.
    #[non_exhaustive]
    Empty {
        /// The folder or archive.
        path: PathBuf,
    },
    /// A recording is incomplete or invalid.
    #[non_exhaustive]
    Exchange {
        /// The folder of the recording, or the archive.
        path: PathBuf,
        /// What is wrong.
        source: ExchangeError,
    },
}

impl fmt::Display for RecordingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Empty { path } => write!(f, "{}: no recording in it", path.display()),
            Self::Exchange { source, .. } => source.fmt(f),
        }
    }
}

impl core::error::Error for RecordingsError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Empty { .. } => None,
            Self::Exchange { source, .. } => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Recordings {
        let recording =
            |name: &&str| Recording { name: (*name).to_owned(), kept: Kept::Folder(PathBuf::new()) };
        Recordings(names.iter().map(recording).collect())
    }

    fn paired(a: &[&str], b: &[&str]) -> Vec<(String, String)> {
        let name = |side: Option<&Recording>| side.map_or("-", Recording::name).to_owned();
        pairs(&named(a), &named(b)).into_iter().map(|(a, b, _)| (name(a), name(b))).collect()
    }

    #[test]
    fn recordings_are_paired_by_name() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(paired(&["x"], &["y"]), [pair("x", "y")]);
        assert_eq!(paired(&["a", "b"], &["b", "c"]), [pair("a", "-"), pair("b", "b"), pair("-", "c")]);
        let (first, second) =
            ("20261128T120000Z-0001-1a2b3c4d-1-converse-stream", "20261128T120001Z-0002-00ffaa11-1-converse");
        let (other, another) =
            ("20270101T000000Z-0001-77777777-1-converse-stream", "20270101T000000Z-0002-88888888-2-converse");
        assert_eq!(paired(&[first, second], &[other, another]), [pair(second, another), pair(first, other)]);
        assert_eq!(operation_of_recorder("20261128T120000Z-1-xy-1-converse"), None);
    }
}
