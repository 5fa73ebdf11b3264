//! Waiting without a runtime.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use crate::deadline::now;

/// Is ready when the time has come. A thread of its own keeps the time from the first poll on, and ends with the future: whoever
/// polls has other things to look at meanwhile, and there is no runtime with a timer.
#[derive(Debug)]
pub(crate) struct Sleep {
    /// `None` past the end of time.
    until: Option<Instant>,
    timer: Option<Timer>,
}

#[derive(Debug)]
struct Timer {
    wakes: Waker,
    /// The thread ends when this is dropped.
    _alive: Sender<()>,
}

impl Sleep {
    pub(crate) fn new(duration: Duration) -> Self {
        Self { until: now().checked_add(duration), timer: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(until) = self.until else { return Poll::Pending };
        let left = until.saturating_duration_since(now());
        if left.is_zero() {
            return Poll::Ready(());
        }
        if self.timer.as_ref().is_some_and(|timer| timer.wakes.will_wake(context.waker())) {
            return Poll::Pending;
        }
        let (alive, gone) = mpsc::channel();
        let (wakes, waker) = (context.waker().clone(), context.waker().clone());
        let thread = thread::Builder::new().name("barerock-timer".to_owned()).spawn(move || {
            if gone.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                waker.wake();
            }
        });
        if thread.is_err() {
            // A system without a thread to spare still has this one.
            thread::sleep(left);
            return Poll::Ready(());
        }
        self.timer = Some(Timer { wakes, _alive: alive });
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on;
    use core::pin::pin;

    #[test]
    fn it_takes_its_time_and_no_more() {
        let start = now();
        block_on(Sleep::new(Duration::from_millis(60)));
        let elapsed = start.elapsed();
        assert!(elapsed >= Duration::from_millis(60) && elapsed < Duration::from_secs(5), "{elapsed:?}");
        block_on(Sleep::new(Duration::ZERO));
    }

    #[test]
    fn others_are_looked_at_meanwhile() {
        for long in [Duration::from_secs(60), Duration::MAX] {
            let start = now();
            let (mut long, mut short) = (pin!(Sleep::new(long)), pin!(Sleep::new(Duration::from_millis(30))));
            block_on(core::future::poll_fn(|context| {
                assert!(long.as_mut().poll(context).is_pending());
                short.as_mut().poll(context)
            }));
            assert!(start.elapsed() < Duration::from_secs(5));
        }
    }
}
