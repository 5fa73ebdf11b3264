//! How long to wait for what.

use core::fmt;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

use crate::transport::Transport;

/// How long to wait for what. `None` waits for ever.
///
/// They travel with each request as an extension, for transports that must obey them themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the request to the head of the answer, at each attempt. A model may think for minutes before it says anything, and the
    /// answer to Converse comes whole: one hour.
    pub first_byte: Option<Duration>,
    /// From one piece of a body to the next, however small: five minutes. Slow is not stalled.
    pub idle: Option<Duration>,
}

/// AWS's guides have clients of thinking models wait an hour (`read_timeout=3600`).
const FIRST_BYTE: Duration = Duration::from_secs(3600);
const IDLE: Duration = Duration::from_secs(300);

impl Default for Timeouts {
    fn default() -> Self {
        Self { first_byte: Some(FIRST_BYTE), idle: Some(IDLE) }
    }
}

impl Timeouts {
    /// No limit at all.
    #[must_use]
    pub fn never() -> Self {
        Self { first_byte: None, idle: None }
    }

    /// Sets the limit from the request to the head of the answer.
    #[must_use]
    pub fn first_byte(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.first_byte = limit.into();
        self
    }

    /// Sets the limit from one piece of a body to the next.
    #[must_use]
    pub fn idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle = limit.into();
        self
    }
}

/// A limit that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed {
    pub(crate) limit: Duration,
    pub(crate) waited_for: &'static str,
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not come within {:?}; the limit can be raised", self.waited_for, self.limit)
    }
}

impl core::error::Error for Elapsed {}

/// Runs `future`, but no longer than `limit`.
pub(crate) async fn within<T: Transport, F: Future>(
    transport: &T,
    limit: Option<Duration>,
    waited_for: &'static str,
    future: F,
) -> Result<F::Output, Elapsed> {
    let Some(limit) = limit else { return Ok(future.await) };
    let (mut future, mut sleep) = (pin!(future), pin!(transport.sleep(limit)));
    core::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        sleep.as_mut().poll(context).map(|()| Err(Elapsed { limit, waited_for }))
    })
    .await
}
