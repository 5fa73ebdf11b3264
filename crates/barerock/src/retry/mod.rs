//! Retry decisions: when to send a request again, and after which wait. The AWS SDKs' standard mode 2.1 and their adaptive mode, as
//! state without a clock, a network or an RNG of its own. A [`Client`](crate::Client) drives it; programs with an HTTP client
//! of their own can.
//!
//! ```
//! use core::time::Duration;
//! use barerock::retry::{Attempts, Decision, Failure, Permit, Retries, RetryClass, RetryPolicy};
//!
//! let mut retries = Retries::new(&RetryPolicy::standard(), 7);
//! let mut call = Attempts::default();
//! let throttled = Failure::new(RetryClass::Throttling);
//! let now = Duration::from_secs(1_700_000_000);
//!
//! assert_eq!(retries.before_attempt(&mut call, now), Permit::Granted);
//! let Decision::Wait(wait) = retries.after_failure(&mut call, &throttled, now) else { panic!() };
//! assert!(wait <= Duration::from_secs(1)); // rand(0,1) * min(1 s * 2^0, 20 s)
//! ```

mod classify;
mod cubic;
mod limiter;
mod policy;
mod quota;
mod shared;

use core::fmt;
use core::task::Waker;
use core::time::Duration;

pub(crate) use classify::is_one_of;
pub use classify::{RetryClass, is_daily_quota};
pub use policy::{RetryMode, RetryPolicy, UnknownRetryMode};
pub(crate) use shared::SharedRetries;

use limiter::RateLimiter;
use quota::{NO_RETRY_INCREMENT, RETRY_COST, RetryQuota, THROTTLING_RETRY_COST};

/// `t_i = rand(0, 1) * min(base * 2^i, MAX_BACKOFF)`, the base by the class of the failure (botocore 1.44.5,
/// `ExponentialBackoff`).
const THROTTLING_BASE: Duration = Duration::from_secs(1);
const TRANSIENT_BASE: Duration = Duration::from_millis(50);
const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// Longest extension of a wait by the service's hint: `max(t_i, min(hint, t_i + 5 s))`.
const MAX_HINT: Duration = Duration::from_secs(5);

/// Order in which calls joined the queue for permits.
type Ticket = u64;

/// Retry state of a client: the retry quota and, in adaptive mode, the rate limiter. One for all calls to one endpoint.
#[derive(Debug)]
pub struct Retries {
    max_attempts: u32,
    rng: fastrand::Rng,
    quota: RetryQuota,
    limiter: Option<Box<dyn RateLimiter>>,
}

/// Retry state of one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Number of attempts begun.
    begun: u32,
    /// Tokens taken for the last retry.
    paid: Option<u32>,
    /// Place in the queue while the call waits for a permit.
    ticket: Option<Ticket>,
}

impl Attempts {
    /// The number of the present attempt, from 1; 0 before the first.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.begun
    }

    /// Whether the call is in the queue for a permit.
    fn is_waiting(&self) -> bool {
        self.ticket.is_some()
    }
}

/// A failed attempt, as far as the retry decision depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    class: Option<RetryClass>,
    retry_after: Option<Duration>,
}

impl Failure {
    /// A failure that another attempt may not meet.
    #[must_use]
    pub fn new(class: RetryClass) -> Self {
        Self { class: Some(class), retry_after: None }
    }

    /// A permanent failure: not retried.
    #[must_use]
    pub fn permanent() -> Self {
        Self { class: None, retry_after: None }
    }

    /// Sets the wait the service asked for in `x-amz-retry-after` (milliseconds; HTTP's `Retry-After` is ignored, as by every
    /// SDK).
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

/// Whether an attempt may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permit {
    /// Send it.
    Granted,
    /// Call [`Retries::before_attempt`] again after this time: from 1 ms to 1 s.
    Wait(Duration),
}

