//! A flag that tells a blocking transport that no more of a stream is expected.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

/// Travels with each request as an extension. Set once all events of the stream were received: a transport that enforces
/// [`Timeouts`](crate::Timeouts) itself then waits for the end of the body for at most
/// [`Timeouts::END_OF_BODY`](crate::Timeouts::END_OF_BODY).
#[derive(Debug, Clone, Default)]
pub struct LastEventSeen(Arc<AtomicBool>);

impl LastEventSeen {
    /// True once all events of the stream were received.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
