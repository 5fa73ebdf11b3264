//! Retry state shared by the calls of a client, and the wait for a permit.

use core::future::poll_fn;
use core::pin::pin;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use super::{Attempts, Decision, Failure, Permit, Retries};
use crate::transport::LocalTransport;

/// The retry state of a client.
#[derive(Debug)]
pub(crate) struct SharedRetries(Mutex<Retries>);

impl SharedRetries {
    pub(crate) fn new(retries: Retries) -> Self {
        Self(Mutex::new(retries))
    }

    /// Attempts a call may have, including the first.
    pub(crate) fn max_attempts(&self) -> u32 {
        self.with(|retries| retries.max_attempts())
    }

    /// Decides about another attempt.
    pub(crate) fn after_failure(&self, call: &mut Attempts, failure: &Failure, now: Duration) -> Decision {
        self.with(|retries| retries.after_failure(call, failure, now))
    }

    /// Counts a response.
    pub(crate) fn after_success(&self, call: &Attempts, now: Duration) {
        self.with(|retries| retries.after_success(call, now));
    }

    /// Counts an attempt and waits until it may be sent.
    ///
    /// Cancel safety: dropping the future leaves the queue; no token is spent.
    pub(crate) async fn permit<T: LocalTransport>(
        &self,
        transport: &T,
        call: &mut Attempts,
        time: impl Fn() -> Duration,
    ) {
        let mut waiting = Waiting { retries: self, call };
        // A clock that stands still, as a test's may, must not make the wait endless.
        let mut earliest = Duration::ZERO;
        loop {
            let now = || time().max(earliest);
            let permit = poll_fn(|context| Poll::Ready(waiting.look(context.waker(), now()))).await;
            let Permit::Wait(wait) = permit else { return };
            let until = now().saturating_add(wait);
            let mut sleep = pin!(transport.sleep(wait));
            let has_slept = poll_fn(|context| {
                if sleep.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Some(true));
                }
                let now = now();
                match waiting.look(context.waker(), now) {
                    Permit::Granted => Poll::Ready(None),
                    Permit::Wait(wait) if now.saturating_add(wait) < until => Poll::Ready(Some(false)),
                    Permit::Wait(_) => Poll::Pending,
                }
            });
            match has_slept.await {
                Some(true) => earliest = until,
                Some(false) => {}
                None => return,
            }
        }
    }

    /// Ignores lock poisoning: the guarded state only delays requests, so stale values are harmless.
    ///
    /// Wakes outside the lock: a waker may run or drop the other call's future, which locks too.
    fn with<R>(&self, act: impl FnOnce(&mut Retries) -> R) -> R {
        let mut retries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut retries);
        let waker = retries.take_waker();
        drop(retries);
        if let Some(waker) = waker {
            waker.wake();
        }
        result
    }
}

/// A call that waits for its permit; leaves the queue when dropped.
struct Waiting<'a> {
    retries: &'a SharedRetries,
    call: &'a mut Attempts,
}

impl Waiting<'_> {
    fn look(&mut self, waker: &Waker, now: Duration) -> Permit {
        self.retries.with(|retries| retries.acquire(self.call, Some(waker), now))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.call.is_waiting() {
            self.retries.with(|retries| retries.give_up(self.call));
        }
    }
}
