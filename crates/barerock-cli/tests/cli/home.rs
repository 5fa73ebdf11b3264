//! A home directory with shared files.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::program::bare;

/// The directory, which goes with this.
pub(crate) struct Home(TempDir);

impl Home {
    /// With this config file and this credentials file.
    pub(crate) fn new(config: &str, credentials: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir(home.path(".aws")).unwrap();
        fs::write(home.path(".aws/config"), config).unwrap();
        fs::write(home.path(".aws/credentials"), credentials).unwrap();
        home
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program at home there.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command.env("HOME", self.0.path());
        command
    }
}
