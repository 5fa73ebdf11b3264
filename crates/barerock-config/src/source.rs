//! Where a value comes from, and where it was looked for before.

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

    /// The file, by the name it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1.
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

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// It was set in code.
    Code,
    /// An environment variable.
    Variable(&'static str),
    /// A setting of a shared file.
    File {
        /// Its name; `outer.inner` for a nested one.
        key: String,
        /// Where it stands.
        location: Location,
    },
    /// The instance metadata service of the machine.
    InstanceMetadata,
    /// Nobody set it.
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

/// A value, where it comes from, and what was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved<T> {
    /// What holds.
    pub value: T,
    /// Where it comes from.
    pub source: Source,
    /// Where else a value was looked for, in the order it counts, and why that one was not taken.
    pub skipped: Vec<Skipped>,
}

/// A place that was looked at for a value, and gave none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The variable, setting or provider.
    pub location: String,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Why a place gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing is set there.
    NotSet,
    /// It is set to nothing, which AWS tools take for not set.
    Empty,
    /// It is set, but this comes first.
    After(Source),
    /// What else speaks against it.
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
    /// A place, and why it was passed over.
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
