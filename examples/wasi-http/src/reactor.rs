//! Futures over `wasi:io/poll`: one thread, which blocks on all the pollables that are waited for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

/// The longest wait of one pollable, in nanoseconds: a day. Hosts that count in milliseconds of 32 bits end a longer one at once.
const LONGEST: u64 = 86_400_000_000_000;

#[derive(Default)]
struct Reactor {
    waits: BTreeMap<u64, Wait>,
    next_id: u64,
}

struct Wait {
    pollable: Pollable,
    /// The waker of the task that waits, if one does.
    waker: Option<Waker>,
}

thread_local! {
    static REACTOR: RefCell<Reactor> = RefCell::default();
}

/// A wait for a pollable, which is dropped with it. It can be polled again after it was ready.
pub struct Ready {
    id: u64,
}

impl Ready {
    pub fn new(pollable: Pollable) -> Self {
        REACTOR.with_borrow_mut(|reactor| {
            let id = reactor.next_id;
            reactor.next_id += 1;
            reactor.waits.insert(id, Wait { pollable, waker: None });
            Self { id }
        })
    }

    /// Wakes the task once the pollable is ready: at once, if it is. The task then goes on with its other futures first, so that none
    /// waits for one that is ready again and again.
    pub fn wake_when_ready(&self, context: &Context<'_>) {
        let waker = Some(context.waker().clone());
        // The waker before is dropped outside of the borrow, as it may own futures that have waits of their own.
        let (is_ready, _before) = REACTOR.with_borrow_mut(|reactor| {
            let Some(wait) = reactor.waits.get_mut(&self.id) else { return (true, None) };
            let is_ready = wait.pollable.ready();
            (is_ready, std::mem::replace(&mut wait.waker, waker.filter(|_| !is_ready)))
        });
        if is_ready {
            context.waker().wake_by_ref();
        }
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        // Dropped outside of the borrow, too.
        let wait = REACTOR.try_with(|reactor| reactor.borrow_mut().waits.remove(&self.id));
        drop(wait);
    }
}

/// A wait for a time. It begins when it is made.
pub struct Timer {
    deadline: u64,
    /// When the pollable is ready, which may be earlier.
    next: u64,
    wait: Ready,
}

impl Timer {
    pub fn new(duration: Duration) -> Self {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self::until(monotonic_clock::now().saturating_add(nanoseconds))
    }

    fn until(deadline: u64) -> Self {
        let next = deadline.min(monotonic_clock::now().saturating_add(LONGEST));
        Self { deadline, next, wait: Ready::new(monotonic_clock::subscribe_instant(next)) }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let now = monotonic_clock::now();
        if now >= self.deadline {
            return Poll::Ready(());
        }
        if now >= self.next {
            *self = Self::until(self.deadline);
        }
        self.wait.wake_when_ready(context);
        Poll::Pending
    }
}

/// The error of a future that waits for nothing of this reactor, and so would never end.
#[derive(Debug)]
pub struct Stalled;

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the future waits, but for no pollable")
    }
}

impl Error for Stalled {}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Stalled> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        while !woken.0.swap(false, Ordering::Relaxed) {
            for waker in wait()? {
                waker.wake();
            }
        }
    }
}

/// Blocks until a pollable is ready that is waited for, and returns the wakers of those that are.
fn wait() -> Result<Vec<Waker>, Stalled> {
    REACTOR.with_borrow_mut(|reactor| {
        let mut waits: Vec<&mut Wait> =
            reactor.waits.values_mut().filter(|wait| wait.waker.is_some()).collect();
        // The host traps on an empty list.
        if waits.is_empty() {
            return Err(Stalled);
        }
        let pollables: Vec<&Pollable> = waits.iter().map(|wait| &wait.pollable).collect();
        let ready = poll(&pollables);
        let ready = ready.into_iter().filter_map(|index| usize::try_from(index).ok());
        Ok(ready.filter_map(|index| waits.get_mut(index)?.waker.take()).collect())
    })
}
