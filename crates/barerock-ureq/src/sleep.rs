//! Timer without an async runtime.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::Instant;

use crate::limit::now;

/// Timer future without a runtime. The first poll starts a thread that wakes the task; it ends when the future is dropped.
#[derive(Debug)]
pub(crate) struct Sleep {
    /// End of the sleep; `None` if it is beyond what the clock can represent.
    until: Option<Instant>,
    timer: Option<Timer>,
}

/// Handle of the timer thread; dropping it ends the thread.
#[derive(Debug)]
struct Timer {
    wakes: Waker,
    gone: Arc<AtomicBool>,
    thread: Thread,
}

impl Sleep {
    pub(crate) fn new(duration: Duration) -> Self {
        Self { until: now().checked_add(duration), timer: None }
    }
}

impl Timer {
    fn start(until: Instant, wakes: &Waker) -> std::io::Result<Self> {
        let (waker, gone) = (wakes.clone(), Arc::new(AtomicBool::new(false)));
        let is_gone = Arc::clone(&gone);
        let thread = thread::Builder::new().name("barerock-timer".to_owned()).spawn(move || {
            while !is_gone.load(Ordering::Acquire) {
                let left = until.saturating_duration_since(now());
                if left.is_zero() {
                    return waker.wake();
                }
                thread::park_timeout(left);
            }
        })?;
        Ok(Self { wakes: wakes.clone(), gone, thread: thread.thread().clone() })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Release);
        self.thread.unpark();
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
        if self.timer.as_ref().is_none_or(|timer| !timer.wakes.will_wake(context.waker())) {
            match Timer::start(until, context.waker()) {
                Ok(timer) => self.timer = Some(timer),
                // No thread can be created: blocks this one.
                Err(_) => {
                    thread::sleep(left);
                    return Poll::Ready(());
                }
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on;
    use core::pin::pin;

    #[test]
    fn it_waits_as_long_as_asked() {
        let start = now();
        block_on(Sleep::new(Duration::from_millis(60)));
        let elapsed = start.elapsed();
        assert!(elapsed >= Duration::from_millis(60) && elapsed < Duration::from_secs(5), "{elapsed:?}");
        block_on(Sleep::new(Duration::ZERO));
    }

    #[test]
    fn other_futures_are_polled_meanwhile() {
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

    /// The thread is observed through the references it holds.
    #[test]
    fn its_thread_ends_with_it() {
        let mut sleep = Box::pin(Sleep::new(Duration::from_secs(600)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        let gone = Arc::clone(&sleep.timer.as_ref().unwrap().gone);
        drop(sleep);
        let start = now();
        while Arc::strong_count(&gone) > 1 {
            assert!(start.elapsed() < Duration::from_secs(10), "the thread is still there");
            thread::yield_now();
        }
    }
}
