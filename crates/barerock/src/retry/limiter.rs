//! Rate limiter of adaptive mode: a token bucket that fills at the rate CUBIC allows, and the queue of calls that wait for a
//! token.
//!
//! A token is taken when it is granted. A waiting call holds only a place in the queue, so cancelling it takes no token, and its
//! wait is computed anew at every check.

use core::fmt;
use core::task::Waker;
use core::time::Duration;
use std::collections::VecDeque;

use super::cubic::Cubic;
use super::{Permit, Ticket};

/// Lowest rate at which the bucket fills, in tokens a second (botocore, `retries/bucket.py`).
const MIN_FILL_RATE: f64 = 0.5;
/// Lowest capacity of the bucket.
const MIN_CAPACITY: f64 = 1.0;

/// Longest wait before a call checks again, in seconds.
const LOOK_AGAIN: f64 = 1.0;
/// Time without a check after which a call loses its place at the front, in seconds: a future that is not polled must not delay
/// the others. It gets the place back at its next check.
const ABSENT: f64 = 2.0;
/// Shortest wait, in seconds: timers are no finer.
const SHORTEST_WAIT: f64 = 0.001;
/// Largest step back of the clock that counts as a race of two readers and not as a clock that was set.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(1);

/// Delays requests. A trait object, so that standard mode does not link an implementation.
pub(super) trait RateLimiter: fmt::Debug + Send + Sync {
    /// Grants a token, or returns when to check again. The waker is woken if the wait becomes shorter.
    fn acquire(&mut self, ticket: &mut Option<Ticket>, waker: Option<&Waker>, now: Duration) -> Permit;

    /// Removes a call from the queue.
    fn leave(&mut self, ticket: Ticket);

    /// Counts a response.
    fn on_response(&mut self, is_throttled: bool, now: Duration);

    /// Returns the waker of the first call in the queue if its wait may have changed.
    fn take_waker(&mut self) -> Option<Waker>;
}

/// A token bucket, and the queue before it.
pub(super) struct AdaptiveLimiter {
    cubic: Cubic,
    clock: ForwardClock,
    fill_rate: f64,
    capacity: f64,
    tokens: f64,
    filled_at: f64,
    /// Sorted by ticket: first come, first served.
    queue: VecDeque<Waiter>,
    next_ticket: Ticket,
    is_changed: bool,
}

/// A call that waits for a token.
struct Waiter {
    ticket: Ticket,
    looked_at: f64,
    waker: Option<Waker>,
}

impl Default for AdaptiveLimiter {
    /// A full bucket of one token, as botocore's is a second after its client was made.
    fn default() -> Self {
        Self {
            cubic: Cubic::default(),
            clock: ForwardClock::default(),
            fill_rate: 1.0,
            capacity: MIN_CAPACITY,
            tokens: MIN_CAPACITY,
            filled_at: 0.0,
            queue: VecDeque::new(),
            next_ticket: 0,
            is_changed: false,
        }
    }
}

/// Omits the rates: formatting floats costs 20 KB of program.
impl fmt::Debug for AdaptiveLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdaptiveLimiter")
            .field("enabled", &self.cubic.is_enabled())
            .field("waiting", &self.queue.len())
            .finish_non_exhaustive()
    }
}

impl RateLimiter for AdaptiveLimiter {
    fn acquire(&mut self, ticket: &mut Option<Ticket>, waker: Option<&Waker>, now: Duration) -> Permit {
        if !self.cubic.is_enabled() {
            return Permit::Granted;
        }
        let now = self.clock.read(now);
        self.refill(now);
        let position = self.look(ticket, waker, now);
        let missing = position_tokens(position) - self.tokens;
        if missing > 0.0 {
            return Permit::Wait(seconds(missing / self.fill_rate));
        }
        self.tokens -= 1.0;
        *ticket = None;
        self.remove(position);
        // The next call's wait was computed for a place behind this one.
        self.is_changed = true;
        Permit::Granted
    }

    fn leave(&mut self, ticket: Ticket) {
        if let Ok(position) = self.position(ticket) {
            self.remove(position);
        }
    }

    fn on_response(&mut self, is_throttled: bool, now: Duration) {
        let now = self.clock.read(now);
        // Tokens up to now came at the old rate.
        self.refill(now);
        let rate = self.cubic.on_response(is_throttled, self.fill_rate, now);
        self.fill_rate = rate.max(MIN_FILL_RATE);
        self.capacity = rate.max(MIN_CAPACITY);
        self.tokens = self.tokens.min(self.capacity);
        self.is_changed = true;
    }

    fn take_waker(&mut self) -> Option<Waker> {
        core::mem::take(&mut self.is_changed).then(|| self.queue.front_mut()?.waker.take()).flatten()
    }
}

impl AdaptiveLimiter {
    fn refill(&mut self, now: f64) {
        self.tokens = (self.tokens + (now - self.filled_at) * self.fill_rate).min(self.capacity);
        self.filled_at = now;
    }

    /// Joins the queue, or keeps the place there, and returns its index.
    fn look(&mut self, ticket: &mut Option<Ticket>, waker: Option<&Waker>, now: f64) -> usize {
        let ticket = *ticket.get_or_insert_with(|| {
            self.next_ticket = self.next_ticket.wrapping_add(1);
            self.next_ticket
        });
        while self.queue.front().is_some_and(|first| first.ticket != ticket && now - first.looked_at > ABSENT)
        {
            self.queue.pop_front();
        }
        let waiter = Waiter { ticket, looked_at: now, waker: waker.cloned() };
        match self.position(ticket) {
            Ok(position) => {
                if let Some(place) = self.queue.get_mut(position) {
                    *place = waiter;
                }
                position
            }
            Err(position) => {
                self.queue.insert(position, waiter);
                position
            }
        }
    }

    fn position(&self, ticket: Ticket) -> Result<usize, usize> {
        self.queue.binary_search_by_key(&ticket, |waiter| waiter.ticket)
    }

    fn remove(&mut self, position: usize) {
        self.queue.remove(position);
        self.is_changed |= position == 0;
    }
}

/// Tokens there must be for the call at this place: one for itself and one for each call before it.
fn position_tokens(position: usize) -> f64 {
    f64::from(u32::try_from(position).unwrap_or(u32::MAX)) + 1.0
}

fn seconds(wait: f64) -> Duration {
    Duration::from_secs_f64(wait.clamp(SHORTEST_WAIT, LOOK_AGAIN))
}

/// Time in seconds that never runs backwards: a wall clock that is set back must not stop the bucket.
#[derive(Default)]
struct ForwardClock {
    seconds: f64,
    last: Option<Duration>,
}

impl ForwardClock {
    fn read(&mut self, now: Duration) -> f64 {
        match self.last {
            None => {
                self.seconds = now.as_secs_f64();
                self.last = Some(now);
            }
            Some(last) if now > last => {
                self.seconds += (now - last).as_secs_f64();
                self.last = Some(now);
            }
            Some(last) if last - now > CLOCK_TOLERANCE => self.last = Some(now),
            Some(_) => {}
        }
        self.seconds
    }
}

#[cfg(test)]
mod tests;
