//! What can be wrong with the configuration.

use core::fmt;

use super::source::Place;

/// Why the configuration cannot be used. Never quotes a value that is or may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A line is not what the format allows.
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A profile was named that neither file holds.
    NoProfile(Box<NoProfile>),
}

/// A profile that was named and does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoProfile {
    /// Its name.
    pub name: String,
    /// What named it, such as `AWS_PROFILE`, if that is known.
    pub named_by: Option<String>,
    /// The profiles whose names are nearest, the nearest first.
    pub nearest: Vec<String>,
    /// Where a section stands that would be the profile if its header were right, and what that header would be.
    pub misplaced: Option<(Place, String)>,
    /// The files that were read.
    pub files: Vec<String>,
}

impl ConfigError {
    pub(super) fn syntax(place: Place, message: impl Into<String>) -> Self {
        Self::Syntax { place, message: message.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { place, message } => write!(f, "{place}: {message}"),
            Self::NoProfile(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for NoProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no profile {:?}", self.name)?;
        if let Some(named_by) = &self.named_by {
            write!(f, ", which {named_by} names")?;
        }
        match &*self.files {
            [] => f.write_str("; there is neither a config nor a credentials file")?,
            files => write!(f, " in {}", files.join(" or "))?,
        }
        if let Some((place, header)) = &self.misplaced {
            write!(f, "; the section at {place} would be it with the header [{header}]")?;
        }
        match &*self.nearest {
            [] => Ok(()),
            names => write!(f, "; did you mean {}?", names.join(" or ")),
        }
    }
}

impl core::error::Error for ConfigError {}
