//! Invalid lines of the shared files, and parts of them that are ignored.

use core::fmt;

use super::error::ConfigError;
use super::source::Location;

/// A part of a file that is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) location: Location,
    pub(super) message: String,
}

/// An invalid line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) location: Location,
    kind: FaultKind,
}

/// Kind of an invalid line. Its text never quotes the line, which may contain a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FaultKind {
    OpenHeader,
    EmptyHeader,
    IndentedHeader,
    BeforeFirstHeader,
    NoEqualsSign,
    NoKey,
    SecondSetting {
        first: usize,
    },
    /// A second section of the same name in a file; `header` is escaped for output.
    SecondSection {
        header: String,
        first: usize,
    },
}

impl Fault {
    pub(super) fn new(location: Location, kind: FaultKind) -> Self {
        Self { location, kind }
    }

    pub(super) fn to_error(&self) -> ConfigError {
        ConfigError::Syntax {
            location: self.location.clone(),
            message: self.kind.to_string(),
            hint: self.kind.hint(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.kind)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenHeader => f.write_str("the section's header has no ]"),
            Self::EmptyHeader => f.write_str("the section has no name"),
            Self::IndentedHeader => f.write_str("a section's header must not be indented"),
            Self::BeforeFirstHeader => f.write_str("the line is before the first section"),
            Self::NoEqualsSign => f.write_str("there is no = in the line"),
            Self::NoKey => f.write_str("there is no key before the ="),
            Self::SecondSetting { first } => write!(f, "the setting is there already, on line {first}"),
            Self::SecondSection { header, first } => {
                write!(f, "the section [{header}] is there already, on line {first}")
            }
        }
    }
}

impl FaultKind {
    fn hint(&self) -> &'static str {
        match self {
            Self::OpenHeader => "End the section's header with ].",
            Self::EmptyHeader => "Write the section's name between [ and ].",
            Self::IndentedHeader => "Remove the space before [.",
            Self::BeforeFirstHeader => "Write settings under a header such as [default].",
            Self::NoEqualsSign | Self::NoKey => "Write the setting as key = value.",
            Self::SecondSetting { .. } => "Remove one of the two settings.",
            Self::SecondSection { .. } => "Make one section of the two.",
        }
    }
}
