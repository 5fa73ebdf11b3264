//! Errors of reading a recorded exchange.

use core::fmt;
use std::io;
use std::path::PathBuf;

/// A recorded exchange that cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExchangeError {
    /// A file cannot be read.
    #[non_exhaustive]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file of the exchange is a folder, FIFO, socket or device.
    #[non_exhaustive]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// A file is too long to be one of an exchange.
    #[non_exhaustive]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The longest that is read, in bytes.
        limit: u64,
    },
    /// A member is missing or invalid.
    #[non_exhaustive]
    Invalid {
        /// The file.
        file: &'static str,
        /// The member, and what is wrong with it.
        problem: String,
    },
    /// An HTTP archive is invalid, or saved without bodies.
    #[non_exhaustive]
    Har {
        /// The file, where there is one.
        path: Option<PathBuf>,
        /// The index of the entry, the member, and what is wrong with it.
        problem: String,
    },
    /// A path names no exchange, or several.
    #[non_exhaustive]
    NotOne {
        /// The path.
        path: PathBuf,
        /// What it names.
        problem: String,
    },
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::NotAFile { path } => write!(f, "{}: not a regular file", path.display()),
            Self::TooLong { path, limit } => write!(f, "{}: longer than {limit} bytes", path.display()),
            Self::Invalid { file, problem } => write!(f, "{file}: {problem}"),
            Self::Har { path: None, problem } => f.write_str(problem),
            Self::Har { path: Some(path), problem } | Self::NotOne { path, problem } => {
                write!(f, "{}: {problem}", path.display())
            }
        }
    }
}

impl core::error::Error for ExchangeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
