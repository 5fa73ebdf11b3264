//! Blocking work on a separate thread, so that no executor is blocked.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::io;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Future of work on another thread. Dropping it requests the work to stop, without waiting.
pub(super) struct Detached<T>(Arc<Shared<T>>);

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    abandoned: AtomicBool,
}

enum Slot<T> {
    Working(Option<Waker>),
    Done(Option<io::Result<T>>),
}

/// Tells the work if its future was dropped.
pub(super) struct Abandoned<T>(Arc<Shared<T>>);

impl<T> Abandoned<T> {
    pub(super) fn is_set(&self) -> bool {
        self.0.abandoned.load(Ordering::Relaxed)
    }
}

/// True on targets without threads: WASI and wasm32-unknown-unknown without atomics.
const NO_THREADS: bool = cfg!(all(target_family = "wasm", not(target_feature = "atomics")));

/// Runs `work` on a new thread; on the current one if the target has no threads.
pub(super) fn detached<T, F>(work: F) -> Detached<T>
where
    T: Send + 'static,
    F: FnOnce(&Abandoned<T>) -> io::Result<T> + Send + 'static,
{
    if NO_THREADS { detached_by(run_here, work) } else { detached_by(start_thread, work) }
}

type Job = Box<dyn FnOnce() + Send>;

fn run_here(job: Job) -> io::Result<()> {
    job();
    Ok(())
}

fn start_thread(job: Job) -> io::Result<()> {
    thread::Builder::new().name("barerock-io".to_owned()).spawn(job).map(drop)
}

fn detached_by<T, F>(start: fn(Job) -> io::Result<()>, work: F) -> Detached<T>
where
    T: Send + 'static,
    F: FnOnce(&Abandoned<T>) -> io::Result<T> + Send + 'static,
{
    let shared =
        Arc::new(Shared { slot: Mutex::new(Slot::Working(None)), abandoned: AtomicBool::new(false) });
    let its = Arc::clone(&shared);
    // The guard is created on the new thread: if the thread cannot start, dropping the guard would hide that error.
    let job = Box::new(move || {
        let done = Done(its);
        let result = work(&Abandoned(Arc::clone(&done.0)));
        done.0.finish(result);
    });
    if let Err(error) = start(job) {
        shared.finish(Err(io::Error::new(error.kind(), format!("cannot start a thread: {error}"))));
    }
    Detached(shared)
}

/// Guard that completes the future even if the work panics.
struct Done<T>(Arc<Shared<T>>);

impl<T> Drop for Done<T> {
    fn drop(&mut self) {
        self.0.finish(Err(io::Error::other("the work panicked")));
    }
}

impl<T> Shared<T> {
    /// Sets the result; only the first one is used.
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

#[cfg(test)]
mod tests {
    use super::super::tests::block_on;
    use super::*;

    #[test]
    fn work_runs_without_threads() {
        assert_eq!(block_on(detached_by(run_here, |_| Ok(7))).unwrap(), 7);
    }

    #[test]
    fn a_thread_that_does_not_start_is_the_error() {
        let full = |_job: Job| Err(io::Error::new(io::ErrorKind::WouldBlock, "no more threads"));
        let error = block_on(detached_by(full, |_| Ok(()))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(error.to_string(), "cannot start a thread: no more threads");
    }

    #[test]
    fn a_panic_ends_the_wait() {
        let error = block_on(detached(|_| -> io::Result<()> { panic!("on purpose") })).unwrap_err();
        assert_eq!(error.to_string(), "the work panicked");
    }
}
