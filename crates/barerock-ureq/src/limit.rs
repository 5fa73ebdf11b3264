//! Time limits of a call.

use core::cmp::Ordering;
use core::time::Duration;
use std::io;
use std::time::Instant;

use barerock::Elapsed;

/// A deadline, with the duration and the name for its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeLimit {
    at: Instant,
    after: Duration,
    /// What the call waited for, named in the error.
    waited_for: &'static str,
}

impl TimeLimit {
    /// Starts a limit now; `None` if there is no limit, or the deadline is beyond what the clock can represent.
    pub(crate) fn after(limit: Option<Duration>, waited_for: &'static str) -> Option<Self> {
        let after = limit?;
        Some(Self { at: now().checked_add(after)?, after, waited_for })
    }

    /// Returns the earlier of two limits.
    pub(crate) fn earlier(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        [first, second].into_iter().flatten().min()
    }

    /// Returns the remaining time.
    ///
    /// # Errors
    /// If the limit has passed.
    pub(crate) fn left(&self) -> Result<Duration, Elapsed> {
        let left = self.at.saturating_duration_since(now());
        if left.is_zero() { Err(self.elapsed()) } else { Ok(left) }
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.left().is_err()
    }

    pub(crate) fn elapsed(&self) -> Elapsed {
        Elapsed::new(self.waited_for, self.after)
    }

    /// Returns the limit's error as an I/O error.
    pub(crate) fn io_error(&self) -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, self.elapsed())
    }
}

impl Ord for TimeLimit {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

impl PartialOrd for TimeLimit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[expect(clippy::disallowed_methods, reason = "a blocking transport keeps the time itself")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_limit_counts() {
        let limit = |seconds| TimeLimit::after(Some(Duration::from_secs(seconds)), "it");
        assert_eq!(TimeLimit::after(None, "it"), None);
        assert_eq!(TimeLimit::after(Some(Duration::MAX), "it"), None);
        let (long, short) = (limit(60), limit(30));
        for earlier in [TimeLimit::earlier(long, short), TimeLimit::earlier(short, long)] {
            assert_eq!(earlier, short);
        }
        assert_eq!(TimeLimit::earlier(None, long), long);
        let left = long.unwrap().left().unwrap();
        assert!(left <= Duration::from_secs(60) && left > Duration::from_secs(50));
    }

    #[test]
    fn a_limit_that_has_passed_is_an_error() {
        let limit = TimeLimit::after(Some(Duration::ZERO), "the response").unwrap();
        assert!(limit.has_passed());
        assert_eq!(limit.io_error().to_string(), "timed out after 0ns waiting for the response");
        assert_eq!(limit.io_error().kind(), io::ErrorKind::TimedOut);
    }
}
