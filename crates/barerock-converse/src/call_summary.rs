//! The call a response came from.

use core::time::Duration;

/// Request id, attempts and times of the call a response came from. [`Default`] is that of a response built in code.
///
/// Reading an HTTP response sets the request id alone; a client sets the rest
/// ([`ConverseResponse::set_call`](crate::ConverseResponse::set_call)).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CallSummary {
    /// The id of the last response (`x-amzn-requestid`), which AWS Support asks for.
    pub request_id: Option<String>,
    /// Attempts begun, the successful one included; 0 if no client counted them.
    pub attempts: u32,
    /// Time from the call to the first event of its stream; `None` without a stream.
    pub first_event: Option<Duration>,
    /// Time from the call to the end of its response; zero if no client measured it.
    pub elapsed: Duration,
}

impl CallSummary {
    /// A call of which nothing is known.
    pub(crate) const UNKNOWN: Self =
        Self { request_id: None, attempts: 0, first_event: None, elapsed: Duration::ZERO };

    /// A call that took this long.
    #[must_use]
    pub fn new(elapsed: Duration) -> Self {
        Self { elapsed, ..Self::UNKNOWN }
    }
}
