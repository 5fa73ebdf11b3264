//! Transports that need a runtime, and are used outside of it.

use core::fmt;
use core::task::Poll;

use super::{TransportError, TransportErrorKind};

/// The runtime that a transport does not find.
#[derive(Debug)]
struct NoRuntime(&'static str);

impl fmt::Display for NoRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "polled outside a {} runtime", self.0)
    }
}

impl core::error::Error for NoRuntime {}

impl TransportError {
    /// The error of a transport that is polled outside its runtime, such as `tokio`.
    #[must_use]
    pub fn no_runtime(name: &'static str) -> Self {
        Self::new(TransportErrorKind::NoRuntime, NoRuntime(name))
    }
}

/// The wait of a transport that is polled outside its runtime and so has no timer: it ends when it is polled the second time, so
/// that a request beside it is polled first and fails with [`TransportError::no_runtime`].
///
/// Cancel safety: dropping the future ends the wait.
pub async fn without_timer() {
    let mut is_polled = false;
    core::future::poll_fn(|context| {
        if core::mem::replace(&mut is_polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
