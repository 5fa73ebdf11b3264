//! How often to try, and how.

use barerock::settings::{MAX_ATTEMPTS, RETRY_MODE, retry_policy};
use barerock::{RetryMode, RetryPolicy};

use super::config::Config;
use super::error::ConfigError;
use super::source::{Reason, Resolved, Skipped};

impl Config {
    /// How calls are tried again, `standard` or `adaptive`: `AWS_RETRY_MODE`, else `retry_mode`, else standard.
    ///
    /// botocore's mode `legacy` is taken for standard, as there is no such mode here; `skipped` says so.
    ///
    /// # Errors
    /// If it is neither of the three.
    pub fn retry_mode(&self) -> Result<Resolved<RetryMode>, ConfigError> {
        let found = self.find(None, &RETRY_MODE);
        let is_legacy =
            found.value.as_deref().is_some_and(|text| text.trim_ascii().parse::<RetryMode>().is_err());
        let mut mode = found.parse(&RETRY_MODE)?.map(Option::unwrap_or_default);
        if is_legacy {
            let reason = Reason::Other("legacy is taken for standard: there is no such mode here".to_owned());
            mode.skipped.push(Skipped::new(mode.source.to_string(), reason));
        }
        Ok(mode)
    }

    /// How often a call is tried in all, the first time included: `AWS_MAX_ATTEMPTS`, else `max_attempts`. `None` leaves
    /// it to the mode.
    ///
    /// # Errors
    /// If it is no whole number of 1 or more.
    pub fn max_attempts(&self) -> Result<Resolved<Option<u32>>, ConfigError> {
        self.find(None, &MAX_ATTEMPTS).parse(&MAX_ATTEMPTS)
    }

    /// The policy of [`retry_mode`](Self::retry_mode) and [`max_attempts`](Self::max_attempts).
    ///
    /// # Errors
    /// As theirs.
    pub fn retry_policy(&self) -> Result<RetryPolicy, ConfigError> {
        Ok(retry_policy(self.retry_mode()?.value, self.max_attempts()?.value))
    }
}
