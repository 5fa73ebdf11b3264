//! How a stream ended.

use core::fmt;

use barerock_eventstream::DecodeError;

use crate::error::ServiceError;
use crate::lookalike::Lookalike;

/// How a stream ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// With messageStop, and at the end of a frame.
    Complete,
    /// Inside a frame.
    Truncated,
    /// Between two frames, but before messageStop.
    EndedEarly,
    /// With an exception of the service.
    Exception,
    /// With an error frame.
    Error,
    /// With bytes that are no valid frame, or a frame that is no valid event.
    Corrupt,
    /// It never was an event stream.
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

/// Why a stream did not end well. Offsets are bytes from the start of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamError {
    /// The bytes are no valid frame.
    Corrupt(DecodeError),
    /// The stream ended inside a frame.
    Truncated(DecodeError),
    /// The stream ended between two frames, but without messageStop: the answer is not whole.
    EndedEarly {
        /// Where it ended.
        offset: u64,
        /// How many frames came.
        frames: u64,
    },
    /// The service broke off with an exception.
    Exception(Box<ServiceError>),
    /// The service broke off with an error frame.
    Error(Box<ServiceError>),
    /// A frame without the string header that says what it is.
    Header {
        /// Where the frame begins.
        offset: u64,
        /// The header that is missing or not a string.
        name: &'static str,
    },
    /// An event whose payload is not a JSON object.
    Payload {
        /// Where the frame begins.
        offset: u64,
        /// Its event type.
        event_type: String,
        /// What is wrong with the payload.
        error: String,
    },
    /// A part of a message after messageStop, or a second messageStart: more than one message. The events are handed out all
    /// the same; the error is the stream's end.
    Misplaced {
        /// Where the frame of the first such event begins.
        offset: u64,
        /// Its event type.
        event_type: String,
    },
    /// The bytes are something else from the first one on.
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

    /// Where in the stream it is, in bytes from the start, if it is at one place.
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

    /// The service's error, if it was the service that ended the stream.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::Exception(error) | Self::Error(error) => Some(&**error),
            _ => None,
        }
    }

    /// The same, for the caller to add the request's id.
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
