//! Timeouts of a call.

use core::fmt;
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;
use std::sync::Arc;

use crate::transport::LocalTransport;

/// Timeouts of a call. `None` is no limit.
///
/// They are an extension of each request, for transports that enforce them.
#[doc(alias = "read_timeout")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the request to the head of the response, of each attempt: one hour if unset. A model may take minutes before its
    /// first token, and Converse responds only when the message is complete.
    #[doc(alias = "read_timeout")]
    pub first_byte: Option<Duration>,
    /// From one chunk of a body to the next, however small: five minutes if unset.
    pub idle: Option<Duration>,
    /// From the call to the end of its response: all attempts, the waits between them, and all of a stream. No limit if
    /// unset.
    ///
    /// In the extension of a request it is the time left.
    pub operation: Option<Duration>,
}

/// AWS's guides set `read_timeout=3600` for reasoning models.
const FIRST_BYTE: Duration = Duration::from_secs(3600);
const IDLE: Duration = Duration::from_secs(300);

impl Default for Timeouts {
    fn default() -> Self {
        Self { first_byte: Some(FIRST_BYTE), idle: Some(IDLE), operation: None }
    }
}

impl Timeouts {
    /// How long the end of a stream's body is waited for after its last event (messageStop and metadata), unless
    /// [`idle`](Self::idle) is shorter: one second. Some gateways hold the connection open. What arrives in this time is
    /// still decoded; when it has passed, the message is complete.
    pub const END_OF_BODY: Duration = Duration::from_secs(1);

    /// No limits.
    #[must_use]
    pub fn never() -> Self {
        Self { first_byte: None, idle: None, operation: None }
    }

    /// Sets the limit from the request to the head of the response.
    #[must_use]
    pub fn first_byte(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.first_byte = limit.into();
        self
    }

    /// Sets the limit from one chunk of a body to the next.
    #[must_use]
    pub fn idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle = limit.into();
        self
    }

    /// Sets the limit from the call to the end of its response.
    #[must_use]
    pub fn operation(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.operation = limit.into();
        self
    }
}

/// A timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed {
    pub(crate) limit: Duration,
    pub(crate) waited_for: &'static str,
}

impl Elapsed {
    /// A limit that passed while a transport waited for `waited_for`, such as `the connection`.
    #[must_use]
    pub fn new(waited_for: &'static str, limit: Duration) -> Self {
        Self { limit, waited_for }
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {:?} waiting for {}", self.limit, self.waited_for)
    }
}

impl core::error::Error for Elapsed {}

/// Runs a future for at most `limit`, by the clock of a transport; without a limit to its end. The error names `waited_for`.
///
/// # Errors
/// If the limit passes first.
///
/// Cancel safety: dropping this future drops the one inside.
pub async fn within<T: LocalTransport, F: Future>(
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

/// Deadline of a call.
pub(crate) struct Deadline<S> {
    limit: Duration,
    /// Ready at the deadline, and not polled after that.
    timer: S,
    passed: bool,
}

impl<S: Future<Output = ()> + Unpin> Deadline<S> {
    /// `limit` from now.
    pub(crate) fn new<T: LocalTransport<Timer = S>>(transport: &Arc<T>, limit: Duration) -> Self {
        Self { limit, timer: transport.timer(limit), passed: false }
    }
}

/// Runs `future` until the deadline at most.
pub(crate) async fn before<S: Future<Output = ()> + Unpin, F: Future>(
    deadline: &mut Option<Deadline<S>>,
    future: F,
) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    core::future::poll_fn(|context| {
        // Checked first: a future that is always ready must not outlast the deadline.
        if let Some(deadline) = deadline {
            deadline.passed = deadline.passed || Pin::new(&mut deadline.timer).poll(context).is_ready();
            if deadline.passed {
                return Poll::Ready(Err(Elapsed { limit: deadline.limit, waited_for: "the whole response" }));
            }
        }
        future.as_mut().poll(context).map(Ok)
    })
    .await
}
