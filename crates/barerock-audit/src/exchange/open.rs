//! Exchanges by the name of a folder, or of an archive and an index.

use std::path::{Path, PathBuf};

use super::{Exchange, ExchangeError};
use crate::har::{self, HarEntry};

impl Exchange {
    /// Reads the exchange that a path names: a folder, `FILE.har` with a single exchange, or the entry N of an archive as
    /// `FILE.har#N`, counted from 0.
    ///
    /// # Errors
    /// As [`read`](Self::read) and [`har::read`], and [`ExchangeError::NotOne`] if the archive has no such entry, or has
    /// several and none is named.
    pub fn open(path: &Path) -> Result<Self, ExchangeError> {
        let Some((archive, index)) = archive_and_index(path) else { return Self::read(path) };
        let entries = har::read(&archive)?;
        pick(entries, index, |_| true).map_err(|problem| ExchangeError::NotOne { path: archive, problem })
    }

    /// As [`open`](Self::open), but of an archive without an index the only exchange whose response is an event stream, if
    /// there is one.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_stream(path: &Path) -> Result<Self, ExchangeError> {
        let Some((archive, index)) = archive_and_index(path) else { return Self::read(path) };
        let entries = har::read(&archive)?;
        let has_streams = entries.iter().any(|entry| entry.exchange.response.is_event_stream());
        pick(entries, index, |exchange| !has_streams || exchange.response.is_event_stream())
            .map_err(|problem| ExchangeError::NotOne { path: archive, problem })
    }
}

/// The archive that a path names as `FILE.har` or `FILE.har#N`; `None` if it names none.
#[must_use]
pub fn archive_of(path: &Path) -> Option<PathBuf> {
    archive_and_index(path).map(|(archive, _)| archive)
}

/// The archive that a path names, and the index behind its `#`; `None` if it names no archive.
fn archive_and_index(path: &Path) -> Option<(PathBuf, Option<usize>)> {
    if har::is_archive(path) {
        return Some((path.to_owned(), None));
    }
    let (file, index) = path.to_str()?.rsplit_once('#')?;
    let file = PathBuf::from(file);
    har::is_archive(&file).then_some((file, Some(index.parse().ok()?)))
}

/// The exchange at an index, else the only one that is wanted.
fn pick(
    entries: Vec<HarEntry>,
    index: Option<usize>,
    wanted: impl Fn(&Exchange) -> bool,
) -> Result<Exchange, String> {
    let has_index = |entry: &HarEntry| index.is_none_or(|index| entry.index == index);
    let mut found: Vec<HarEntry> = entries
        .into_iter()
        .filter(|entry| has_index(entry) && (index.is_some() || wanted(&entry.exchange)))
        .collect();
    match (found.len(), index, found.pop()) {
        (1, _, Some(entry)) => Ok(entry.exchange),
        (_, Some(index), _) => Err(format!("no exchange in entries[{index}]")),
        (0, None, _) => Err("no exchange".to_owned()),
        (_, None, last) => {
            let indexes = found.iter().chain(&last).map(|entry| entry.index.to_string());
            Err(format!("several exchanges: entries {}", indexes.collect::<Vec<_>>().join(", ")))
        }
    }
}
