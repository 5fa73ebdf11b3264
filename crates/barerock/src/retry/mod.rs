//! When to send a request again, and after which wait: the AWS SDKs' standard mode 2.1 and their adaptive mode, as a state
//! machine without a clock, a network or chance of its own. A [`Client`](crate::Client) drives it; bring-your-own-HTTP
//! programs can.
//!
//! ```
//! use core::time::Duration;
//! use barerock::retry::{Attempts, Decision, Failure, Retries, RetryClass, RetryPolicy};
//!
//! let mut retries = Retries::new(&RetryPolicy::standard(), 7);
//! let mut call = Attempts::default();
//! let throttled = Failure::new(RetryClass::Throttling);
//! let now = Duration::from_secs(1_700_000_000);
//!
//! assert_eq!(retries.before_attempt(&mut call, now), Duration::ZERO);
//! let Decision::Wait(wait) = retries.after_failure(&mut call, &throttled, now) else { panic!() };
//! assert!(wait <= Duration::from_secs(1)); // rand(0,1) * min(1 s * 2^0, 20 s)
//! ```

mod adaptive;
mod bucket;
mod classify;
mod policy;

use core::fmt;
use core::time::Duration;

pub(crate) use classify::is_one_of;
pub use classify::{RetryClass, is_daily_quota};
pub use policy::{RetryMode, RetryPolicy, UnknownRetryMode};

use bucket::{NO_RETRY_INCREMENT, RETRY_COST, THROTTLING_RETRY_COST, TokenBucket};
use policy::Limiter;

/// `t_i = rand(0, 1) * min(base * 2^i, MAX_BACKOFF)`, the base by what went wrong (botocore 1.44.5, `ExponentialBackoff`).
const THROTTLING_BASE: Duration = Duration::from_secs(1);
const TRANSIENT_BASE: Duration = Duration::from_millis(50);
const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// The service's hint lengthens a wait by no more than this: `max(t_i, min(hint, t_i + 5 s))`.
const MAX_HINT: Duration = Duration::from_secs(5);

/// What a client remembers from call to call: the tokens left for retries, and the rate it may send at. One for all
/// calls to one endpoint.
#[derive(Debug)]
pub struct Retries {
    max_attempts: u32,
    chance: fastrand::Rng,
    bucket: TokenBucket,
    limiter: Option<Box<dyn Limiter>>,
}

/// What is remembered of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many attempts have begun.
    begun: u32,
    /// What the last retry cost.
    paid: Option<u32>,
}

impl Attempts {
    /// The number of the attempt that is on its way, from 1; 0 before the first.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.begun
    }
}

/// An attempt that failed, as far as it matters to what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    class: Option<RetryClass>,
    retry_after: Option<Duration>,
}

impl Failure {
    /// A failure that another attempt may mend.
    #[must_use]
    pub fn new(class: RetryClass) -> Self {
        Self { class: Some(class), retry_after: None }
    }

    /// A failure that every attempt would share.
    #[must_use]
    pub fn final_one() -> Self {
        Self { class: None, retry_after: None }
    }

    /// With the wait the service asked for in `x-amz-retry-after` (milliseconds; the `Retry-After` of HTTP is ignored, as by
    /// every SDK).
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Wait this long, then send the request again, signed afresh.
    Wait(Duration),
    /// Another attempt would fail alike.
    NotRetryable,
    /// All attempts of the policy are used up.
    NoAttemptsLeft,
    /// Too many calls failed of late: the tokens for retries are used up.
    NoTokensLeft,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait(wait) => return write!(f, "the next attempt is due in {} ms", wait.as_millis()),
            Self::NotRetryable => "another would fail alike",
            Self::NoAttemptsLeft => "all attempts are used up",
            Self::NoTokensLeft => "too much fails: the tokens for retries are used up",
        })
    }
}

impl Retries {
    /// The state of a new client. Equal seeds give equal waits.
    #[must_use]
    pub fn new(policy: &RetryPolicy, seed: u64) -> Self {
        Self {
            max_attempts: policy.attempts(),
            chance: fastrand::Rng::with_seed(seed),
            bucket: TokenBucket::default(),
            limiter: policy.limiter(),
        }
    }

    /// Attempts a call may have, the first among them.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Counts an attempt and says how long it must wait for its turn: zero but in adaptive mode. `now` is the time since any
    /// fixed moment. The turn is taken even if the caller then waits no longer.
    pub fn before_attempt(&mut self, call: &mut Attempts, now: Duration) -> Duration {
        call.begun = call.begun.saturating_add(1);
        self.limiter.as_mut().map_or(Duration::ZERO, |limiter| limiter.acquire(now))
    }

    /// What to do after a failed attempt.
    pub fn after_failure(&mut self, call: &mut Attempts, failure: &Failure, now: Duration) -> Decision {
        let is_throttling = failure.class == Some(RetryClass::Throttling);
        if let Some(limiter) = &mut self.limiter {
            limiter.answered(is_throttling, now);
        }
        let Some(class) = failure.class else { return Decision::NotRetryable };
        if call.begun >= self.max_attempts {
            return Decision::NoAttemptsLeft;
        }
        let (base, cost) = match class {
            RetryClass::Throttling => (THROTTLING_BASE, THROTTLING_RETRY_COST),
            RetryClass::Transient => (TRANSIENT_BASE, RETRY_COST),
        };
        if !self.bucket.take(cost) {
            return Decision::NoTokensLeft;
        }
        call.paid = Some(cost);
        let exponent = call.begun.saturating_sub(1);
        let longest = base.saturating_mul(2_u32.saturating_pow(exponent)).min(MAX_BACKOFF);
        let wait = longest.mul_f64(self.chance.f64());
        let hint = failure.retry_after.unwrap_or_default();
        Decision::Wait(wait.max(hint.min(wait.saturating_add(MAX_HINT))))
    }

    /// Notes an answer: what the last retry cost is given back, or one token if there was none.
    pub fn after_success(&mut self, call: &Attempts, now: Duration) {
        if let Some(limiter) = &mut self.limiter {
            limiter.answered(false, now);
        }
        self.bucket.give(call.paid.unwrap_or(NO_RETRY_INCREMENT));
    }
}

#[cfg(test)]
mod tests;
