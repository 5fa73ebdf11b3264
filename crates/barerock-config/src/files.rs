//! The paths of the shared files, and their text.

use std::path::Path;

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::profiles::{ConfigFile, Profiles};
use crate::providers::Io;
use barerock::Environment;

/// The path of a shared file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileLocation {
    /// The path as configured, possibly with a leading `~`. Messages use it as the file's name.
    pub name: String,
    /// The path to open; `None` if it is in the home directory and no home directory is known.
    pub path: Option<String>,
    /// The variable that names the file, if it is not the default path.
    pub named_by: Option<&'static str>,
}

/// The paths of the config file and the credentials file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedFiles {
    /// `AWS_CONFIG_FILE`, else `~/.aws/config`.
    pub config: FileLocation,
    /// `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
    pub credentials: FileLocation,
}

impl SharedFiles {
    /// Parses the contents of the files; `None` for one that does not exist. For invalid lines see [`Profiles::parse`].
    ///
    /// # Errors
    /// If a file is not UTF-8.
    pub fn parse(
        &self,
        config: Option<Vec<u8>>,
        credentials: Option<Vec<u8>>,
    ) -> Result<Profiles, ConfigError> {
        let config = config.map(|bytes| self.config.text(bytes)).transpose()?;
        let credentials = credentials.map(|bytes| self.credentials.text(bytes)).transpose()?;
        Ok(Profiles::parse(
            config.as_ref().map(|text| ConfigFile::new(&self.config.name, text)),
            credentials.as_ref().map(|text| ConfigFile::new(&self.credentials.name, text)),
        ))
    }

    /// Determines the paths for an environment.
    #[must_use]
    pub fn locate(environment: &Environment) -> Self {
        Self {
            config: FileLocation::new(environment, "AWS_CONFIG_FILE", "~/.aws/config"),
            credentials: FileLocation::new(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        }
    }
}

impl FileLocation {
    fn new(environment: &Environment, variable: &'static str, default: &str) -> Self {
        let (name, named_by) = match environment.get(variable) {
            Some(path) => (path, Some(variable)),
            None => (default, None),
        };
        Self { name: name.to_owned(), path: environment.expand_home(name), named_by }
    }

    /// Reads the file; `None` if it or the home directory does not exist.
    pub(super) async fn read(&self, io: &dyn Io) -> Result<Option<Vec<u8>>, ConfigError> {
        let Some(path) = &self.path else { return Ok(None) };
        io.read_file(Path::new(path)).await.map_err(|error| self.unreadable(error.to_string()))
    }

    /// Decodes the contents.
    ///
    /// # Errors
    /// If it is not UTF-8.
    fn text(&self, bytes: Vec<u8>) -> Result<Zeroizing<String>, ConfigError> {
        let bad = |reason: &str| self.unreadable(reason);
        match &*bytes {
            // Byte order marks of UTF-16, the encoding of PowerShell's `>`.
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(bad("it is UTF-16")),
            _ => String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| {
                bad(&format!("it is not UTF-8 from offset {}", error.utf8_error().valid_up_to()))
            }),
        }
    }

    /// The error of a file that exists but cannot be read.
    pub(super) fn unreadable(&self, reason: impl Into<String>) -> ConfigError {
        ConfigError::File { path: self.name.clone(), named_by: self.named_by, reason: reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> FileLocation {
        SharedFiles::locate(&variables.iter().copied().collect()).config
    }

    #[test]
    fn the_default_place_and_others() {
        let default = config(&[("HOME", "/home/me/")]);
        assert_eq!(
            (&*default.name, default.path.as_deref()),
            ("~/.aws/config", Some("/home/me/.aws/config"))
        );
        assert_eq!(config(&[]).path, None);
        let windows = config(&[("USERPROFILE", "C:\\Users\\me"), ("AWS_CONFIG_FILE", "~\\aws")]);
        assert_eq!(windows.path.as_deref(), Some("C:\\Users\\me\\aws"));
        let older = config(&[("HOMEDRIVE", "C:"), ("HOMEPATH", "\\me")]);
        assert_eq!(older.path.as_deref(), Some("C:\\me/.aws/config"));
        let named = config(&[("AWS_CONFIG_FILE", "~me/x")]);
        assert_eq!((named.path.as_deref(), named.named_by), (Some("~me/x"), Some("AWS_CONFIG_FILE")));
    }

    #[test]
    fn a_file_that_is_not_utf8_is_an_error() {
        let file = config(&[("AWS_CONFIG_FILE", "/c")]);
        let error = file.text(vec![0xff, 0xfe, b'[', 0]).unwrap_err();
        assert_eq!(error.to_string(), "/c, which AWS_CONFIG_FILE names, cannot be read: it is UTF-16");
        assert_eq!(error.hint().as_deref(), Some("Save the file as UTF-8."));
        let error = file.text(b"ab\xffcd".to_vec()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "/c, which AWS_CONFIG_FILE names, cannot be read: it is not UTF-8 from offset 2"
        );
        assert_eq!(error.hint().as_deref(), Some("Save the file as UTF-8."));
    }
}
