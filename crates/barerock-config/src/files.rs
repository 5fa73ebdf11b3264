//! Where the shared files lie.

use std::path::Path;

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::profiles::{ConfigFile, Profiles};
use crate::providers::Io;
use barerock::Environment;

/// A shared file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileLocation {
    /// The path as it is written, perhaps with a leading `~`: how messages name the file.
    pub name: String,
    /// The path to open, or `None` for want of a home directory.
    pub path: Option<String>,
    /// The variable that names it, if it is not at its usual place.
    pub named_by: Option<&'static str>,
}

/// Where the config and the credentials file lie.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedFiles {
    /// `AWS_CONFIG_FILE`, else `~/.aws/config`.
    pub config: FileLocation,
    /// `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
    pub credentials: FileLocation,
}

impl SharedFiles {
    /// The profiles of files that were read; `None` for one that is not there.
    ///
    /// # Errors
    /// If a file is no text in UTF-8, or as [`Profiles::parse`] has it.
    pub fn parse(
        &self,
        config: Option<Vec<u8>>,
        credentials: Option<Vec<u8>>,
    ) -> Result<Profiles, ConfigError> {
        let config = config.map(|bytes| self.config.text(bytes)).transpose()?;
        let credentials = credentials.map(|bytes| self.credentials.text(bytes)).transpose()?;
        Profiles::parse(
            config.as_ref().map(|text| ConfigFile::new(&self.config.name, text)),
            credentials.as_ref().map(|text| ConfigFile::new(&self.credentials.name, text)),
        )
    }

    /// Where they lie by what the environment says.
    #[must_use]
    pub fn locate(environment: &Environment) -> Self {
        Self {
            config: FileLocation::new(environment, "AWS_CONFIG_FILE", "~/.aws/config"),
            credentials: FileLocation::new(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        }
    }
}

impl FileLocation {
    fn new(environment: &Environment, variable: &'static str, usual: &str) -> Self {
        let (name, named_by) = match environment.get(variable) {
            Some(path) => (path, Some(variable)),
            None => (usual, None),
        };
        Self { name: name.to_owned(), path: environment.expand_home(name), named_by }
    }

    /// The file's bytes; `None` if there is no file, or no home directory to look in.
    pub(super) async fn read(&self, io: &dyn Io) -> Result<Option<Vec<u8>>, ConfigError> {
        let Some(path) = &self.path else { return Ok(None) };
        io.read_file(Path::new(path)).await.map_err(|error| self.unreadable(error.to_string()))
    }

    /// The text of the file.
    ///
    /// # Errors
    /// If it is not UTF-8.
    fn text(&self, bytes: Vec<u8>) -> Result<Zeroizing<String>, ConfigError> {
        let bad = |reason: &str| self.unreadable(reason);
        match &*bytes {
            // What PowerShell's `>` writes.
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(bad("it is UTF-16; save it as UTF-8")),
            _ => String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| {
                bad(&format!(
                    "it is not UTF-8 from offset {}; save it as UTF-8",
                    error.utf8_error().valid_up_to()
                ))
            }),
        }
    }

    /// It is there and cannot be read.
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
    fn the_usual_place_and_others() {
        let usual = config(&[("HOME", "/home/me/")]);
        assert_eq!((&*usual.name, usual.path.as_deref()), ("~/.aws/config", Some("/home/me/.aws/config")));
        assert_eq!(config(&[]).path, None);
        let windows = config(&[("USERPROFILE", "C:\\Users\\me"), ("AWS_CONFIG_FILE", "~\\aws")]);
        assert_eq!(windows.path.as_deref(), Some("C:\\Users\\me\\aws"));
        let older = config(&[("HOMEDRIVE", "C:"), ("HOMEPATH", "\\me")]);
        assert_eq!(older.path.as_deref(), Some("C:\\me/.aws/config"));
        let named = config(&[("AWS_CONFIG_FILE", "~me/x")]);
        assert_eq!((named.path.as_deref(), named.named_by), (Some("~me/x"), Some("AWS_CONFIG_FILE")));
    }

    #[test]
    fn what_is_no_text_says_so() {
        let file = config(&[("AWS_CONFIG_FILE", "/c")]);
        assert_eq!(
            file.text(vec![0xff, 0xfe, b'[', 0]).unwrap_err().to_string(),
            "/c, which AWS_CONFIG_FILE names, cannot be read: it is UTF-16; save it as UTF-8"
        );
        assert_eq!(
            file.text(b"ab\xffcd".to_vec()).unwrap_err().to_string(),
            "/c, which AWS_CONFIG_FILE names, cannot be read: it is not UTF-8 from offset 2; save it as UTF-8"
        );
    }
}
