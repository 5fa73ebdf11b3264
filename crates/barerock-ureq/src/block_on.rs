//! Execution of futures on the calling thread.

use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};

/// Runs a future to completion on this thread, which sleeps while the future is pending.
///
/// The methods of [`Client`](crate::Client) use it. It runs any future that needs no runtime, such as those of a client over
/// a [`UreqTransport`](crate::UreqTransport), which block while they are polled.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    // Most futures are ready at once: a waker is allocated only for those that are not, which are then polled again with it.
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        // May return without a wake: after an earlier unpark, or spuriously.
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn what_another_thread_wakes_is_polled_again() {
        let mut worker = None;
        let mut polls = 0;
        let output = block_on(core::future::poll_fn(|context| {
            polls += 1;
            // The first poll has another waker than the second.
            if polls == 1 {
                return Poll::Pending;
            }
            if polls > 2 {
                return Poll::Ready(42);
            }
            let waker = context.waker().clone();
            worker = Some(thread::spawn(move || {
                thread::sleep(Duration::from_millis(20));
                waker.wake();
            }));
            Poll::Pending
        }));
        assert_eq!((output, polls >= 3), (42, true));
        worker.unwrap().join().unwrap();
    }
}
