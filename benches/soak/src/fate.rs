//! What can become of a stream, in words that fit any client.

use core::fmt;

use barerock_replay::Fault;

use crate::answer::Answer;

/// What became of a stream, or should.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// The whole answer came.
    Complete,
    /// The service answered with an error of this name, or broke the stream off with it.
    Service(String),
    /// There was no answer: the connection broke before its head.
    NoAnswer,
    /// The stream broke off inside a frame, or its connection did.
    Truncated,
    /// The bytes are not those that were sent.
    Corrupt,
    /// Nothing came for too long.
    TimedOut,
    /// Anything else, in the client's words.
    Other(String),
}

impl Fate {
    /// What must become of a request that is struck, and whether a client that retries may send it again: nothing of the
    /// answer was handed out, and the failure is one that passes.
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
            // At the end of a frame nothing is inside one, but no messageStop came either.
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
            Self::NoAnswer => f.write_str("no answer"),
            Self::Truncated => f.write_str("truncated"),
            Self::Corrupt => f.write_str("corrupt"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Other(words) => f.write_str(words),
        }
    }
}
