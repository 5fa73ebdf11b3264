//! What can be wrong with the configuration.

use core::fmt;

use barerock::ErrorKind;
use barerock::converse::endpoint::EndpointError;
use barerock::settings::SettingError;
use barerock::transport::ProxyError;

use super::source::{Location, Source};

/// Why the configuration cannot be used. Never quotes a value that is or may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A line is not what the format allows.
    Syntax {
        /// Where.
        location: Location,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A profile was named that neither file holds.
    NoProfile(Box<NoProfile>),
    /// A section was named that the config file does not hold.
    NoSection {
        /// What its header would be.
        header: String,
        /// What names it.
        source: Source,
    },
    /// No region is set.
    NoRegion {
        /// Where one was looked for.
        looked_at: Vec<String>,
    },
    /// A setting is not what it must be.
    Value {
        /// What sets it.
        source: Source,
        /// What it must be.
        rule: &'static str,
    },
    /// An environment variable is not UTF-8.
    Variable(SettingError),
    /// There is no endpoint to be had.
    Endpoint {
        /// What sets its URL, or [`Source::Default`] where the rules for the region make it.
        source: Source,
        /// Why.
        error: EndpointError,
    },
    /// A CA bundle cannot be read, or holds no valid certificate.
    CaBundle {
        /// What sets it.
        source: Source,
        /// Its path.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A proxy's URL is invalid, or of a scheme the transport does not have.
    Proxy(ProxyError),
    /// A file is there and cannot be read.
    File {
        /// Its path.
        path: String,
        /// What names it, if it is not at its usual place.
        named_by: Option<&'static str>,
        /// Why.
        reason: String,
    },
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
    pub misplaced: Option<(Location, String)>,
    /// The files that were read.
    pub files: Vec<String>,
}

impl ConfigError {
    pub(super) fn syntax(location: Location, message: impl Into<String>) -> Self {
        Self::Syntax { location, message: message.into() }
    }

    /// Whether the shared files, the profile or the region are at fault, so that nothing can be signed.
    fn is_of_credentials(&self) -> bool {
        matches!(
            self,
            Self::Syntax { .. }
                | Self::Variable(_)
                | Self::NoProfile(_)
                | Self::NoRegion { .. }
                | Self::File { .. }
                | Self::Endpoint { error: EndpointError::Region(_), .. }
        )
    }

    /// Says what named the profile that does not exist.
    pub(super) fn named_by(self, source: &Source) -> Self {
        match (self, source) {
            (Self::NoProfile(mut error), Source::Variable(name)) => {
                error.named_by = Some((*name).to_owned());
                Self::NoProfile(error)
            }
            (error, _) => error,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { location, message } => write!(f, "{location}: {message}"),
            Self::NoProfile(error) => error.fmt(f),
            Self::NoSection { header, source } => {
                write!(f, "{source} names the section [{header}], which the config file does not hold")
            }
            Self::NoRegion { looked_at } => {
                write!(f, "no region: name one, such as us-east-1; looked at {}", looked_at.join(", "))
            }
            Self::Value { source, rule } => write!(f, "{source} {rule}"),
            Self::Variable(error) => error.fmt(f),
            Self::Endpoint { source: Source::Default | Source::Code, error } => error.fmt(f),
            Self::Endpoint { source, error } => write!(f, "{source}: {error}"),
            Self::CaBundle { source, path, reason } => write!(f, "{source}: {path}: {reason}"),
            Self::Proxy(error) => error.fmt(f),
            Self::File { path, named_by, reason } => {
                write!(f, "{path}")?;
                if let Some(variable) = named_by {
                    write!(f, ", which {variable} names,")?;
                }
                write!(f, " cannot be read: {reason}")
            }
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
        if let Some((location, header)) = &self.misplaced {
            write!(f, "; the section at {location} would be it with the header [{header}]")?;
        }
        match &*self.nearest {
            [] => Ok(()),
            names => write!(f, "; did you mean {}?", names.join(" or ")),
        }
    }
}

impl core::error::Error for ConfigError {}

impl From<SettingError> for ConfigError {
    fn from(error: SettingError) -> Self {
        Self::Variable(error)
    }
}

impl From<ProxyError> for ConfigError {
    fn from(error: ProxyError) -> Self {
        Self::Proxy(error)
    }
}

/// Of the kind credentials where nothing can be signed, else of the kind request.
impl From<ConfigError> for barerock::Error {
    fn from(error: ConfigError) -> Self {
        let kind = if error.is_of_credentials() { ErrorKind::Credentials } else { ErrorKind::Request };
        Self::configuration(kind, error)
    }
}
