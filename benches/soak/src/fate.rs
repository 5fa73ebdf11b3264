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
    /// The stream or its connection ended inside a frame.
    Truncated,
    /// The stream or its connection ended between two frames, before the message was complete.
    EndedEarly,
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
            // A cut at the end of a frame lacks messageStop alone.
            Fault::ResetAfter(bytes) | Fault::CloseAfter(bytes) | Fault::Truncate(bytes) => {
                let at_end = answer.ends.contains(bytes);
                (if at_end { Self::EndedEarly } else { Self::Truncated }, false)
            }
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
            Self::EndedEarly => f.write_str("ended early"),
            Self::Corrupt => f.write_str("corrupt"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Fate, Fault};

    #[test]
    fn a_stream_cut_between_frames_ended_early() {
        let answer = Answer::new(3, 400);
        for cut in [Fault::ResetAfter, Fault::CloseAfter, Fault::Truncate] {
            for end in &answer.ends {
                assert_eq!(Fate::of(&cut(*end), &answer), (Fate::EndedEarly, false), "{end}");
                assert_eq!(Fate::of(&cut(end - 1), &answer), (Fate::Truncated, false), "{end}");
            }
        }
    }
}
