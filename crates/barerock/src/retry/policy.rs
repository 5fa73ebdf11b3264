//! How often and how a client tries.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use super::adaptive::Cubic;

/// Attempts in standard and adaptive mode, the first among them.
const MAX_ATTEMPTS: u32 = 3;

/// How often a client tries, and how. A mode that is not named is not linked.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    mode: RetryMode,
    limiter: Option<fn() -> Box<dyn Limiter>>,
}

/// Something that holds requests back.
pub(super) trait Limiter: fmt::Debug + Send {
    /// How long the next request must wait for its turn.
    fn acquire(&mut self, now: Duration) -> Duration;

    /// Notes an answer.
    fn answered(&mut self, throttled: bool, now: Duration);
}

impl RetryPolicy {
    /// The standard mode in its version 2.1, which is what a client does if told nothing: three attempts; exponential waits with
    /// full jitter, from 50 ms, or from 1 s after throttling, to 20 s; the service's hint obeyed within bounds; and
    /// a bucket of tokens that ends retries when much fails.
    #[must_use]
    pub fn standard() -> Self {
        Self { max_attempts: MAX_ATTEMPTS, mode: RetryMode::Standard, limiter: None }
    }

    /// The standard mode, and a limit on the client's own rate that follows the service's throttling (CUBIC). It delays first
    /// attempts too; each client has its own.
    #[must_use]
    pub fn adaptive() -> Self {
        Self { mode: RetryMode::Adaptive, limiter: Some(|| Box::new(Cubic::default())), ..Self::standard() }
    }

    /// One attempt.
    #[must_use]
    pub fn off() -> Self {
        Self::standard().max_attempts(1)
    }

    /// The policy of a mode that is known only at run time. It links both.
    #[must_use]
    pub fn of(mode: RetryMode) -> Self {
        match mode {
            RetryMode::Standard => Self::standard(),
            RetryMode::Adaptive => Self::adaptive(),
        }
    }

    /// Sets the attempts a call may have, the first among them; 0 counts as 1. boto3's `max_attempts` in a `Config`
    /// counts the retries alone: its 5 is 6 here. `AWS_MAX_ATTEMPTS` and the profile's `max_attempts` count as here.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The attempts a call may have.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> RetryMode {
        self.mode
    }

    pub(super) fn limiter(&self) -> Option<Box<dyn Limiter>> {
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

/// Reads a mode, in any case as the SDKs do. `legacy`, boto3's mode of old, is not one of ours.
impl FromStr for RetryMode {
    type Err = UnknownRetryMode;

    fn from_str(text: &str) -> Result<Self, UnknownRetryMode> {
        [Self::Standard, Self::Adaptive]
            .into_iter()
            .find(|mode| mode.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownRetryMode(text.to_owned()))
    }
}

/// Not the name of a retry mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRetryMode(String);

impl fmt::Display for UnknownRetryMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a retry mode; write standard or adaptive", self.0)?;
        if self.0.eq_ignore_ascii_case("legacy") {
            f.write_str(" (legacy is boto3's alone; standard takes its place there too)")?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownRetryMode {}
