//! Why a run of tools ended without an answer.

use core::error::Error as StdError;
use core::fmt;

use barerock_converse::conversation::NotResendable;

use crate::error::Error;
use crate::timeout::Elapsed;

/// The error of [`ToolBox::run`](super::ToolBox::run). The conversation keeps what was exchanged before it.
#[derive(Debug)]
#[non_exhaustive]
pub enum ToolBoxError {
    /// A request failed.
    Request(Error),
    /// A response cannot be part of the next request.
    NotResendable(NotResendable),
    /// The model still calls tools after this many requests.
    TooManyTurns(usize),
    /// The model called tools more often than this.
    TooManyCalls(usize),
    /// The time limit of the run passed.
    Timeout(Elapsed),
}

impl fmt::Display for ToolBoxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => error.fmt(f),
            Self::NotResendable(error) => error.fmt(f),
            Self::TooManyTurns(turns) => write!(f, "the model still calls tools after {turns} requests"),
            Self::TooManyCalls(calls) => write!(f, "the model made more than {calls} tool calls"),
            Self::Timeout(elapsed) => elapsed.fmt(f),
        }
    }
}

impl StdError for ToolBoxError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Request(error) => error.source(),
            _ => None,
        }
    }
}

impl From<Error> for ToolBoxError {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl From<NotResendable> for ToolBoxError {
    fn from(error: NotResendable) -> Self {
        Self::NotResendable(error)
    }
}
