//! Errors of reading a recorded exchange.

use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base64::DecodeError;

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
        /// The file: its name alone, if the exchange was not read from a folder.
        path: PathBuf,
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

impl ExchangeError {
    /// The same for a file in this folder.
    pub(super) fn within(self, folder: &Path) -> Self {
        match self {
            Self::Invalid { path, problem } => Self::Invalid { path: folder.join(path), problem },
            other => other,
        }
    }
}

/// What is wrong with a base64 text.
pub(crate) fn invalid_base64(error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => {
            format!("invalid base64 at byte {at}")
        }
        DecodeError::InvalidLength(length) => format!("invalid base64: {length} characters"),
        DecodeError::InvalidPadding => "invalid base64: wrong padding".to_owned(),
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::NotAFile { path } => write!(f, "{}: not a regular file", path.display()),
            Self::TooLong { path, limit } => write!(f, "{}: longer than {limit} bytes", path.display()),
            Self::Har { path: None, problem } => f.write_str(problem),
            Self::Invalid { path, problem }
            | Self::Har { path: Some(path), problem }
            | Self::NotOne { path, problem } => {
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
