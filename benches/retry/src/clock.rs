//! Simulated clock, which advances only when all tasks wait for it.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// A simulated clock. Clones show the same time.
#[derive(Debug, Clone)]
pub struct SimulatedClock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Time since 1970.
    now: Duration,
    next_timer: u64,
    /// Timers by time and age.
    timers: BTreeMap<(Duration, u64), Waker>,
}

impl SimulatedClock {
    /// Creates a clock at this time since 1970.
    #[must_use]
    pub fn new(now: Duration) -> Self {
        Self(Arc::new(Mutex::new(State { now, next_timer: 0, timers: BTreeMap::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time since 1970.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.state().now
    }

    /// Current time as `SystemTime`.
    #[must_use]
    pub fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + self.now()
    }

    /// Waits until this much time has passed.
    #[must_use]
    pub fn sleep(&self, duration: Duration) -> Sleep {
        let mut state = self.state();
        state.next_timer += 1;
        let key = (state.now.saturating_add(duration), state.next_timer);
        drop(state);
        Sleep { clock: self.clone(), key }
    }

    /// Advances to the next timer and returns its waker; `None` if there is no timer.
    pub(crate) fn advance(&self) -> Option<Waker> {
        let mut state = self.state();
        let ((time, _), waker) = state.timers.pop_first()?;
        state.now = state.now.max(time);
        Some(waker)
    }
}

/// A wait on a [`SimulatedClock`].
#[derive(Debug)]
pub struct Sleep {
    clock: SimulatedClock,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.timers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.state().timers.remove(&self.key);
    }
}
