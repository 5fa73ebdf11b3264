//! Runs futures on one thread in the order in which they are woken.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Wake;

use crate::clock::SimulatedClock;

/// A future without a result.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

type Ready = Arc<Mutex<VecDeque<usize>>>;

/// Marks a task as ready.
struct ReadyTask {
    index: usize,
    ready: Ready,
}

impl Wake for ReadyTask {
    fn wake(self: Arc<Self>) {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.index);
    }
}

/// Runs the tasks until all are complete, and advances the clock whenever all of them wait.
///
/// # Panics
/// If a task waits for something other than a timer.
pub fn run(clock: &SimulatedClock, tasks: Vec<Task>) {
    let ready: Ready = Arc::new(Mutex::new((0..tasks.len()).collect()));
    let mut tasks: Vec<(Option<Task>, Waker)> = tasks
        .into_iter()
        .enumerate()
        .map(|(index, task)| {
            (Some(task), Waker::from(Arc::new(ReadyTask { index, ready: Arc::clone(&ready) })))
        })
        .collect();
    let mut left = tasks.len();
    while left > 0 {
        let next = ready.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(index) = next else {
            match clock.advance() {
                Some(waker) => waker.wake(),
                None => panic!("{left} tasks wait for ever"),
            }
            continue;
        };
        let Some((slot, waker)) = tasks.get_mut(index) else { continue };
        let Some(task) = slot else { continue };
        if let Poll::Ready(()) = task.as_mut().poll(&mut Context::from_waker(waker)) {
            *slot = None;
            left -= 1;
        }
    }
}
