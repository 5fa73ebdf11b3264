//! A profile: its sections in both shared files.

use std::collections::BTreeSet;

use super::error::ConfigError;
use super::section::{Section, SettingValue};
use super::source::Location;

/// The settings of a profile in the credentials file and the config file. `Debug` shows the names of the settings only.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    pub(super) name: &'a str,
    pub(super) credentials: Option<&'a Section>,
    pub(super) config: Option<&'a Section>,
}

impl<'a> Profile<'a> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The section in the credentials file.
    #[must_use]
    pub fn credentials(&self) -> Option<&'a Section> {
        self.credentials
    }

    /// The section in the config file.
    #[must_use]
    pub fn config(&self) -> Option<&'a Section> {
        self.config
    }

    /// Checks that no section of the profile has an invalid line.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] for the first invalid line.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.sections().try_for_each(Section::check)
    }

    /// The value of a setting; `None` if it is missing or empty. Keys are compared without case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.setting(key).map(|setting| setting.value)
    }

    /// A setting; `None` if it is missing or empty. The credentials file takes precedence over the config file.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<SettingValue<'a>> {
        self.sections().find_map(|section| section.setting(key))
    }

    /// A setting nested under a key.
    #[must_use]
    pub fn nested(&self, key: &str, inner: &str) -> Option<SettingValue<'a>> {
        self.sections().find_map(|section| section.nested(key, inner))
    }

    /// The names of the settings, in lower case and sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.sections().flat_map(Section::keys).collect::<BTreeSet<_>>().into_iter()
    }

    /// The places of the profile's headers: in the credentials file, then in the config file.
    pub fn locations(&self) -> impl Iterator<Item = &'a Location> {
        self.sections().map(Section::location)
    }

    fn sections(&self) -> impl Iterator<Item = &'a Section> {
        self.credentials.into_iter().chain(self.config)
    }
}
