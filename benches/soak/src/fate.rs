//! Outcomes of a stream, independent of the client.

use core::fmt;

use barerock_replay::Fault;

use crate::answer::Answer;

/// Actual or expected outcome of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// The response is complete.
    Complete,
    /// The service returned an error or exception with this code.
    Service(String),
    /// The connection was closed before the response head.
    NoAnswer,
    /// The stream or its connection ended before the message was complete.
    Truncated,
    /// The stream is corrupt.
    Corrupt,
    /// A timeout.
    TimedOut,
    /// Any other error, with its text.
    Other(String),
}

impl Fate {
    /// Returns the expected outcome of a request with this fault, and whether a client may retry it: no event was
    /// returned yet and the failure is transient.
    pub(crate) fn of(fault: &Fault, answer: &Answer) -> (Self, bool) {
        let service = |name: &str| Self::Service(name.to_owned());
        match fault {
            Fault::Throttle { .. } => (service("ThrottlingException"), true),
            Fault::Status { status, .. } if status.as_u16() == 503 => {
                (service("ServiceUnavailableException"), true)
            }
            Fault::ResetBefore => (Self::NoAnswer, true),
            Fault::Stall(_) => (Self::TimedOut, true),
            Fault::ResetAfter(_) | Fault::CloseAfter(_) => (Self::Truncated, false),
            // A cut at the end of a frame also lacks messageStop.
            Fault::Truncate(bytes) if answer.ends.contains(bytes) => {
                (Self::Other("ended-early".to_owned()), false)
            }
            Fault::Truncate(_) => (Self::Truncated, false),
            Fault::Corrupt { .. } => (Self::Corrupt, false),
            Fault::StallAfter { .. } => (Self::TimedOut, false),
            Fault::Exception { name, .. } => (service(&(name[..1].to_uppercase() + &name[1..])), false),
            Fault::ErrorFrame { code, .. } => (service(code), false),
            other => (Self::Other(other.to_string()), false),
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Service(name) => f.write_str(name),
            Self::NoAnswer => f.write_str("no response"),
            Self::Truncated => f.write_str("truncated"),
            Self::Corrupt => f.write_str("corrupt"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Other(words) => f.write_str(words),
        }
    }
}
