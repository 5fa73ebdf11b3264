//! Waits by `setTimeout`.

use core::cell::RefCell;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use crate::host::functions;

/// The longest wait of one `setTimeout`, in milliseconds: a longer one would be over at once.
const LONGEST: u128 = 0x7fff_ffff;

/// A wait, begun when it is made. Dropping it ends it.
pub struct Timer {
    /// Milliseconds after the pending timeout.
    left: u128,
    pending: Option<Pending>,
}

/// A timeout of the host.
struct Pending {
    id: i32,
    state: Rc<RefCell<State>>,
    /// Called by the host, so it must live as long as the timeout.
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    has_fired: bool,
    waker: Option<Waker>,
}

impl Timer {
    pub(crate) fn new(duration: Duration) -> Self {
        // Rounded up: a limit never passes early.
        let mut timer = Self { left: duration.as_nanos().div_ceil(1_000_000), pending: None };
        timer.arm();
        timer
    }

    /// Begins the next timeout. Without timers the host cannot wait: then the wait is over.
    fn arm(&mut self) {
        let part = self.left.min(LONGEST);
        self.left = self.left.saturating_sub(part);
        let state = Rc::new(RefCell::new(State::default()));
        let fired = Rc::clone(&state);
        let callback = Closure::once(move || {
            let waker = {
                let mut state = fired.borrow_mut();
                state.has_fired = true;
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        let id = functions().set_timeout_with_callback_and_timeout_and_arguments_0(
            callback.as_ref().unchecked_ref(),
            i32::try_from(part).unwrap_or(i32::MAX),
        );
        self.pending = id.ok().map(|id| Pending { id, state, _callback: callback });
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let Some(pending) = &self.pending else { return Poll::Ready(()) };
            {
                let mut state = pending.state.borrow_mut();
                if !state.has_fired {
                    state.waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
            }
            self.pending = None;
            if self.left > 0 {
                self.arm();
            }
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        functions().clear_timeout_with_handle(self.id);
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("is_over", &self.pending.is_none()).finish_non_exhaustive()
    }
}
