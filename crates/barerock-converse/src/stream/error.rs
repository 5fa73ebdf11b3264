//! Outcomes and errors of a stream.

use core::fmt;

use barerock_eventstream::DecodeError;

use crate::error::ServiceError;
use crate::lookalike::Lookalike;

/// Outcome of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The stream ended at the end of a frame, after messageStop.
    Complete,
    /// The stream ended inside a frame.
    Truncated,
    /// The stream ended between two frames, before messageStop.
    EndedEarly,
    /// The service ended the stream with an exception.
    Exception,
    /// The service ended the stream with an error frame.
    Error,
    /// The stream contains an invalid frame or an invalid event.
    Corrupt,
    /// The body is not an event stream.
    NotAnEventStream,
}

impl Verdict {
    /// The verdict as the command line prints it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Truncated => "truncated",
            Self::EndedEarly => "ended-early",
            Self::Exception => "exception",
            Self::Error => "error",
            Self::Corrupt => "corrupt",
            Self::NotAnEventStream => "not-an-event-stream",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Error that ended a stream. Offsets are in bytes from the start of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamError {
    /// The bytes are not a valid frame.
    Corrupt(DecodeError),
    /// The stream ended inside a frame.
    Truncated(DecodeError),
    /// The stream ended between two frames, before messageStop: the message is incomplete.
    EndedEarly {
        /// Offset of the end.
        offset: u64,
        /// Number of frames received.
        frames: u64,
    },
    /// The service ended the stream with an exception.
    Exception(Box<ServiceError>),
    /// The service ended the stream with an error frame.
    Error(Box<ServiceError>),
    /// A frame lacks a required header, or the header is not a string.
    Header {
        /// Offset of the frame.
        offset: u64,
        /// Name of the header.
        name: &'static str,
    },
    /// The payload of an event is not a JSON object.
    Payload {
        /// Offset of the frame.
        offset: u64,
        /// Event type.
        event_type: String,
        /// What is wrong with the payload.
        error: String,
    },
    /// The stream contains more than one message: an event of a message after messageStop, or a second messageStart.
    /// The events are returned nevertheless; the error is returned at the end of the stream.
    Misplaced {
        /// Offset of the frame of the first such event.
        offset: u64,
        /// Event type.
        event_type: String,
    },
    /// The body is not an event stream.
    NotAnEventStream(Lookalike),
}

impl StreamError {
    /// How the stream ended, in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Corrupt(_) | Self::Header { .. } | Self::Payload { .. } | Self::Misplaced { .. } => {
                Verdict::Corrupt
            }
            Self::Truncated(_) => Verdict::Truncated,
            Self::EndedEarly { .. } => Verdict::EndedEarly,
            Self::Exception(_) => Verdict::Exception,
            Self::Error(_) => Verdict::Error,
            Self::NotAnEventStream(_) => Verdict::NotAnEventStream,
        }
    }

    /// Offset of the error in bytes from the start of the stream, if it has one.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match self {
            Self::Corrupt(error) | Self::Truncated(error) => Some(error.stream_offset()),
            Self::EndedEarly { offset, .. }
            | Self::Header { offset, .. }
            | Self::Payload { offset, .. }
            | Self::Misplaced { offset, .. } => Some(*offset),
            Self::NotAnEventStream(_) => Some(0),
            Self::Exception(_) | Self::Error(_) => None,
        }
    }

    /// The service error, if the service ended the stream.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::Exception(error) | Self::Error(error) => Some(&**error),
            _ => None,
        }
    }

    /// Mutable access to [`service_error`](Self::service_error), to add the request ID.
    pub fn service_error_mut(&mut self) -> Option<&mut ServiceError> {
        match self {
            Self::Exception(error) | Self::Error(error) => Some(&mut **error),
            _ => None,
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(error) => write!(f, "the stream is corrupt: {error}"),
            Self::Truncated(error) => write!(f, "the stream was cut off: {error}"),
            Self::EndedEarly { offset, frames } => write!(
                f,
                "the stream ended at offset {offset} after {frames} frames without messageStop: the message is incomplete"
            ),
            Self::Exception(error) => write!(f, "the service ended the stream with an exception: {error}"),
            Self::Error(error) => write!(f, "the service ended the stream with an error frame: {error}"),
            Self::Header { offset, name } => {
                write!(f, "the frame at offset {offset} has no string header {name}")
            }
            Self::Payload { offset, event_type, error } => {
                write!(f, "invalid payload of the {event_type} event at offset {offset}: {error}")
            }
            Self::Misplaced { offset, event_type } if event_type == "messageStart" => {
                write!(f, "a second messageStart at offset {offset}")
            }
            Self::Misplaced { offset, event_type } => {
                write!(f, "{event_type} after messageStop at offset {offset}")
            }
            Self::NotAnEventStream(kind) => {
                write!(f, "not an event stream but {kind}")
            }
        }
    }
}

impl core::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Corrupt(error) | Self::Truncated(error) => Some(error),
            Self::Exception(error) | Self::Error(error) => Some(&**error),
            _ => None,
        }
    }
}
