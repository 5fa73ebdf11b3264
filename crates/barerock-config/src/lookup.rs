//! Resolution of a setting: code, environment, profile.

use super::error::ConfigError;
use super::profile::Profile;
use super::section::SettingValue;
use super::source::{Reason, Resolved, Skipped, Source};
use barerock::Environment;
use barerock::settings::Setting;

/// The text of a setting: from code, else the environment, else the profile.
pub(super) fn find<T>(
    code: Option<&str>,
    environment: &Environment,
    profile: Option<Profile<'_>>,
    setting: &Setting<T>,
) -> Resolved<Option<String>> {
    Search::default()
        .code(code)
        .variables(environment, setting.variables(), None)
        .profile(profile, setting.key())
        .end()
}

/// A search by precedence: the first value found is used, later ones are skipped.
#[derive(Debug, Default)]
pub(super) struct Search {
    found: Option<(String, Source)>,
    skipped: Vec<Skipped>,
}

impl Search {
    /// The value of code.
    pub(super) fn code(mut self, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.take(value, Source::Code, None);
        }
        self
    }

    /// Environment variables by precedence; `ignored` is the reason to ignore them.
    pub(super) fn variables(
        mut self,
        environment: &Environment,
        names: &[&'static str],
        ignored: Option<&str>,
    ) -> Self {
        for name in names {
            match environment.get(name) {
                Some(value) => self.take(value, Source::Variable(name), ignored),
                None if environment.is_empty(name) => self.skip(*name, Reason::Empty),
                None => self.missing(*name),
            }
        }
        self
    }

    /// A setting of a file; `key` is its name in messages, `ignored` the reason to ignore it.
    pub(super) fn file(
        mut self,
        key: String,
        setting: Option<SettingValue<'_>>,
        ignored: Option<&str>,
    ) -> Self {
        match setting {
            Some(setting) => {
                let source = Source::File { key, location: setting.location.clone() };
                self.take(setting.value, source, ignored);
            }
            None => self.missing(key),
        }
        self
    }

    /// A key of the profile, if there is a profile and the setting has a key.
    pub(super) fn profile(self, profile: Option<Profile<'_>>, key: Option<&str>) -> Self {
        match profile.zip(key) {
            Some((profile, key)) => {
                self.file(format!("{key} of profile {}", profile.name()), profile.setting(key), None)
            }
            None => self,
        }
    }

    /// Ends the search.
    pub(super) fn end(self) -> Resolved<Option<String>> {
        let (value, source) = match self.found {
            Some((value, source)) => (Some(value), source),
            None => (None, Source::Default),
        };
        Resolved { value, source, skipped: self.skipped }
    }

    fn take(&mut self, value: &str, source: Source, ignored: Option<&str>) {
        match (&self.found, ignored) {
            (_, Some(reason)) => self.skip(source.to_string(), Reason::Other(reason.to_owned())),
            (Some((_, first)), None) => {
                let reason = Reason::After(first.clone());
                self.skip(source.to_string(), reason);
            }
            (None, None) => self.found = Some((value.to_owned(), source)),
        }
    }

    fn skip(&mut self, location: impl Into<String>, reason: Reason) {
        self.skipped.push(Skipped::new(location, reason));
    }

    /// Records a place without a value, unless a value was already found.
    fn missing(&mut self, location: impl Into<String>) {
        if self.found.is_none() {
            self.skip(location, Reason::NotSet);
        }
    }
}

impl Resolved<Option<String>> {
    /// Parses the value.
    pub(super) fn parse<T>(self, setting: &Setting<T>) -> Result<Resolved<Option<T>>, ConfigError> {
        let Resolved { value, source, skipped } = self;
        let parse = |text: String| {
            let wrong = || ConfigError::Value { source: source.clone(), rule: setting.rule() };
            setting.parse(text.trim_ascii()).ok_or_else(wrong)
        };
        Ok(Resolved { value: value.map(parse).transpose()?, source: source.clone(), skipped })
    }
}
