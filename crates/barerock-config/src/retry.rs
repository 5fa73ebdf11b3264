//! The retry settings.

use barerock::settings::{MAX_ATTEMPTS, RETRY_MODE, retry_policy};
use barerock::{RetryMode, RetryPolicy};

use super::config::Config;
use super::error::ConfigError;
use super::source::{Reason, Resolved, Skipped};

impl Config {
    /// The retry mode, `standard` or `adaptive`: `AWS_RETRY_MODE`, else `retry_mode`, else standard.
    ///
    /// botocore's mode `legacy` is treated as standard, and mentioned in `skipped`.
    ///
    /// # Errors
    /// If the value is none of the three.
    pub fn retry_mode(&self) -> Result<Resolved<RetryMode>, ConfigError> {
        let found = self.find(None, &RETRY_MODE);
        let is_legacy =
            found.value.as_deref().is_some_and(|text| text.trim_ascii().parse::<RetryMode>().is_err());
        let mut mode = found.parse(&RETRY_MODE)?.map(Option::unwrap_or_default);
        if is_legacy {
            let reason = Reason::Other("legacy is read as standard: there is no such mode here".to_owned());
            mode.skipped.push(Skipped::new(mode.source.to_string(), reason));
        }
        Ok(mode)
    }

    /// The number of attempts of a call, including the first: `AWS_MAX_ATTEMPTS`, else `max_attempts`. `None` is the mode's
    /// default.
    ///
    /// # Errors
    /// If the value is not a whole number of 1 or more.
    pub fn max_attempts(&self) -> Result<Resolved<Option<u32>>, ConfigError> {
        self.find(None, &MAX_ATTEMPTS).parse(&MAX_ATTEMPTS)
    }

    /// The retry policy of [`retry_mode`](Self::retry_mode) and [`max_attempts`](Self::max_attempts).
    ///
    /// # Errors
    /// As these methods.
    pub fn retry_policy(&self) -> Result<RetryPolicy, ConfigError> {
        Ok(retry_policy(self.retry_mode()?.value, self.max_attempts()?.value))
    }
}
