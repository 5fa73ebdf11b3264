//! Limits that hold for all of a call, or for all of a read.
//!
//! ureq's own limits begin anew with each phase of a call, and with each byte of what is not the body: a peer that sends
//! informational answers or trailers without end would never meet one. A connection of the pool is told ureq's limits only, so
//! ours are kept beside, for the thread that the call blocks.

use core::cell::Cell;
use core::time::Duration;
use std::time::Instant;

use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

thread_local! {
    static DEADLINE: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// When what a thread does must be done, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    at: Instant,
    reason: Reason,
}

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Of the call, to the end of its answer.
    Whole,
    /// Of all that lies before the body.
    Head,
    /// Of a piece of the body.
    Piece,
}

impl Reason {
    /// What ureq calls it. It sets none of these itself.
    pub(crate) fn name(self) -> Timeout {
        match self {
            Self::Whole => Timeout::Global,
            Self::Head => Timeout::PerCall,
            Self::Piece => Timeout::PerRead,
        }
    }
}

impl Deadline {
    /// So long from now; none, past the end of time.
    pub(crate) fn after(limit: Option<Duration>, reason: Reason) -> Option<Self> {
        let at = limit.and_then(|limit| now().checked_add(limit))?;
        Some(Self { at, reason })
    }
}

/// Does something, for whose connections these limits hold from now on.
pub(crate) fn within<T>(limits: [Option<Deadline>; 2], run: impl FnOnce() -> T) -> T {
    let _lifted = Restore(DEADLINE.replace(limits.into_iter().flatten().min()));
    run()
}

/// The limit for the next step of a connection: ureq's, or what is left of the thread's.
///
/// # Errors
/// If nothing is left: ureq takes no time at all for a second.
pub(crate) fn capped(timeout: NextTimeout) -> Result<NextTimeout, Error> {
    let Some(Deadline { at, reason }) = DEADLINE.get() else { return Ok(timeout) };
    let left = at.saturating_duration_since(now());
    if left.is_zero() {
        return Err(Error::Timeout(reason.name()));
    }
    let left = left.into();
    Ok(if left < timeout.after {
        NextTimeout { after: left, reason: reason.name(), ..timeout }
    } else {
        timeout
    })
}

/// Puts back what was there before, also when a panic passes.
struct Restore(Option<Deadline>);

impl Drop for Restore {
    fn drop(&mut self) {
        DEADLINE.set(self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "a transport that blocks keeps the time itself")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(timeout: NextTimeout) -> Duration {
        *timeout.after
    }

    fn limit(seconds: u64, reason: Reason) -> [Option<Deadline>; 2] {
        [Deadline::after(Some(Duration::from_secs(seconds)), reason), None]
    }

    #[test]
    fn the_shorter_limit_holds() {
        let of_ureq = || NextTimeout {
            after: Duration::from_secs(10).into(),
            reason: Timeout::Connect,
            ..NextTimeout::default()
        };
        let of_nobody = NextTimeout::default;
        assert_eq!(capped(of_ureq()).unwrap(), of_ureq());
        within(limit(5, Reason::Head), || {
            for timeout in [of_ureq(), of_nobody()] {
                let capped = capped(timeout).unwrap();
                assert_eq!(capped.reason, Timeout::PerCall);
                assert!(after(capped) <= Duration::from_secs(5) && after(capped) > Duration::from_secs(1));
            }
            within([Deadline::after(Some(Duration::MAX), Reason::Piece), None], || {
                assert_eq!(capped(of_ureq()).unwrap(), of_ureq());
            });
            assert_eq!(capped(of_ureq()).unwrap().reason, Timeout::PerCall, "it is there again");
        });
        assert_eq!(capped(of_nobody()).unwrap(), of_nobody());
        let [whole, piece] = [limit(3, Reason::Whole)[0], limit(5, Reason::Piece)[0]];
        within([piece, whole], || assert_eq!(capped(of_ureq()).unwrap().reason, Timeout::Global));
    }

    #[test]
    fn what_has_passed_is_an_error() {
        within(limit(0, Reason::Piece), || {
            assert!(matches!(capped(NextTimeout::default()), Err(Error::Timeout(Timeout::PerRead))));
        });
    }
}
