//! How a stream ended, when it did not end well.

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
    /// A frame whose payload is not what its event type says.
    Payload {
        /// Where the frame begins.
        offset: u64,
        /// Its event type.
        event_type: String,
        /// What the JSON parser says.
        error: String,
    },
    /// What came was something else from the first byte on.
    NotAnEventStream(Lookalike),
}

impl StreamError {
    /// How the stream ended, in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Corrupt(_) | Self::Payload { .. } => Verdict::Corrupt,
            Self::Truncated(_) => Verdict::Truncated,
            Self::EndedEarly { .. } => Verdict::EndedEarly,
            Self::Exception(_) => Verdict::Exception,
            Self::Error(_) => Verdict::Error,
            Self::NotAnEventStream(_) => Verdict::NotAnEventStream,
        }
    }

    /// What the service said, if it was the service that broke off.
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
                "the stream ended at offset {offset} after {frames} whole frames, but without messageStop: the answer is not whole; ask again"
            ),
            Self::Exception(error) => write!(f, "the service broke off the answer: {error}"),
            Self::Error(error) => write!(f, "the service broke off the answer with an error frame: {error}"),
            Self::Payload { offset, event_type, error } => {
                write!(f, "the {event_type} event at offset {offset} is not what its type says: {error}")
            }
            Self::NotAnEventStream(kind) => {
                write!(f, "not an event stream but {kind}; is a proxy in between?")
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

/// Why an event cannot follow those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssembleError {
    /// A second messageStart, or one after a block.
    SecondMessageStart,
    /// A second contentBlockStart for a block.
    SecondStart {
        /// The block's place in the message.
        content_block_index: u64,
    },
    /// A delta of a kind that needs a contentBlockStart, and none came.
    NoStart {
        /// The block's place in the message.
        content_block_index: u64,
        /// The delta's kind.
        delta: String,
    },
    /// A delta of another kind than the block.
    WrongDelta {
        /// The block's place in the message.
        content_block_index: u64,
        /// The block's kind.
        block: String,
        /// The delta's kind.
        delta: String,
    },
    /// A delta after the block's contentBlockStop.
    AfterBlockStop {
        /// The block's place in the message.
        content_block_index: u64,
        /// The delta's kind.
        delta: String,
    },
    /// A part of the message after messageStop.
    AfterMessageStop {
        /// The event's type.
        event_type: String,
    },
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the events do not make a message: ")?;
        match self {
            Self::SecondMessageStart => f.write_str("messageStart came when the message had begun"),
            Self::SecondStart { content_block_index } => {
                write!(f, "contentBlockStart came when block {content_block_index} had begun")
            }
            Self::NoStart { content_block_index, delta } => {
                write!(
                    f,
                    "a {delta} delta came for block {content_block_index}, which no contentBlockStart began"
                )
            }
            Self::WrongDelta { content_block_index, block, delta } => {
                write!(f, "a {delta} delta came for block {content_block_index}, which is {block}")
            }
            Self::AfterBlockStop { content_block_index, delta } => {
                write!(f, "a {delta} delta came for block {content_block_index} after its contentBlockStop")
            }
            Self::AfterMessageStop { event_type } => write!(f, "{event_type} came after messageStop"),
        }
    }
}

impl core::error::Error for AssembleError {}
