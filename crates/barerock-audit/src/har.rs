//! HTTP archives (HAR 1.2), as browsers, mitmproxy and `barerock --record FILE.har` write them.
//!
//! Read are `method`, `url`, `headers` and `postData` of a request, `status`, `headers` and `content` of a response, the
//! times of an entry, and `_barerock`, which holds what `response.chunks.json` holds ([`Timing`](crate::exchange::Timing)). Bodies are text or
//! base64. An archive holds decoded bodies, so `content-encoding` is left out. Entries without a response (status 0) are
//! skipped, and so are the pseudo-headers of HTTP/2.

mod read;
mod write;

use std::path::Path;

pub use self::write::HarWriter;
use crate::Exchange;
use crate::exchange::{ExchangeError, read_bounded};

/// The end of the name of an archive's file.
pub const EXTENSION: &str = "har";

/// The longest archive that is read, in bytes.
const MAX_ARCHIVE_BYTES: u64 = 512 * 1024 * 1024;

/// An exchange of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an exchange and its place")]
pub struct HarEntry {
    /// Its index in `log.entries`.
    pub index: usize,
    /// The exchange.
    pub exchange: Exchange,
}

/// Reads the exchanges of an archive.
///
/// # Errors
/// [`ExchangeError::Har`] names the index of the entry and the member that is missing or invalid: also where the archive
/// was saved without response bodies.
pub fn parse(json: &[u8]) -> Result<Vec<HarEntry>, ExchangeError> {
    read::entries(json).map_err(|problem| ExchangeError::Har { path: None, problem })
}

/// Reads the exchanges of an archive's file.
///
/// # Errors
/// [`ExchangeError`] if it is not a regular file, is longer than 512 MiB or cannot be read, and as [`parse`].
pub fn read(path: &Path) -> Result<Vec<HarEntry>, ExchangeError> {
    let json = read_bounded(path, MAX_ARCHIVE_BYTES)?;
    read::entries(&json).map_err(|problem| ExchangeError::Har { path: Some(path.to_owned()), problem })
}

/// Whether a path has the extension of an archive.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

#[cfg(test)]
mod tests;
