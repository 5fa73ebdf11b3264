//! How often to try, and how.

use super::error::ConfigError;
use super::lookup::Names;
use super::settings::Config;
use super::source::{PassedOver, Resolved, Why};
use crate::retry::{RetryMode, RetryPolicy};

pub(super) const RETRY_MODE: Names = Names { variables: &["AWS_RETRY_MODE"], key: "retry_mode" };
pub(super) const MAX_ATTEMPTS: Names = Names { variables: &["AWS_MAX_ATTEMPTS"], key: "max_attempts" };

/// What [`mode`] and [`attempts`] read.
pub(super) const MODE_RULE: &str = "must be standard, adaptive or legacy";
pub(super) const ATTEMPTS_RULE: &str = "must be a whole number, 1 or more";

/// botocore's first mode.
const LEGACY: &str = "legacy";

/// A mode, or `Some(None)` for botocore's `legacy`, which is taken for standard.
pub(super) fn mode(text: &str) -> Option<Option<RetryMode>> {
    match text.parse() {
        Ok(mode) => Some(Some(mode)),
        Err(_) => text.eq_ignore_ascii_case(LEGACY).then_some(None),
    }
}

/// How often a call is tried in all.
pub(super) fn attempts(text: &str) -> Option<u32> {
    text.parse().ok().filter(|attempts| *attempts > 0)
}

/// What a mode and a number of attempts, which may be left to the mode, come to.
pub(super) fn policy(mode: RetryMode, attempts: Option<u32>) -> RetryPolicy {
    let policy = RetryPolicy::of(mode);
    match attempts {
        Some(attempts) => policy.max_attempts(attempts),
        None => policy,
    }
}

impl Config {
    /// How calls are tried again, `standard` or `adaptive`: `AWS_RETRY_MODE`, else `retry_mode`, else standard.
    ///
    /// botocore's mode `legacy` is taken for standard, as there is no such mode here; `passed_over` says so.
    ///
    /// # Errors
    /// If it is neither of the three.
    pub fn retry_mode(&self) -> Result<Resolved<RetryMode>, ConfigError> {
        let mode = self.find(None, RETRY_MODE).read(Some(RetryMode::Standard), MODE_RULE, mode)?;
        let is_legacy = mode.value.is_none();
        let mut mode = mode.map(Option::unwrap_or_default);
        if is_legacy {
            let why = Why::Other("legacy is taken for standard: there is no such mode here".to_owned());
            mode.passed_over.push(PassedOver::new(mode.source.to_string(), why));
        }
        Ok(mode)
    }

    /// How often a call is tried in all, the first time included: `AWS_MAX_ATTEMPTS`, else `max_attempts`. `None` leaves
    /// it to the mode.
    ///
    /// # Errors
    /// If it is no whole number of 1 or more.
    pub fn max_attempts(&self) -> Result<Resolved<Option<u32>>, ConfigError> {
        let read = |text: &str| attempts(text).map(Some);
        self.find(None, MAX_ATTEMPTS).read(None, ATTEMPTS_RULE, read)
    }

    /// The retry mode and the attempts it says.
    pub(super) fn retry_policy(&self) -> Result<RetryPolicy, ConfigError> {
        Ok(policy(self.retry_mode()?.value, self.max_attempts()?.value))
    }
}
