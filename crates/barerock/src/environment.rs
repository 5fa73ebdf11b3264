//! The environment as a value.

use core::fmt;
use std::ffi::OsString;

use crate::NO_SYSTEM;
use crate::settings::{self, SettingError};
use crate::transport::proxy::{ALL_PROXY, HTTP_PROXY, HTTPS_PROXY, NO_PROXY};

/// A set of environment variables: the process's own, or any other. Of two with one name, the later counts.
#[derive(Clone, Default)]
pub struct Environment {
    // A list, for a map of strings is 12 KB of program more, and a handful of names is looked up once.
    variables: Vec<(String, String)>,
    /// The names of the variables whose value is not UTF-8.
    not_utf8: Vec<String>,
}

impl Environment {
    /// The process's variables as they are now. Empty on wasm32-unknown-unknown, where there are none.
    #[must_use]
    pub fn of_process() -> Self {
        if NO_SYSTEM {
            return Self::default();
        }
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let variables = std::env::vars_os();
        Self::from_os(variables)
    }

    /// An environment of variables as the operating system has them. A value that is not UTF-8 is an error of
    /// [`require_utf8`](Self::require_utf8); a variable whose name is not UTF-8 is left out.
    pub fn from_os(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => environment.variables.push((name, value)),
                Err(_) => environment.not_utf8.push(name),
            }
        }
        environment
    }

    /// Checks that the variables that configure calls have values in UTF-8: those whose name begins with `AWS_`
    /// or `BAREROCK_`, and the proxies' (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, also in lower case). A value that cannot be read
    /// must not count as unset.
    ///
    /// # Errors
    /// The first of them that is not UTF-8, by name; its value is not shown.
    pub fn require_utf8(&self) -> Result<(), SettingError> {
        let is_setting = |name: &&String| {
            let proxies = [HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY];
            name.starts_with("AWS_")
                || name.starts_with("BAREROCK_")
                || proxies.as_flattened().contains(&name.as_str())
        };
        match self.not_utf8.iter().find(is_setting) {
            Some(name) => Err(SettingError::not_utf8(name)),
            None => Ok(()),
        }
    }

    /// True if the variable is set to a value that is not UTF-8.
    #[must_use]
    pub fn is_not_utf8(&self, name: &str) -> bool {
        self.not_utf8.iter().any(|known| known == name)
    }

    /// The variable's value; `None` if it is unset or empty, as AWS tools have it. Variables whose name begins with `AWS_` are read without
    /// surrounding white space, which a secret read from a file often ends with and no setting contains.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    fn raw(&self, name: &str) -> Option<&str> {
        let (name, value) = self.variables.iter().rev().find(|(known, _)| known == name)?;
        Some(if name.starts_with("AWS_") { value.trim_ascii() } else { value })
    }

    /// The names of the `AWS_` variables whose value is in quotes: an env file that keeps them makes them part of the value.
    pub fn quoted(&self) -> impl Iterator<Item = &str> {
        let is_quoted = |value: &str| {
            ['"', '\'']
                .into_iter()
                .any(|quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote))
        };
        let names =
            self.variables.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("AWS_"));
        names.filter(move |name| self.get(name).is_some_and(is_quoted))
    }

    /// The region: `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.first(settings::REGION.variables()).map(|(_, region)| region)
    }

    /// The Bedrock API key: `AWS_BEARER_TOKEN_BEDROCK`.
    #[must_use]
    pub fn bearer_token(&self) -> Option<&str> {
        self.first(settings::BEARER_TOKEN.variables()).map(|(_, token)| token)
    }

    /// The user's home directory: `HOME`, or what Windows has in its place.
    #[must_use]
    pub fn home(&self) -> Option<String> {
        let whole = self.first(&["HOME", "USERPROFILE"]).map(|(_, path)| path.to_owned());
        whole.or_else(|| Some(format!("{}{}", self.get("HOMEDRIVE")?, self.get("HOMEPATH")?)))
    }

    /// A path with a leading `~` made the home directory, as AWS tools do in every path of their configuration;
    /// `None` if there is no home directory.
    #[must_use]
    pub fn expand_home(&self, path: &str) -> Option<String> {
        match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
                Some(format!("{}{rest}", self.home()?.trim_end_matches(['/', '\\'])))
            }
            _ => Some(path.to_owned()),
        }
    }

    /// True if a variable is set to the empty string or, for an `AWS_` variable, to white space.
    #[must_use]
    pub fn is_empty(&self, name: &str) -> bool {
        self.raw(name).is_some_and(str::is_empty)
    }

    /// The name and value of the first of these variables that is set and not empty.
    #[must_use]
    pub fn first<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &str)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { variables: variables.collect(), not_utf8: Vec::new() }
    }
}

/// Names only: some of the values are secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.iter().map(|(name, _)| name)).entries(&self.not_utf8).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_without_surrounding_white_space() {
        let variables =
            [("AWS_A", " a b\r\n"), ("AWS_B", " \t\n"), ("HOME", " x "), ("AWS_C", "'c'"), ("C", "'c'")];
        let environment: Environment = variables.into_iter().collect();
        assert_eq!(environment.get("AWS_A"), Some("a b"));
        assert_eq!((environment.get("AWS_B"), environment.is_empty("AWS_B")), (None, true));
        assert_eq!(environment.get("HOME"), Some(" x "));
        assert_eq!(environment.quoted().collect::<Vec<_>>(), ["AWS_C"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_setting_that_is_not_utf8_is_an_error_and_another_variable_is_not() {
        use std::os::unix::ffi::OsStringExt;

        let not_utf8 = |name: &str| {
            let value = OsString::from_vec(b"SQUIRREL\xff".to_vec());
            Environment::from_os([(name.into(), value), ("AWS_REGION".into(), "us-east-1".into())])
        };
        for name in
            ["AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "http_proxy", "ALL_PROXY", "no_proxy"]
        {
            let environment = not_utf8(name);
            let error = environment.require_utf8().unwrap_err();
            assert_eq!(error.to_string(), format!("{name} is not valid UTF-8"));
            assert!(environment.is_not_utf8(name) && environment.get(name).is_none(), "{name}");
            assert!(!format!("{environment:?} {error:?}").contains("SQUIRREL"));
        }
        for name in ["LS_COLORS", "HOME", "PROXY"] {
            assert_eq!(not_utf8(name).require_utf8(), Ok(()), "{name}");
        }
        assert_eq!(not_utf8("HOME").get("AWS_REGION"), Some("us-east-1"));
    }
}
