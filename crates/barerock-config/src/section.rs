//! A section of a shared file, and what is set in it.

use core::fmt;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::source::Location;

/// A section: `[default]`, `[profile x]`, `[sso-session x]` or `[services x]` with its settings. `Debug` shows their
/// names and not their values.
#[derive(Clone)]
pub struct Section {
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) settings: BTreeMap<String, Value>,
}

/// What a key is set to: text, or settings nested under it.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) text: Zeroizing<String>,
    pub(super) nested: BTreeMap<String, Value>,
    pub(super) location: Location,
}

/// The value of a setting and where it stands. `Debug` does not show the value, which may be a secret.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SettingValue<'a> {
    /// The value, without the comment behind it; lines that continue it are joined with `\n`.
    pub value: &'a str,
    /// Where it stands.
    pub location: &'a Location,
}

impl Section {
    pub(super) fn new(name: &str, location: Location) -> Self {
        Self { name: name.to_owned(), location, settings: BTreeMap::new() }
    }

    /// Its name, without the word `profile`, `sso-session` or `services`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its header stands.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// A setting's value, unless it is missing or empty. Keys are the same in upper and lower case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.setting(key).map(|setting| setting.value)
    }

    /// A setting, unless it is missing or empty: AWS tools take an empty value for none.
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
            .field("place", &self.location)
            .field("keys", &self.settings.keys())
            .finish()
    }
}

impl fmt::Debug for SettingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingValue").field("place", self.location).finish_non_exhaustive()
    }
}
