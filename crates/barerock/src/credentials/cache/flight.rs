//! A future shared by several callers.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

/// Work whose result several callers await. Each of them polls it, so that it goes on when the caller that began it is
/// dropped; without a caller it is not polled.
pub(super) struct Flight<T>(Arc<Shared<T>>);

struct Shared<T> {
    work: Mutex<Work<T>>,
    waiting: Arc<Waiting>,
}

enum Work<T> {
    Going(Pin<Box<dyn Future<Output = T> + Send>>),
    Done(T),
}

/// The wakers of the callers.
struct Waiting(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    next: u64,
    wakers: Vec<(u64, Option<Waker>)>,
}

impl Waiting {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        let wakers: Vec<Waker> =
            self.queue().wakers.iter_mut().filter_map(|(_, waker)| waker.take()).collect();
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl<T: Clone> Flight<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Arc::new(Shared {
            work: Mutex::new(Work::Going(Box::pin(work))),
            waiting: Arc::new(Waiting(Mutex::new(Queue::default()))),
        }))
    }

    /// Adds a caller.
    pub(super) fn join(&self) -> Joined<T> {
        let mut queue = self.0.waiting.queue();
        let ticket = queue.next;
        queue.next = queue.next.wrapping_add(1);
        queue.wakers.push((ticket, None));
        drop(queue);
        Joined { flight: self.share(), ticket }
    }

    /// Another handle to the same work.
    pub(super) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// True if a caller waits.
    pub(super) fn is_awaited(&self) -> bool {
        !self.0.waiting.queue().wakers.is_empty()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A caller that waits for the result.
pub(super) struct Joined<T> {
    pub(super) flight: Flight<T>,
    ticket: u64,
}

impl<T: Clone> Future for Joined<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let shared = &self.flight.0;
        // Before the work is locked: the caller that completes it meanwhile must find this waker.
        if let Some(entry) = shared.waiting.queue().wakers.iter_mut().find(|entry| entry.0 == self.ticket) {
            entry.1 = Some(context.waker().clone());
        }
        let mut work = shared.work.lock().unwrap_or_else(PoisonError::into_inner);
        let result = match &mut *work {
            Work::Done(result) => return Poll::Ready(result.clone()),
            Work::Going(going) => {
                let all = Waker::from(Arc::clone(&shared.waiting));
                match going.as_mut().poll(&mut Context::from_waker(&all)) {
                    Poll::Ready(result) => result,
                    Poll::Pending => return Poll::Pending,
                }
            }
        };
        *work = Work::Done(result.clone());
        drop(work);
        Arc::clone(&shared.waiting).wake();
        Poll::Ready(result)
    }
}

impl<T> Drop for Joined<T> {
    fn drop(&mut self) {
        let shared = &self.flight.0;
        shared.waiting.queue().wakers.retain(|entry| entry.0 != self.ticket);
        // The other callers may have relied on this one to poll the work.
        Arc::clone(&shared.waiting).wake();
    }
}
