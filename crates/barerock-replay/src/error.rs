//! Errors of loading fixtures and of listening.

use core::fmt;
use core::net::SocketAddr;
use std::io;
use std::path::PathBuf;

use barerock_audit::exchange::ExchangeError;

/// Error of loading fixtures.
#[derive(Debug)]
#[non_exhaustive]
pub enum FixtureError {
    /// The folder or file cannot be read.
    #[non_exhaustive]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// An exchange is missing a file, or is invalid.
    #[non_exhaustive]
    Exchange {
        /// The fixture's name.
        fixture: String,
        /// What is wrong with it.
        source: ExchangeError,
    },
    /// The folder or archive holds no fixture.
    #[non_exhaustive]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Exchange { source: source @ ExchangeError::Har { .. }, .. } => source.fmt(f),
            Self::Exchange { fixture, source } => write!(f, "fixture {fixture}: {source}"),
            Self::Empty { path } => write!(
                f,
                "{}: no fixture: expected folders with request.json, response.json and response.body, or a .har file",
                path.display()
            ),
        }
    }
}

impl core::error::Error for FixtureError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Exchange { source, .. } => Some(source),
            Self::Empty { .. } => None,
        }
    }
}

/// Error of listening on an address.
#[derive(Debug)]
#[non_exhaustive]
pub enum BindError {
    /// The address cannot be resolved or bound.
    #[non_exhaustive]
    Io {
        /// The address passed to `bind`.
        address: String,
        /// The system's error.
        source: io::Error,
    },
    /// The address can be reached from other machines.
    #[non_exhaustive]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { address, source } => write!(f, "cannot listen on {address}: {source}"),
            Self::NotLoopback { address } => write!(
                f,
                "{address} is not a loopback address: other machines could reach it; listen on 127.0.0.1 (in \
                 code, `allow_other_machines` allows it)"
            ),
        }
    }
}

impl core::error::Error for BindError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NotLoopback { .. } => None,
        }
    }
}
