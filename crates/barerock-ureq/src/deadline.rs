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

/// When what this thread does must be done, and why.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    at: Instant,
    reason: Timeout,
}

/// Does something, for whose connections a limit holds from now on. `reason` is what [`Error::Timeout`] will say.
pub(crate) fn within<T>(limit: Option<Duration>, reason: Timeout, run: impl FnOnce() -> T) -> T {
    // Past the end of time there is no limit.
    let at = limit.and_then(|limit| now().checked_add(limit));
    let _lifted = Restore(DEADLINE.replace(at.map(|at| Deadline { at, reason })));
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
        return Err(Error::Timeout(reason));
    }
    let left = left.into();
    Ok(if left < timeout.after { NextTimeout { after: left, reason, ..timeout } } else { timeout })
}

/// Puts back what was there before, also when a panic passes.
struct Restore(Option<Deadline>);

impl Drop for Restore {
    fn drop(&mut self) {
        DEADLINE.set(self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "a transport that blocks keeps the time itself")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(timeout: NextTimeout) -> Duration {
        *timeout.after
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
        within(Some(Duration::from_secs(5)), Timeout::Global, || {
            for timeout in [of_ureq(), of_nobody()] {
                let capped = capped(timeout).unwrap();
                assert_eq!(capped.reason, Timeout::Global);
                assert!(after(capped) <= Duration::from_secs(5) && after(capped) > Duration::from_secs(1));
            }
            within(Some(Duration::MAX), Timeout::PerRead, || {
                assert_eq!(capped(of_ureq()).unwrap(), of_ureq());
            });
            assert_eq!(capped(of_ureq()).unwrap().reason, Timeout::Global, "it is there again");
        });
        assert_eq!(capped(of_nobody()).unwrap(), of_nobody());
    }

    #[test]
    fn what_has_passed_is_an_error() {
        within(Some(Duration::ZERO), Timeout::PerRead, || {
            assert!(matches!(capped(NextTimeout::default()), Err(Error::Timeout(Timeout::PerRead))));
        });
    }
}
