//! One setting, looked for where it may stand: in code, in the environment, in the profile.

use super::error::ConfigError;
use super::profiles::Profile;
use super::section::Setting;
use super::source::{PassedOver, Resolved, Source, Why};
use crate::environment::Environment;

/// What a setting is called where it may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// Environment variables; the first that is set counts.
    pub(crate) variables: &'static [&'static str],
    /// The key in the profile.
    pub(crate) key: &'static str,
}

/// What a switch must be.
pub(super) const SWITCH: &str = "must be true or false";

/// A search in the order that counts: what comes first is taken, what comes after is passed over.
#[derive(Debug, Default)]
pub(super) struct Search {
    found: Option<(String, Source)>,
    passed_over: Vec<PassedOver>,
}

impl Search {
    /// What is set in code.
    pub(super) fn code(mut self, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.take(value, Source::Code, None);
        }
        self
    }

    /// The variables, one after the other, unless there is a reason to ignore them.
    pub(super) fn variables(
        mut self,
        environment: &Environment,
        names: &[&'static str],
        ignored: Option<&str>,
    ) -> Self {
        for name in names {
            match environment.get(name) {
                Some(value) => self.take(value, Source::Variable(name), ignored),
                None if environment.is_empty(name) => self.pass_over(*name, Why::Empty),
                None => self.missing(*name),
            }
        }
        self
    }

    /// A setting of a file, called `key` there, unless there is a reason to ignore it.
    pub(super) fn file(mut self, key: String, setting: Option<Setting<'_>>, ignored: Option<&str>) -> Self {
        match setting {
            Some(setting) => {
                let source = Source::File { key, place: setting.place.clone() };
                self.take(setting.value, source, ignored);
            }
            None => self.missing(key),
        }
        self
    }

    /// A key of the profile, if there is a profile.
    pub(super) fn profile(self, profile: Option<Profile<'_>>, key: &str) -> Self {
        match profile {
            Some(profile) => {
                self.file(format!("{key} of profile {}", profile.name()), profile.setting(key), None)
            }
            None => self,
        }
    }

    /// What was found.
    pub(super) fn end(self) -> Resolved<Option<String>> {
        let (value, source) = match self.found {
            Some((value, source)) => (Some(value), source),
            None => (None, Source::Default),
        };
        Resolved { value, source, passed_over: self.passed_over }
    }

    fn take(&mut self, value: &str, source: Source, ignored: Option<&str>) {
        match (&self.found, ignored) {
            (_, Some(why)) => self.pass_over(source.to_string(), Why::Other(why.to_owned())),
            (Some((_, first)), None) => {
                let why = Why::After(first.clone());
                self.pass_over(source.to_string(), why);
            }
            (None, None) => self.found = Some((value.to_owned(), source)),
        }
    }

    fn pass_over(&mut self, place: impl Into<String>, why: Why) {
        self.passed_over.push(PassedOver::new(place, why));
    }

    /// What is missing after a value was found is not worth a word.
    fn missing(&mut self, place: impl Into<String>) {
        if self.found.is_none() {
            self.pass_over(place, Why::NotSet);
        }
    }
}

impl Resolved<Option<String>> {
    /// The value as what it must be, or the default.
    pub(super) fn read<T>(
        self,
        default: T,
        rule: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Resolved<T>, ConfigError> {
        let Resolved { value, source, passed_over } = self;
        let value = match value {
            None => default,
            Some(text) => {
                read(text.trim_ascii()).ok_or_else(|| ConfigError::Value { source: source.clone(), rule })?
            }
        };
        Ok(Resolved { value, source, passed_over })
    }

    /// A switch: `true` or `false` in any case, or off.
    pub(super) fn switch(self) -> Result<Resolved<bool>, ConfigError> {
        self.read(false, SWITCH, switch)
    }
}

/// `true` or `false`, in any case.
pub(super) fn switch(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("true") => Some(true),
        () if text.eq_ignore_ascii_case("false") => Some(false),
        () => None,
    }
}
