//! Errors of the configuration.

use core::fmt;
use std::borrow::Cow;

use barerock::ErrorKind;
use barerock::converse::endpoint::EndpointError;
use barerock::settings::SettingError;
use barerock::transport::ProxyError;

use super::source::{Location, Source};
use super::text::shown;

/// Error of an invalid configuration. `Display` says what is wrong and where, [`hint`](Self::hint) what to do. Neither quotes
/// a value that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A section in use has an invalid line.
    Syntax {
        /// The line.
        location: Location,
        /// What is wrong with it.
        message: String,
        /// Advice.
        hint: &'static str,
    },
    /// A named profile is in neither file.
    NoProfile(Box<NoProfile>),
    /// A named section is not in the config file.
    NoSection {
        /// The header it would have, without brackets.
        header: String,
        /// The setting that names it.
        source: Source,
    },
    /// No region is set.
    NoRegion {
        /// The places that were searched.
        looked_at: Vec<String>,
    },
    /// A setting has an invalid value.
    Value {
        /// What sets it.
        source: Source,
        /// The valid values, as the end of a sentence.
        rule: &'static str,
    },
    /// An environment variable is not UTF-8.
    Variable(SettingError),
    /// The endpoint is invalid.
    Endpoint {
        /// What sets its URL; [`Source::Default`] if it follows from the region.
        source: Source,
        /// What is wrong with it.
        error: EndpointError,
    },
    /// A CA bundle cannot be read, or contains no valid certificate.
    CaBundle {
        /// What sets it.
        source: Source,
        /// Its path.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The URL of a proxy is invalid, or has a scheme that the transport does not support.
    Proxy(ProxyError),
    /// A file exists but cannot be read.
    File {
        /// Its path.
        path: String,
        /// The variable that names it, if it is not the default path.
        named_by: Option<&'static str>,
        /// Why it cannot be read.
        reason: String,
    },
}

/// A named profile that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoProfile {
    /// The name.
    pub name: String,
    /// The variable that names it, such as `AWS_PROFILE`; `None` if code names it.
    pub named_by: Option<String>,
    /// Similar names of profiles that exist, the most similar first.
    pub nearest: Vec<String>,
    /// The place of a section that was probably meant but has an invalid header, and the valid header.
    pub misplaced: Option<(Location, String)>,
    /// The files that were read.
    pub files: Vec<String>,
}

impl ConfigError {
    /// Advice, in terms of environment variables, files and this library.
    #[must_use]
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Syntax { hint, .. } => (*hint).into(),
            Self::NoProfile(error) => return error.hint().map(Cow::Owned),
            Self::NoSection { header, .. } => {
                format!("Add the section [{header}] to the config file, or remove the setting.").into()
            }
            Self::NoRegion { .. } => {
                "Set AWS_REGION or the profile's region, such as us-east-1, or ConfigLoader::region.".into()
            }
            Self::Variable(_) => "Set the variable to text in UTF-8, or unset it.".into(),
            Self::File { reason, .. } if reason.contains("UTF-") => "Save the file as UTF-8.".into(),
            _ => return None,
        })
    }

    /// True if the error is in the shared files, the profile or the region, so that no request can be signed.
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

    /// Adds the source that names a profile which does not exist.
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
            Self::Syntax { location, message, .. } => write!(f, "{location}: {message}"),
            Self::NoProfile(error) => error.fmt(f),
            Self::NoSection { header, source } => {
                write!(f, "{source} names the section [{header}], which the config file does not have")
            }
            Self::NoRegion { looked_at } => {
                write!(f, "no region: looked at {}", looked_at.join(", "))
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
            [] => f.write_str("; there is neither a config nor a credentials file"),
            files => write!(f, " in {}", files.join(" or ")),
        }
    }
}

impl NoProfile {
    fn hint(&self) -> Option<String> {
        if let Some((location, header)) = &self.misplaced {
            let header = shown(header, usize::MAX);
            return Some(format!(
                "Write the header of the section at {location} as [{header}] to make it this profile."
            ));
        }
        (!self.nearest.is_empty()).then(|| format!("Did you mean {}?", self.nearest.join(" or ")))
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

/// Converts to an error of the kind credentials if no request can be signed, else of the kind request.
impl From<ConfigError> for barerock::Error {
    fn from(error: ConfigError) -> Self {
        let kind = if error.is_of_credentials() { ErrorKind::Credentials } else { ErrorKind::Request };
        let hint = error.hint();
        Self::configuration(kind, error).with_hint(hint)
    }
}
