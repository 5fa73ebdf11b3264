//! The sources of values, and the places that were skipped.

use core::fmt;
use std::sync::Arc;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    file: Arc<str>,
    line: usize,
}

impl Location {
    pub(super) fn new(file: &Arc<str>, line: usize) -> Self {
        Self { file: Arc::clone(file), line }
    }

    /// The name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The number of the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.file, self.line)
    }
}

/// The source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Code.
    Code,
    /// An environment variable.
    Variable(&'static str),
    /// A setting of a shared file.
    File {
        /// Its key; `outer.inner` for a nested one.
        key: String,
        /// Its file and line.
        location: Location,
    },
    /// The instance metadata service.
    InstanceMetadata,
    /// The default, because the value is not set.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code"),
            Self::Variable(name) => f.write_str(name),
            Self::File { key, location } => write!(f, "{key} at {location}"),
            Self::InstanceMetadata => f.write_str("instance metadata"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value, its source, and the places that were skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub source: Source,
    /// The other places, by precedence, each with the reason why it was not used.
    pub skipped: Vec<Skipped>,
}

/// A place whose value, if any, was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The variable, setting or provider.
    pub location: String,
    /// The reason why it was not used.
    pub reason: Reason,
}

/// Reason why the value of a place was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is not set.
    NotSet,
    /// It is set to the empty string, which AWS's tools treat as not set.
    Empty,
    /// It is set, but this source takes precedence.
    After(Source),
    /// Another reason.
    Other(String),
}

impl From<String> for Reason {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSet => f.write_str("not set"),
            Self::Empty => f.write_str("set, but empty"),
            Self::After(source) => write!(f, "set too, but {source} comes first"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl<T> Resolved<T> {
    pub(super) fn new(value: T, source: Source) -> Self {
        Self { value, source, skipped: Vec::new() }
    }

    pub(super) fn map<U>(self, with: impl FnOnce(T) -> U) -> Resolved<U> {
        Resolved { value: with(self.value), source: self.source, skipped: self.skipped }
    }
}

impl Skipped {
    /// Creates a skipped place with a reason.
    #[must_use]
    pub fn new(location: impl Into<String>, reason: impl Into<Reason>) -> Self {
        Self { location: location.into(), reason: reason.into() }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.reason)
    }
}
