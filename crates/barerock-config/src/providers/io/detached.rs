//! Blocking work on a thread of its own, so that it stalls nobody's executor.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::io;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The result of work that runs elsewhere. Dropped, it asks the work to stop and waits for nothing.
pub(super) struct Detached<T>(Arc<Shared<T>>);

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    abandoned: AtomicBool,
}

enum Slot<T> {
    Working(Option<Waker>),
    Done(Option<io::Result<T>>),
}

/// Told to the work: whether anybody still waits.
pub(super) struct Abandoned<T>(Arc<Shared<T>>);

impl<T> Abandoned<T> {
    pub(super) fn is_set(&self) -> bool {
        self.0.abandoned.load(Ordering::Relaxed)
    }
}

/// Runs `work` on a thread of its own.
pub(super) fn detached<T, F>(work: F) -> Detached<T>
where
    T: Send + 'static,
    F: FnOnce(&Abandoned<T>) -> io::Result<T> + Send + 'static,
{
    let shared =
        Arc::new(Shared { slot: Mutex::new(Slot::Working(None)), abandoned: AtomicBool::new(false) });
    let done = Done(Arc::clone(&shared));
    let started = thread::Builder::new().name("barerock-io".to_owned()).spawn(move || {
        let result = work(&Abandoned(Arc::clone(&done.0)));
        done.0.finish(result);
    });
    if let Err(error) = started {
        shared.finish(Err(error));
    }
    Detached(shared)
}

/// Ends the wait even if the work panics.
struct Done<T>(Arc<Shared<T>>);

impl<T> Drop for Done<T> {
    fn drop(&mut self) {
        self.0.finish(Err(io::Error::other("the work was broken off")));
    }
}

impl<T> Shared<T> {
    /// The first result counts.
    fn finish(&self, result: io::Result<T>) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Slot::Working(waker) = &mut *slot {
            let waker = waker.take();
            *slot = Slot::Done(Some(result));
            drop(slot);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T> Future for Detached<T> {
    type Output = io::Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self.0.slot.lock().unwrap_or_else(PoisonError::into_inner) {
            Slot::Working(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            Slot::Done(result) => match result.take() {
                Some(result) => Poll::Ready(result),
                None => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for Detached<T> {
    fn drop(&mut self) {
        self.0.abandoned.store(true, Ordering::Relaxed);
    }
}