/// Decision after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Wait this long, then send the request again, signed anew.
    Wait(Duration),
    /// The failure is permanent.
    NotRetryable,
    /// All attempts of the policy are used up.
    NoAttemptsLeft,
    /// The client's retry quota is used up: too many calls failed recently.
    NoTokensLeft,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait(wait) => return write!(f, "next attempt in {} ms", wait.as_millis()),
            Self::NotRetryable => "not retryable",
            Self::NoAttemptsLeft => "no attempts left",
            Self::NoTokensLeft => "retry quota used up",
        })
    }
}

impl Retries {
    /// Creates the state of a new client. Equal seeds give equal waits.
    #[must_use]
    pub fn new(policy: &RetryPolicy, seed: u64) -> Self {
        Self {
            max_attempts: policy.attempts(),
            rng: fastrand::Rng::with_seed(seed),
            quota: RetryQuota::default(),
            limiter: policy.limiter(),
        }
    }

    /// Attempts a call may have, including the first.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Requests a permit for the next attempt, and counts the attempt once granted. `now` is the time since any fixed moment.
    ///
    /// Only adaptive mode delays calls. They are served in the order of their first requests. A call that has not repeated its
    /// request for two seconds is skipped until it does; one that stops waiting calls [`give_up`](Self::give_up).
    pub fn before_attempt(&mut self, call: &mut Attempts, now: Duration) -> Permit {
        self.acquire(call, None, now)
    }

    /// [`before_attempt`](Self::before_attempt), with a waker to wake when the wait may have become shorter.
    fn acquire(&mut self, call: &mut Attempts, waker: Option<&Waker>, now: Duration) -> Permit {
        let permit = match &mut self.limiter {
            Some(limiter) => limiter.acquire(&mut call.ticket, waker, now),
            None => Permit::Granted,
        };
        if permit == Permit::Granted {
            call.begun = call.begun.saturating_add(1);
        }
        permit
    }

    /// Removes a call that stops waiting for a permit from the queue. No token is taken.
    pub fn give_up(&mut self, call: &mut Attempts) {
        if let (Some(limiter), Some(ticket)) = (&mut self.limiter, call.ticket.take()) {
            limiter.leave(ticket);
        }
    }

    /// Decides what to do after a failed attempt.
    pub fn after_failure(&mut self, call: &mut Attempts, failure: &Failure, now: Duration) -> Decision {
        let is_throttling = failure.class == Some(RetryClass::Throttling);
        if let Some(limiter) = &mut self.limiter {
            limiter.on_response(is_throttling, now);
        }
        let Some(class) = failure.class else { return Decision::NotRetryable };
        if call.begun >= self.max_attempts {
            return Decision::NoAttemptsLeft;
        }
        let (base, cost) = match class {
            RetryClass::Throttling => (THROTTLING_BASE, THROTTLING_RETRY_COST),
            RetryClass::Transient => (TRANSIENT_BASE, RETRY_COST),
        };
        if !self.quota.take(cost) {
            return Decision::NoTokensLeft;
        }
        call.paid = Some(cost);
        let exponent = call.begun.saturating_sub(1);
        let longest = base.saturating_mul(2_u32.saturating_pow(exponent)).min(MAX_BACKOFF);
        let wait = longest.mul_f64(self.rng.f64());
        let hint = failure.retry_after.unwrap_or_default();
        Decision::Wait(wait.max(hint.min(wait.saturating_add(MAX_HINT))))
    }

    /// Counts a successful attempt: refunds the tokens of the call's last retry, or one token if there was no retry.
    pub fn after_success(&mut self, call: &Attempts, now: Duration) {
        if let Some(limiter) = &mut self.limiter {
            limiter.on_response(false, now);
        }
        self.quota.give(call.paid.unwrap_or(NO_RETRY_INCREMENT));
    }

    /// Waker of the call whose wait may have become shorter.
    fn take_waker(&mut self) -> Option<Waker> {
        self.limiter.as_mut()?.take_waker()
    }
}

#[cfg(test)]
mod tests;
