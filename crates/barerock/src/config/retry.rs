//! How often to try, and how.

use super::error::ConfigError;
use super::lookup::Names;
use super::settings::Config;
use super::source::{PassedOver, Resolved, Why};
use crate::retry::RetryMode;

const RETRY_MODE: Names = Names { variables: &["AWS_RETRY_MODE"], key: "retry_mode" };
const MAX_ATTEMPTS: Names = Names { variables: &["AWS_MAX_ATTEMPTS"], key: "max_attempts" };

/// botocore's first mode.
const LEGACY: &str = "legacy";

impl Config {
    /// How calls are tried again, `standard` or `adaptive`: `AWS_RETRY_MODE`, else `retry_mode`, else standard.
    ///
    /// botocore's mode `legacy` is taken for standard, as there is no such mode here; `passed_over` says so.
    ///
    /// # Errors
    /// If it is neither of the three.
    pub fn retry_mode(&self) -> Result<Resolved<RetryMode>, ConfigError> {
        let found = self.find(None, RETRY_MODE);
        // A mode, or `None` for legacy.
        let must_be = "must be standard, adaptive or legacy";
        let mode = found.read(Some(RetryMode::Standard), must_be, |text| match text.parse() {
            Ok(mode) => Some(Some(mode)),
            Err(_) => text.eq_ignore_ascii_case(LEGACY).then_some(None),
        })?;
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
        self.find(None, MAX_ATTEMPTS).read(None, "must be a whole number, 1 or more", |attempts| {
            attempts.parse().ok().filter(|attempts| *attempts > 0).map(Some)
        })
    }
}
