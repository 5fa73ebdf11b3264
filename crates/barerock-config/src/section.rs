//! Sections of the shared files and their settings.

use core::fmt;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::fault::Fault;
use super::source::Location;

/// A section with its settings: `[default]`, `[profile x]`, `[sso-session x]` or `[services x]`. If one of its lines is
/// invalid, it has the settings of the other lines, and [`check`](Self::check) fails. `Debug` shows the names of the settings
/// only.
#[derive(Clone)]
pub struct Section {
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) settings: BTreeMap<String, Value>,
    /// The invalid lines, which make the section unusable.
    pub(super) faults: Vec<Fault>,
}

/// The value of a key: text, or settings nested under it.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) text: Zeroizing<String>,
    pub(super) nested: BTreeMap<String, Value>,
    pub(super) location: Location,
}

/// The value of a setting and its place in a file. `Debug` does not show the value, which may be a secret.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SettingValue<'a> {
    /// The value, without a trailing comment; lines that continue it are joined with `\n`.
    pub value: &'a str,
    /// Its file and line.
    pub location: &'a Location,
}

impl Section {
    pub(super) fn new(name: &str, location: Location) -> Self {
        Self { name: name.to_owned(), location, settings: BTreeMap::new(), faults: Vec::new() }
    }

    /// Makes the section unusable.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Checks that the section has no invalid line.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] for the first invalid line.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.faults.first().map_or(Ok(()), |fault| Err(fault.to_error()))
    }

    /// The name, without the word `profile`, `sso-session` or `services`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of the header.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The value of a setting; `None` if it is missing or empty. Keys are compared without case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.setting(key).map(|setting| setting.value)
    }

    /// A setting; `None` if it is missing or empty, which AWS's tools treat alike.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<SettingValue<'_>> {
        find(&self.settings, key)?.setting()
    }

    /// A setting nested under a key, as `endpoint_url` under `bedrock_runtime` in a services section.
    #[must_use]
    pub fn nested(&self, key: &str, inner: &str) -> Option<SettingValue<'_>> {
        find(&find(&self.settings, key)?.nested, inner)?.setting()
    }

    /// The names of the settings, in lower case and sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.settings.keys().map(String::as_str)
    }

    /// The names of the settings nested under a key, in lower case and sorted.
    pub fn nested_keys(&self, key: &str) -> impl Iterator<Item = &str> {
        find(&self.settings, key).into_iter().flat_map(|value| value.nested.keys()).map(String::as_str)
    }
}

fn find<'a>(settings: &'a BTreeMap<String, Value>, key: &str) -> Option<&'a Value> {
    settings.get(key).or_else(|| settings.get(&key.to_ascii_lowercase()))
}

impl Value {
    fn setting(&self) -> Option<SettingValue<'_>> {
        (!self.text.is_empty()).then_some(SettingValue { value: &self.text, location: &self.location })
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("name", &self.name)
            .field("location", &self.location)
            .field("keys", &self.settings.keys())
            .finish()
    }
}

impl fmt::Debug for SettingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingValue").field("location", self.location).finish_non_exhaustive()
    }
}
