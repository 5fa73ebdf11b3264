//! How the stream ended, in a word and in a sentence.

use core::fmt;

use barerock::Verdict as Kind;
use barerock_eventstream::{DecodeError, DecodeErrorKind, Lookalike, MessageKind};
use serde::Deserialize;

use super::decode::{Placed, Seen};
use super::shown::Shown;
use crate::render::{counted, grouped};

/// What the last line says.
pub(super) struct Verdict {
    pub(super) kind: Kind,
    /// How many frames were decoded.
    pub(super) frames: u64,
    /// How many bytes the input has.
    pub(super) bytes: u64,
    /// Complete: the end. Truncated: where the stream was cut. Corrupt: the fault. Exception or error: where
    /// that frame begins. Not an event stream: 0.
    pub(super) offset: u64,
    error: Option<DecodeError>,
    service_fault: Option<ServiceFault>,
}

/// The first frame in which the service says that something went wrong.
pub(super) struct ServiceFault {
    kind: Kind,
    number: u64,
    offset: u64,
    code: String,
    message: String,
}

/// What an exception's payload says, as far as all of them do.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ExceptionPayload {
    #[serde(alias = "Message")]
    message: String,
}

impl ServiceFault {
    /// The fault of an exception or error frame.
    pub(super) fn of(placed: &Placed<'_>) -> Option<Self> {
        let (kind, code, message) = match placed.frame.kind() {
            MessageKind::Exception { exception_type } => {
                let payload: ExceptionPayload =
                    serde_json::from_slice(placed.frame.payload()).unwrap_or_default();
                (Kind::Exception, exception_type, payload.message)
            }
            MessageKind::Error { code, message } => (Kind::Error, code, message.to_owned()),
            _ => return None,
        };
        let (code, message) = (Shown::CUT.line(code), Shown::CUT.line(&message));
        Some(Self { kind, number: placed.number, offset: placed.offset, code, message })
    }
}

impl fmt::Display for ServiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, number, offset, code, message } = self;
        write!(f, "{kind} in frame {number} at offset {offset}")?;
        for words in [code, message].into_iter().filter(|words| !words.is_empty()) {
            write!(f, ": {words}")?;
        }
        Ok(())
    }
}

impl Verdict {
    pub(super) fn new(frames: u64, bytes: u64, error: Option<DecodeError>, seen: Seen<'_>) -> Self {
        let Seen { service_fault, waits_for } = seen;
        let (kind, offset) = match (&error, &service_fault) {
            (Some(error), _) if frames == 0 && error.lookalike().is_some() => (Kind::NotAnEventStream, 0),
            (Some(error), _) if error.is_truncated() => (Kind::Truncated, error.stream_offset()),
            (Some(error), _) => (Kind::Corrupt, error.stream_offset()),
            (None, Some(fault)) => (fault.kind, fault.offset),
            (None, None) if waits_for.is_some() => (Kind::EndedEarly, bytes),
            (None, None) => (Kind::Complete, bytes),
        };
        Self { kind, frames, bytes, offset, error, service_fault }
    }

    /// What the stream looks like if it is none, or what a part of it looks like that is no frame.
    pub(super) fn looks_like(&self) -> Option<Lookalike> {
        self.error.and_then(|error| error.lookalike())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.kind == Kind::Complete
    }

    fn counts(&self) -> String {
        format!("{}, {}", counted(self.frames, "frame"), counted(self.bytes, "byte"))
    }

    fn of_error(&self, f: &mut fmt::Formatter<'_>, error: &DecodeError) -> fmt::Result {
        let (offset, number) = (self.offset, self.frames.saturating_add(1));
        match (self.kind, error.kind()) {
            (Kind::NotAnEventStream, _) => write!(f, "not-an-event-stream at offset {offset}")?,
            (_, DecodeErrorKind::Truncated { part, received, needed }) => {
                write!(f, "truncated at offset {offset} inside frame {number}'s {part}: ")?;
                write!(
                    f,
                    "{} of {} bytes are there",
                    grouped((*received).into()),
                    grouped((*needed).into())
                )?;
            }
            (_, kind) => write!(f, "corrupt at offset {offset} in frame {number}: {kind}")?,
        }
        if let Some(lookalike) = error.lookalike() {
            write!(f, ": looks like {lookalike}")?;
        }
        write!(f, "; {}", advice(error))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.service_fault) {
            (Some(error), fault) => {
                self.of_error(f, error)?;
                fault.as_ref().map_or(Ok(()), |fault| write!(f, "; before that, {fault}"))
            }
            (None, Some(fault)) => {
                write!(f, "{fault}; {}", self.counts())
            }
            (None, None) if self.kind == Kind::EndedEarly => {
                let counts = self.counts();
                write!(f, "ended-early at offset {}: {counts}, but no messageStop; ask again", self.offset)
            }
            (None, None) => {
                write!(f, "complete: {}", self.counts())?;
                f.write_str(if self.bytes == 0 { " (the input is empty)" } else { "" })
            }
        }
    }
}

/// What to do about it, in options of the command where there is one.
fn advice(error: &DecodeError) -> &'static str {
    match error.kind() {
        DecodeErrorKind::MessageTooLong { .. } => "raise --max-message-bytes if such messages are expected",
        DecodeErrorKind::DuplicateHeader { .. } => {
            "the sender is at fault; --allow-duplicate-headers lets it pass"
        }
        DecodeErrorKind::HeadersTooLong { .. } | DecodeErrorKind::TooManyHeaders { .. } => {
            "no service is known to send as many: report it to the service"
        }
        _ => error.advice(),
    }
}
