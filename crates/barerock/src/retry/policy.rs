//! Retry policy and retry modes.

use core::fmt;
use core::str::FromStr;

use super::limiter::{AdaptiveLimiter, RateLimiter};

/// Attempts in standard and adaptive mode, including the first.
const MAX_ATTEMPTS: u32 = 3;

/// Retry mode and number of attempts. A mode that is not named is not linked.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    mode: RetryMode,
    limiter: Option<fn() -> Box<dyn RateLimiter>>,
}

impl RetryPolicy {
    /// Standard mode, version 2.1; the default of a client. Three attempts; exponential backoff with full jitter from 50 ms (1 s after
    /// throttling) to 20 s; the service's `x-amz-retry-after` is obeyed up to 5 s more; a retry quota that ends retries
    /// while many calls fail.
    #[must_use]
    pub fn standard() -> Self {
        Self { max_attempts: MAX_ATTEMPTS, mode: RetryMode::Standard, limiter: None }
    }

    /// Adaptive mode: standard mode, and a rate limiter that follows the service's throttling (CUBIC). After the first throttled
    /// response it delays first attempts too, in the order in which they were made. Each client has its own limiter.
    #[must_use]
    pub fn adaptive() -> Self {
        Self {
            mode: RetryMode::Adaptive,
            limiter: Some(|| Box::new(AdaptiveLimiter::default())),
            ..Self::standard()
        }
    }

    /// One attempt.
    #[must_use]
    pub fn off() -> Self {
        Self::standard().max_attempts(1)
    }

    /// The policy of a mode that is known only at run time. Links both modes.
    #[must_use]
    pub fn of(mode: RetryMode) -> Self {
        match mode {
            RetryMode::Standard => Self::standard(),
            RetryMode::Adaptive => Self::adaptive(),
        }
    }

    /// Sets the attempts a call may have, including the first; 0 counts as 1. boto3's `max_attempts` in a `Config`
    /// counts retries only: its 5 is 6 here. `AWS_MAX_ATTEMPTS` and the profile's `max_attempts` count as here.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Attempts a call may have, including the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> RetryMode {
        self.mode
    }

    pub(super) fn limiter(&self) -> Option<Box<dyn RateLimiter>> {
        self.limiter.map(|new| new())
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("mode", &self.mode)
            .field("max_attempts", &self.max_attempts)
            .finish()
    }
}

/// A retry mode, as `AWS_RETRY_MODE` and the profile's `retry_mode` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RetryMode {
    /// `standard`.
    #[default]
    Standard,
    /// `adaptive`.
    Adaptive,
}

impl RetryMode {
    /// The mode's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Adaptive => "adaptive",
        }
    }
}

impl fmt::Display for RetryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Parses a mode, ignoring case as the SDKs do. `legacy`, boto3's old default, is not supported.
impl FromStr for RetryMode {
    type Err = UnknownRetryMode;

    fn from_str(text: &str) -> Result<Self, UnknownRetryMode> {
        [Self::Standard, Self::Adaptive]
            .into_iter()
            .find(|mode| mode.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownRetryMode(text.to_owned()))
    }
}

/// The text is not the name of a supported retry mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRetryMode(String);

impl fmt::Display for UnknownRetryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let legacy = self.0.eq_ignore_ascii_case("legacy");
        let what = if legacy { "is supported by boto3 only" } else { "is not a retry mode" };
        write!(f, "{:?} {what}: expected standard or adaptive", self.0)
    }
}

impl core::error::Error for UnknownRetryMode {}
